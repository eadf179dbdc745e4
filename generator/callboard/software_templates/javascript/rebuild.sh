#!/bin/sh
# nunjitsu 0.7.0, as npm has it → nunjitsu.js, byte for byte: minified, as one module, with its licence as the first comment.
# Usage: rebuild.sh          builds the file again and compares it with the one that is there
#        rebuild.sh --write  replaces that one (then change the digest in tests/software_templates/test_engine.py)
set -eu
version=0.7.0
integrity='e/jsPEOKwhE/rxuFxh+NDGw06VMemZrMP+Anxv/k4A4aiXzPz5TlduEYsosLC4692FY/auAYSRnJIHEqOGbprQ=='
esbuild=0.25.12
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent "nunjitsu@$version" >/dev/null
found=$(openssl dgst -sha512 -binary "nunjitsu-$version.tgz" | base64 | tr -d '\n')
[ "$found" = "$integrity" ] || { echo "nunjitsu-$version.tgz has another digest: $found" >&2; exit 1; }
tar xzf "nunjitsu-$version.tgz"
npm install --silent --no-save --prefix tools "esbuild@$esbuild" >/dev/null 2>&1
tools/node_modules/.bin/esbuild package/dist/browser/index.js --minify --format=esm --charset=utf8 --legal-comments=none \
  --log-level=error --banner:js="/* nunjitsu $version
$(cat package/LICENSE)
*/" --outfile=nunjitsu.js
if [ "${1:-}" = --write ]; then
  cp nunjitsu.js "$here/nunjitsu.js"
else
  cmp nunjitsu.js "$here/nunjitsu.js" && echo "nunjitsu.js is that of nunjitsu $version"
fi
