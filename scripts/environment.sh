#!/usr/bin/env bash
# Makes .venv and brings it to requirements/. Usage: scripts/environment.sh base|dev
# Idempotent: a stamp holds the digest of what was installed, so a second run takes no time.
set -euo pipefail
cd "$(dirname "$0")/.."
kind="${1:-base}"
python="${PYTHON:-python3}"

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "Baodao needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1 || echo missing)." >&2
  echo "Name another with PYTHON=/path/to/python3.11 make …" >&2
  exit 1
fi

files=(requirements/base.txt)
[ "$kind" = dev ] && files+=(requirements/dev.txt)
digest_of() { cat "$@" pyproject.toml | sha256sum | cut -d' ' -f1; }
want=$(digest_of "${files[@]}")
dev=$(digest_of requirements/base.txt requirements/dev.txt)
have=$(cat .venv/.baodao 2>/dev/null || true)
# Where Python is told to write no bytecode, each process would compile our thousand files anew: half a second each time.
compiled() { .venv/bin/python -m compileall -q baodao >/dev/null || true; }
if [ -x .venv/bin/baodao ] && { [ "$have" = "$want" ] || [ "$have" = "$dev" ]; }; then compiled; exit 0; fi

if [ ! -x .venv/bin/python ] && ! "$python" -m venv .venv; then
  echo "The environment could not be made. On Debian: apt-get install python3-venv" >&2
  exit 1
fi
echo "Installing the $kind packages into .venv (once) …"
args=()
for file in "${files[@]}"; do args+=(-r "$file"); done
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes "${args[@]}"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
echo "$want" > .venv/.baodao
compiled
