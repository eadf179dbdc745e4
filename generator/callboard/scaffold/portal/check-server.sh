if curl -fsS -H "Authorization: Bearer $TOKEN" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY" | grep -Eq '"visibility": ?"public"'; then
  echo "::error::This portal is internal, and everybody can read this repository, with the state of the portal. Make it private."
  exit 1
fi
