found=0
git ls-remote --exit-code --quiet "$REMOTE" "refs/heads/$STATE_BRANCH" > /dev/null || found=$?
if [ "$found" = 0 ]; then
  git clone --quiet --depth 1 --branch "$STATE_BRANCH" "$REMOTE" kept
elif [ "$found" = 2 ]; then
  git init --quiet --initial-branch "$STATE_BRANCH" kept
else
  exit "$found"
fi
rm -rf kept/state kept/blobs
tar -xf state.tar -C kept
# Git does not store empty folders.
mkdir -p kept/state kept/blobs
touch kept/state/.keep kept/blobs/.keep
cd kept
git add --all
if ! git diff --cached --quiet; then
  git -c user.name=Callboard -c user.email=callboard@localhost commit --quiet --message "State of $(date -u +%Y-%m-%d)"
  git push --quiet "$REMOTE" "HEAD:refs/heads/$STATE_BRANCH"
fi
