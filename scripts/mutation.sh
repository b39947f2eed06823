#!/usr/bin/env bash
# Mutates clocks and settlement; at least 85 % of the mutants must make one of their own tests fail.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export BAODAO_DATA="$scratch"
.venv/bin/python scripts/mutate.py --at-least 85 "$@" \
  baodao/matters/clocks.py baodao/matters/settlement.py baodao/matters/spans.py -- \
  $(ls tests/matters/test_clocks.py tests/matters/test_settlement.py tests/matters/test_spans.py 2>/dev/null)
