found=0
git ls-remote --exit-code --quiet "$REMOTE" "refs/heads/$PAGES_BRANCH" > /dev/null || found=$?
if [ "$found" = 0 ]; then
  git clone --quiet --depth 1 --branch "$PAGES_BRANCH" "$REMOTE" published
elif [ "$found" = 2 ]; then
  git init --quiet --initial-branch "$PAGES_BRANCH" published
else
  exit "$found"
fi
find published -mindepth 1 -maxdepth 1 ! -name .git ! -name CNAME -exec rm -rf {} +
cp -R site/. published/
# Without this file Pages would run Jekyll.
touch published/.nojekyll
cd published
git add --all
if ! git diff --cached --quiet; then
  git -c user.name=Callboard -c user.email=callboard@localhost commit --quiet --message "Site of $(date -u +%Y-%m-%d)"
  git push --quiet "$REMOTE" "HEAD:refs/heads/$PAGES_BRANCH"
fi
