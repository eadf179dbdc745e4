# 0: the branch exists; 2: it does not exist yet. Any other code is a failure: a build without the saved state would lose the history.
found=0
git ls-remote --exit-code --quiet "$REMOTE" "refs/heads/$STATE_BRANCH" > /dev/null || found=$?
mkdir -p .callboard
if [ "$found" = 0 ]; then
  git clone --quiet --depth 1 --branch "$STATE_BRANCH" "$REMOTE" .callboard-last
  rm -rf .callboard/state .callboard/blobs
  cp -R .callboard-last/state .callboard-last/blobs .callboard/
  cp .callboard-last/published .callboard/ 2> /dev/null || true
  git -C .callboard-last rev-parse HEAD > .callboard/base
  rm -rf .callboard-last
elif [ "$found" = 2 ]; then
  echo none > .callboard/base
else
  exit "$found"
fi
