#!/usr/bin/env bash
# Re-creates baodao/static/vendor and tests/vendor from released packages. Each package's digest is checked before it is opened,
# each file's after (SHA256SUMS). To take a newer release: change version and digest here, run, look at the diff, commit.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # NAME VERSION SHA256
  local file
  file=$(cd "$work" && npm pack --silent "$1@$2" | tail -n 1)
  if ! echo "$3  $work/$file" | sha256sum --check --quiet; then
    echo "$1 $2 is not what it was: $(sha256sum "$work/$file" | cut -d' ' -f1)" >&2
    exit 1
  fi
  rm -rf "$work/package" && tar -xzf "$work/$file" -C "$work"
}
take() { # FROM TO
  mkdir -p "$(dirname "$2")"
  # Without the pointer to a source map that we do not ship; one newline at the end.
  sed -E 's,^/[/*]# sourceMappingURL=.*$,,' "$work/package/$1" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' > "$2"
}
sums() { (cd "$1" && rm -f SHA256SUMS && find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs sha256sum > "$work/sums" && mv "$work/sums" SHA256SUMS); }

static=baodao/static/vendor
fetch @tabler/core 1.6.1 d02d679e51f6c179b21f035e154c13cdcb2ae8b18579e56ea606408ba7fc7a87
take dist/css/tabler.min.css $static/tabler/tabler.min.css
# Tabler's package has no licence file; $static/tabler/LICENSE is ours to keep with the notice of the style sheet's head.
fetch htmx.org 2.0.11 165a2655073e9e6e55e307a7c74e8ebcdb76afb7701f9c16cfd106a13add408e
take dist/htmx.min.js $static/htmx/htmx.min.js
take LICENSE $static/htmx/LICENSE
fetch maplibre-gl 6.17.0 587807d8d6c99349022e027fa310c16cfaa55392131f6263df080306db6809b0
take dist/maplibre-gl.mjs $static/maplibre/maplibre-gl.mjs
take dist/maplibre-gl-worker.mjs $static/maplibre/maplibre-gl-worker.mjs
take dist/maplibre-gl.css $static/maplibre/maplibre-gl.css
take LICENSE.txt $static/maplibre/LICENSE.txt
sums $static
fetch axe-core 4.14.1 e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745
take axe.min.js tests/vendor/axe.min.js
take LICENSE tests/vendor/LICENSE
take LICENSE-3RD-PARTY.txt tests/vendor/LICENSE-3RD-PARTY.txt
sums tests/vendor
