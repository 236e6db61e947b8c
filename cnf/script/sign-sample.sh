#!/usr/bin/env bash
# The build calls it for each sample: signs the jar with a key of this checkout, which it makes at first. A new home trusts
# that key for io.sallyport.sample.* and nothing else.
# usage: sign-sample.sh JDK JAR FOLDER_OF_THE_KEY
set -euo pipefail

readonly JDK=$1 JAR=$2 FOLDER=$3
# shellcheck source=cnf/script/vendor.sh
source "$(dirname "${BASH_SOURCE[0]}")/vendor.sh"

make_sample_key() {
  (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "$FOLDER/passphrase")
  rm -f "$FOLDER/key.p12"
  make_vendor_key "$FOLDER/key" 'Sallyport samples of this checkout' "$FOLDER/passphrase"
  {
    printf 'callouts: io.sallyport.sample.*\nproviders: io.sallyport.sample.*\n'
    cat "$FOLDER/key.pem"
  } > "$FOLDER/samples.pem.tmp"
  mv "$FOLDER/samples.pem.tmp" "$FOLDER/samples.pem"
}

mkdir -p "$FOLDER"
# Modules may be built side by side.
exec 8> "$FOLDER/lock"
flock 8
[[ -r $FOLDER/samples.pem ]] || make_sample_key
sign_jar "$JAR" "$FOLDER/key.p12" "$FOLDER/passphrase"
