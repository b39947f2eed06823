#!/usr/bin/env bash
# Compiles requirements/*.in into hashed *.txt that name no index host. `UPGRADE=1 make lock` takes newer releases.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in base dev; do
  .venv/bin/uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
    --universal --python-version 3.11 ${UPGRADE:+--upgrade} "requirements/$name.in" -o "requirements/$name.txt"
done
! grep -nE 'https?:|file:' requirements/*.txt
