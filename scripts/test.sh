#!/usr/bin/env bash
# The suite on both databases. Arguments go to pytest. Both runs happen even if the first fails.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0
for engine in sqlite postgres; do
  echo "== $engine"
  .venv/bin/python -m pytest -q -n "${JOBS:-2}" --dist loadfile --database="$engine" "$@" || status=$?
done
exit "$status"
