if [ "${ONLY_CHANGES:-}" = true ] && [ "$cached" = "$(cat .callboard/published 2> /dev/null)" ] && grep -q '"only_times_changed": 1' report.json; then
  echo "Nothing changed: the published site stays."
  exit 64
fi
