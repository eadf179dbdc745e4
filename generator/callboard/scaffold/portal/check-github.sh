if [ "$(gh api "repos/$GITHUB_REPOSITORY" --jq .visibility)" = public ]; then
  echo "::error::This portal is internal, and everybody can read this repository, with the state of the portal. Make it private."
  exit 1
fi
if [ "$(gh api "repos/$GITHUB_REPOSITORY/pages" --jq .public)" != false ]; then
  echo "::error::This portal is internal, and everybody can read its GitHub Pages site. Choose Settings, Pages, Visibility: Private."
  exit 1
fi
