#!/usr/bin/env bash
# Writes (or checks) docs/wfp-coverage.md. Needs a built cnf/codegen: ./sallyport test --quick builds it.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
exec java -cp "$root/cnf/codegen/target/classes" io.sallyport.codegen.WfpCoverage "${1:-check}" "$root"
