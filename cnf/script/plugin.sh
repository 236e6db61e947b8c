# shellcheck shell=bash
# ./sallyport plugin new|kit|lab|keygen|sign|verify|conform: what vendors do. No running gateway is needed.

run_plugin() { # VERB ARG..
  local verb=${1:-}
  (($# > 0)) || usage_error plugin 'plugin needs one of: new, kit, lab, keygen, sign, verify, conform'
  shift
  case $verb in
    keygen | sign | verify | conform) "plugin_$verb" "$@" ;;
    new | kit)
      # shellcheck source=cnf/script/plugin-new.sh
      source "$SCRIPTS/plugin-new.sh"
      "plugin_$verb" "$@"
      ;;
    lab)
      # shellcheck source=cnf/script/plugin-lab.sh
      source "$SCRIPTS/plugin-lab.sh"
      plugin_lab "$@"
      ;;
    *) usage_error plugin "there is no 'plugin $verb'" ;;
  esac
}

plugin_keygen() { # NAME [--out DIR]
  local name='' out=. passphrase
  while (($# > 0)); do
    case $1 in
      --out) (($# > 1)) || usage_error plugin '--out needs a folder'; out=$2; shift ;;
      --out=*) out=${1#--out=} ;;
      -*) usage_error plugin "plugin keygen does not know '$1'" ;;
      *) [[ -z $name ]] || usage_error plugin "plugin keygen takes one name, but also got '$1'"; name=$1 ;;
    esac
    shift
  done
  [[ $name =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || usage_error plugin "plugin keygen needs a name of letters, digits, - and _"
  [[ ! -e $out/$name.p12 ]] || fail "$out/$name.p12 is there already; a vendor keeps its key: choose another name" 1
  mkdir -p "$out"
  load_vendor_tools
  passphrase=$(passphrase_file new)
  make_vendor_key "$out/$name" "$name" "$passphrase" || { rm -rf "${passphrase%/*}"; fail 'the key cannot be made' 1; }
  rm -rf "${passphrase%/*}"
  printf '%s: your key; keep it and its passphrase to yourself\n%s: the certificate; operators trust it with "trust add"\n' \
    "$out/$name.p12" "$out/$name.pem"
}

plugin_sign() { # JAR.. --key KEY.p12
  local key='' jars=() jar passphrase status=0
  while (($# > 0)); do
    case $1 in
      --key) (($# > 1)) || usage_error plugin '--key needs a file'; key=$2; shift ;;
      --key=*) key=${1#--key=} ;;
      -*) usage_error plugin "plugin sign does not know '$1'" ;;
      *) jars+=("$1") ;;
    esac
    shift
  done
  ((${#jars[@]} > 0)) || usage_error plugin 'plugin sign needs a jar'
  [[ -n $key ]] || usage_error plugin 'plugin sign needs --key KEY.p12'
  [[ -r $key ]] || fail "$key cannot be read" 4
  load_vendor_tools
  passphrase=$(passphrase_file)
  for jar in "${jars[@]}"; do
    if [[ -r $jar ]] && sign_jar "$jar" "$key" "$passphrase"; then
      printf '%s is signed\n' "$jar"
    else
      say "$jar cannot be signed"
      status=4
    fi
  done
  rm -rf "${passphrase%/*}"
  exit "$status"
}

plugin_verify() { # JAR [--certificate FILE.pem]
  load_product
  ensure_product
  use_utf8
  exec "$JDK/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$GATEWAY/bundles/50/deploy.bundle.jar:$GATEWAY/launcher.jar" \
    io.sallyport.deploy.VerifyPlugin "$GATEWAY/bundles/05/callout.api.jar" "$@"
}

# The plug-in's code runs: in a process of its own, whose class path is the test kit.
plugin_conform() { # JAR [--policy FILE] [-o json] [--limit SECONDS]
  (($# > 0)) || usage_error plugin 'plugin conform needs a jar'
  load_product
  ensure_product
  use_utf8
  exec "$JDK/bin/java" -Xmx256m -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError -cp "$GATEWAY/kit/*" \
    io.sallyport.callout.testkit.conformance.JarConformance "$@"
}

load_vendor_tools() {
  # shellcheck source=cnf/script/jdk.sh
  source "$SCRIPTS/jdk.sh"
  find_jdk || fail 'no JDK 17 or newer is installed' 1
  # shellcheck source=cnf/script/vendor.sh
  source "$SCRIPTS/vendor.sh"
}

# The JDK's tools read it from a file, so that it is in no list of processes. Prints the file's name.
passphrase_file() { # [new]
  local folder words=${SALLYPORT_PASSPHRASE:-} again
  if [[ -z $words ]]; then
    [[ -t 0 ]] || fail 'the passphrase of the key is asked for at a terminal, or taken from SALLYPORT_PASSPHRASE' 2
    IFS= read -rsp 'passphrase of the key: ' words && printf '\n' >&2
    if [[ ${1:-} == new ]]; then
      IFS= read -rsp 'once more: ' again && printf '\n' >&2
      [[ $words == "$again" ]] || fail 'the two are not the same' 2
    fi
  fi
  ((${#words} >= 6)) || fail 'a passphrase has six characters at least' 2
  folder=$(mktemp -d)
  (umask 077 && printf '%s' "$words" > "$folder/passphrase")
  printf '%s\n' "$folder/passphrase"
}
