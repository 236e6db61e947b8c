#!/usr/bin/env bash
# Makes what is built now the reference that later versions of the vendors' API are compared with, and its samples the
# ones that have to go on running. Part of a release; docs/vendor-api.md. Needs a built tree: ./sallyport test --quick.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
for bundle in callout.api callout.testkit; do
  cp "$root/$bundle/target/$bundle"-*-SNAPSHOT.jar "$root/cnf/baseline/$bundle.jar"
done
for sample in count word-block; do
  cp "$root/target/samples/$sample.jar" "$root/cnf/baseline/samples/$sample-$(date -u +%Y%m%d).jar"
done
