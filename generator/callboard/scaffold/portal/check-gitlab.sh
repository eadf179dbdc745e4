if [ "$CI_PROJECT_VISIBILITY" = public ]; then
  echo "This portal is internal, and everybody can read this project, with the state of the portal. Make it private."
  exit 1
fi
