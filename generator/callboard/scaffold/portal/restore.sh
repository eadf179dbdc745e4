# 0: the branch is there; 2: there is none yet. Anything else is a failure: without its state a build would forget its history.
found=0
git ls-remote --exit-code --quiet "$REMOTE" "refs/heads/$STATE_BRANCH" > /dev/null || found=$?
if [ "$found" = 0 ]; then
  git clone --quiet --depth 1 --branch "$STATE_BRANCH" "$REMOTE" .callboard-last
  mkdir -p .callboard
  cp -R .callboard-last/state .callboard-last/blobs .callboard/
  rm -rf .callboard-last
elif [ "$found" != 2 ]; then
  exit "$found"
fi
