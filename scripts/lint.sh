#!/usr/bin/env bash
# Every check that reads the code without running the tests. All run, then the failed ones are named.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
export DJANGO_SETTINGS_MODULE=baodao.settings
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Checks that load Django get a data folder of their own.
export BAODAO_DATA="$scratch/data"
failed=()
check() { # NAME COMMAND…
  local name="$1"; shift
  if "$@" > "$scratch/out" 2>&1; then printf '  ok    %s\n' "$name"
  else printf '  WRONG %s\n' "$name"; sed 's/^/        /' "$scratch/out"; failed+=("$name"); fi
}

vendored() { (cd baodao/static/vendor && sha256sum --check --quiet SHA256SUMS) && (cd tests/vendor && sha256sum --check --quiet SHA256SUMS); }

check "format" "$bin/ruff" format --check --quiet --output-format concise .
check "ruff" "$bin/ruff" check --quiet --output-format concise .
check "house rules" "$bin/python" scripts/house.py
check "arrows" "$bin/lint-imports" --cache-dir .cache/import-linter
check "types" "$bin/mypy" --no-error-summary
check "templates" "$bin/djlint" --lint --quiet baodao
check "translations" "$bin/python" scripts/translations.py check
check "settings" "$bin/python" manage.py check
check "migrations" "$bin/python" manage.py makemigrations --check --dry-run
check "vendored files" vendored
check "dependencies" "$bin/python" scripts/audit.py
check "reference of packs" "$bin/python" scripts/pack_reference.py check
check "docs" "$bin/mkdocs" build --strict --quiet --site-dir "$scratch/site"
if [ -f baodao/matters/management/commands/pack.py ]; then
  for pack in packs/*/; do check "pack $(basename "$pack")" "$bin/baodao" pack check "$(basename "$pack")"; done
fi

if [ ${#failed[@]} -gt 0 ]; then
  printf '\nlint: %d wrong: %s\n' "${#failed[@]}" "$(IFS=,; echo "${failed[*]}")" >&2
  exit 1
fi
echo "lint: all is well"
