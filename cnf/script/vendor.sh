# shellcheck shell=bash
# Keys and signatures of plug-ins, by the JDK's own tools. Needs JDK, a directory, to be set.

readonly VENDOR_ALIAS=vendor

# A key pair, and the certificate that operators are given.
make_vendor_key() { # BASE (BASE.p12 and BASE.pem are made) NAME FILE_WITH_PASSPHRASE
  local base=$1 name=$2 passphrase=$3
  (
    umask 077
    "$JDK/bin/keytool" -genkeypair -alias "$VENDOR_ALIAS" -keyalg EC -groupname secp256r1 -sigalg SHA256withECDSA \
      -dname "CN=$name" -validity 7300 -storetype PKCS12 -keystore "$base.p12" -storepass:file "$passphrase"
  ) > /dev/null 2>&1 || return 1
  "$JDK/bin/keytool" -exportcert -rfc -alias "$VENDOR_ALIAS" -storetype PKCS12 -keystore "$base.p12" \
    -storepass:file "$passphrase" > "$base.pem" 2> /dev/null
}

# Signs in place; prints what jarsigner says only if it fails.
sign_jar() { # JAR KEY.p12 FILE_WITH_PASSPHRASE
  local said
  if ! said=$("$JDK/bin/jarsigner" -keystore "$2" -storetype PKCS12 -storepass:file "$3" -sigfile VENDOR "$1" \
    "$VENDOR_ALIAS" 2>&1); then
    printf '%s\n' "$said" >&2
    return 1
  fi
}
