#!/usr/bin/env bash
# The suite on both databases. Arguments go to pytest. Both runs happen even if the first fails.
# Files in the order of tests/conftest.py, the longest first: by the number of their tests, a long one with few would be the last.
# What asks no database (calendars, texts, pure engines), browsers, processes and simulated lives run once, on SQLite.
# Three workers on two cores: a fifth of the time one waits for a browser, a server or the disk.
set -uo pipefail
cd "$(dirname "$0")/.."
# Workers and servers of the run share what one of them compiled, the rewritten test modules too.
unset PYTHONDONTWRITEBYTECODE
status=0
for engine in sqlite postgres; do
  echo "== $engine"
  .venv/bin/python -m pytest -q -n "${JOBS:-3}" --dist loadfile --no-loadscope-reorder --database="$engine" --after-sqlite "$@" || status=$?
done
exit "$status"
