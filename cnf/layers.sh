#!/usr/bin/env bash
# Writes (or checks) docs/layers.md and the pages of docs/layers. Needs a built cnf/codegen: ./sallyport test --quick builds it.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
exec java -cp "$root/cnf/codegen/target/classes" io.sallyport.codegen.LayerPages "${1:-check}" "$root"
