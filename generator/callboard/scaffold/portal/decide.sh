publish=true
if [ "$SCHEDULE" = "*/15 * * * *" ] && [ "$cached" = "$(cat .callboard/published 2> /dev/null)" ] && grep -q '"only_times_changed": 1' report.json; then
  publish=false
fi
