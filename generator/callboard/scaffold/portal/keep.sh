found=0
git ls-remote --exit-code --quiet "$REMOTE" "refs/heads/$STATE_BRANCH" > /dev/null || found=$?
if [ "$found" = 0 ]; then
  git clone --quiet --depth 1 --branch "$STATE_BRANCH" "$REMOTE" kept
elif [ "$found" = 2 ]; then
  git init --quiet --initial-branch "$STATE_BRANCH" kept
else
  exit "$found"
fi
# The state continues the one that this build restored. If another build saved its own since, that one stays, and the next build
# finds what changed again.
saved=none
[ "$found" = 2 ] || saved=$(git -C kept rev-parse HEAD)
if [ "$saved" != "$(tar -xOf state.tar base)" ]; then
  echo "Another build saved its state after this one began: that state is kept, and the next build continues from it."
  exit 75
fi
rm -rf kept/state kept/blobs
tar -xf state.tar -C kept state blobs published
# Git does not store empty folders.
mkdir -p kept/state kept/blobs
touch kept/state/.keep kept/blobs/.keep
cd kept
git add --all
if ! git diff --cached --quiet; then
  git -c user.name=Callboard -c user.email=callboard@localhost commit --quiet --message "State of $(date -u +%Y-%m-%d)"
  git push --quiet "$REMOTE" "HEAD:refs/heads/$STATE_BRANCH"
fi
