#!/usr/bin/env bash
# What takes longer than a coffee: kill runs and other long tests on both databases, the suite on three dates and in another
# time zone, mutation. All parts run; the failed ones are named at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
# Workers and servers of the run share what one of them compiled, the rewritten test modules too.
unset PYTHONDONTWRITEBYTECODE
failed=()
part() { # NAME COMMAND…
  local name="$1"; shift
  echo "== $name"
  "$@" || failed+=("$name")
}
pytest=(.venv/bin/python -m pytest -q -n "${JOBS:-2}" --dist loadfile --no-loadscope-reorder)

part "long, SQLite" "${pytest[@]}" -m long --database=sqlite
part "what ran once, PostgreSQL" "${pytest[@]}" --database=postgres \
  tests/browser tests/faults/test_processes.py tests/faults/test_kills.py tests/simulate tests/packs tests/api/test_schema.py \
  tests/security/test_idor.py tests/security/test_reach.py tests/security/test_marks.py tests/matters/test_importing.py \
  tests/matters/test_whistle_desk_browser.py tests/places/test_geofile.py tests/stories/test_F06_merged.py
part "long, PostgreSQL" "${pytest[@]}" -m long --database=postgres
# The last workday before New Year's holiday, the first of a year without a published calendar, a leap day.
part "clock at 2026-12-28" env BAODAO_TEST_NOW=2026-12-28T09:00:00+08:00 "${pytest[@]}" --database=sqlite
part "clock at 2027-01-04" env BAODAO_TEST_NOW=2027-01-04T09:00:00+08:00 "${pytest[@]}" --database=postgres
part "clock at 2028-02-29" env BAODAO_TEST_NOW=2028-02-29T09:00:00+08:00 "${pytest[@]}" --database=sqlite
part "time zone of St John's" env TZ=America/St_Johns "${pytest[@]}" --database=sqlite
part "a browser that comes late" env BAODAO_TEST_LATE=500 "${pytest[@]}" -m browser --database=sqlite
part "mutation" scripts/mutation.sh

if [ ${#failed[@]} -gt 0 ]; then
  printf '\ntest-long: failed: %s\n' "$(IFS=,; echo "${failed[*]}")" >&2
  exit 1
fi
