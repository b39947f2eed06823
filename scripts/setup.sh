#!/usr/bin/env bash
# Installs what tests need beside Python packages, only where it is missing: chromium, Chinese fonts, PostgreSQL 15 or newer.
set -euo pipefail

missing=()
command -v chromium >/dev/null 2>&1 || missing+=(chromium)
fc-list :lang=zh 2>/dev/null | grep -qi 'cjk' || missing+=(fonts-noto-cjk)
server=$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -V | tail -n 1 || true)
version=$(echo "$server" | cut -d/ -f5)
[ -n "$server" ] && [ "${version%%.*}" -ge 15 ] || missing+=(postgresql)
python="${PYTHON:-python3}"
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
[ "${#missing[@]}" -gt 0 ] || exit 0

echo "Installing: ${missing[*]}"
if ! command -v apt-get >/dev/null 2>&1; then
  echo "This machine has no apt-get. Install these by its own means, then run make setup again: ${missing[*]}" >&2
  exit 1
fi
if [ "$(id -u)" = 0 ]; then run=()
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then run=(sudo -n)
elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then run=(sudo)
else
  echo "Neither root nor sudo: ask an administrator to run: apt-get install ${missing[*]}" >&2
  exit 1
fi
# Debian's package starts a cluster of its own; the tests start and stop a private one instead.
[ -e /etc/postgresql-common/createcluster.conf ] || {
  "${run[@]}" mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | "${run[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
}
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
