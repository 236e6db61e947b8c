# shellcheck shell=bash
# ./sallyport plugin new|kit: a vendor's project from the templates in cnf/plugin-template, and what it is compiled and tested with.

readonly TEMPLATES=$ROOT/cnf/plugin-template
readonly PLUGIN_NAME='^[a-z][a-z0-9]*([.-][a-z0-9]+)*$'
readonly JAVA_PACKAGE='^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'
readonly JAVA_WORDS='abstract assert boolean break byte case catch char class const continue default do double else enum extends
  false final finally float for goto if implements import instanceof int interface long native new null package private protected
  public return short static strictfp super switch synchronized this throw throws transient true try void volatile while'
# Of the modules that a vendor's build needs; Maven adds what they depend on.
readonly KIT_MODULES=callout.api,callout.testkit,callout.testkit.engine

# What stands for @{KEY} in a template.
declare -A FILL=()

plugin_new() { # NAME [--kind KIND] [--package PACKAGE] [--dir DIR] [--vendor-key KEY.p12] [--no-kit]
  local name='' kind=stream package='' folder='' key='' with_kit=true
  while (($# > 0)); do
    case $1 in
      --kind | --package | --dir | --vendor-key) (($# > 1)) || usage_error 'plugin new' "$1 needs a value"; set -- "$1=$2" "${@:3}"; continue ;;
      --kind=*) kind=${1#*=} ;;
      --package=*) package=${1#*=} ;;
      --dir=*) folder=${1#*=} ;;
      --vendor-key=*) key=${1#*=} ;;
      --no-kit) with_kit=false ;;
      -*) usage_error 'plugin new' "plugin new does not know '$1'" ;;
      *) [[ -z $name ]] || usage_error 'plugin new' "plugin new takes one name, but also got '$1'"; name=$1 ;;
    esac
    shift
  done
  check_plugin_name "$name"
  [[ -n $package ]] || package=com.example.${name//[.-]/}
  check_package "$package"
  [[ $kind =~ ^[a-z]+$ && -d $TEMPLATES/$kind/main ]] \
    || usage_error 'plugin new' "--kind is '$kind', and must be one of: $(template_kinds)"
  folder=${folder:-$name}
  check_new_folder "$folder"
  [[ -z $key || -r $key ]] || fail "--vendor-key: $key cannot be read; make a key with: ./sallyport plugin keygen NAME" 4
  fill_in "$name" "$package" "$kind" "$key"
  write_project "$kind" "$folder" || fail "the project cannot be written to $folder" 1
  ! $with_kit || install_kit "the project is in $folder; when that is mended go on with: ./sallyport plugin kit"
  say_what_is_next "$folder"
}

plugin_kit() {
  (($# == 0)) || usage_error plugin "plugin kit takes no argument, but got '$1'"
  install_kit
  printf 'callout.api, callout.testkit and its engine %s are in the local Maven repository\n' "$(pom_version)"
}

# ---- what is asked for

check_plugin_name() { # NAME
  [[ -n $1 ]] || usage_error 'plugin new' 'plugin new needs a name, such as byte-limit'
  [[ $1 =~ $PLUGIN_NAME ]] || usage_error 'plugin new' \
    "the name is '$1', and must be lower-case letters and digits, a letter first, in words parted by - or ."
}

check_package() { # PACKAGE
  local word
  [[ $1 =~ $JAVA_PACKAGE ]] || usage_error 'plugin new' \
    "--package is '$1', and must be a Java package of your own with two words at least, such as com.acme.bytelimit"
  for word in ${1//./ }; do
    ! is_in "$word" "${JAVA_WORDS//[$'\n']/ }" || usage_error 'plugin new' \
      "the package would be $1, but '$word' is a word of Java; name another with --package"
  done
  case $1 in
    io.sallyport.* | java.* | javax.*) usage_error 'plugin new' \
      "--package is '$1', which belongs to somebody else; take one of your own, such as com.acme.bytelimit" ;;
  esac
}

check_new_folder() { # DIR
  [[ ! -e $1 || -d $1 ]] || fail "--dir: $1 is there and is no folder; name another with --dir" 1
  [[ ! -d $1 || -z $(ls -A "$1") ]] || fail "--dir: $1 is not empty, and nothing in it is overwritten; name another with --dir" 1
}

template_kinds() {
  local folder kinds=()
  for folder in "$TEMPLATES"/*/main; do
    folder=${folder%/main}
    kinds+=("${folder##*/}")
  done
  printf '%s\n' "${kinds[*]}"
}

# ---- what is filled in

fill_in() { # NAME PACKAGE KIND KEY.p12
  local word vendor class='' plugin
  for word in ${1//[.-]/ }; do
    class+=${word^}
  done
  IFS=. read -r _ vendor _ <<< "$2"
  FILL=([name]=$1 [package]=$2 [key]=$2 [group]=${2%.*} [provider]=$2 [class]=${class}Callout [kind]=$3
    [vendor]=$vendor [vendor.key]=../$vendor.p12 [sallyport]=$ROOT [sallyport.version]=$(pom_version))
  if [[ -n $4 ]]; then
    FILL[vendor.key]=$(realpath "$4")
    vendor=${4##*/}
    FILL[vendor]=${vendor%.p12}
  fi
  FILL[vendor.folder]=${FILL[vendor.key]%/*}
  FILL[vendor.pem]=${FILL[vendor.key]%.p12}.pem
  for word in bnd.maven osgi.component jspecify junit assertj; do
    FILL[$word.version]=$(pom_property "$word.version")
  done
  for plugin in clean resources surefire compiler jar; do
    FILL[maven-$plugin-plugin]=$(pom_plugin "maven-$plugin-plugin")
  done
  while IFS=$'\t' read -r word vendor; do
    FILL[$word]=$vendor
  done < "$TEMPLATES/$3/words.tsv"
  FILL[try]=$(< "$TEMPLATES/$3/try.md")
  FILL[change]=$(< "$TEMPLATES/$3/change.md")
}

# The vendor's project uses the versions that this checkout is built and tested with.
pom_version() {
  sed -n 's|^  <version>\(.*\)</version>$|\1|p' "$ROOT/pom.xml"
}

pom_property() { # NAME
  sed -n "s|^ *<${1//./\\.}>\(.*\)</.*|\1|p" "$ROOT/pom.xml"
}

pom_plugin() { # ARTIFACT
  sed -n "\|<artifactId>$1</artifactId>|{n;s|^ *<version>\(.*\)</version>|\1|p;}" "$ROOT/pom.xml"
}

# ---- what is written

# Beside its place first: nobody finds half a project.
write_project() { # KIND FOLDER
  local kind=$TEMPLATES/$1 folder=$2 path=${FILL[package]//.//} file made
  mkdir -p "$folder" && made=$(mktemp -d "$folder.XXXXXX") || return 1
  chmod 755 "$made"
  for file in pom.xml bnd.bnd README.md; do
    write_filled "$TEMPLATES/common/$file" "$made/$file"
  done
  write_filled "$TEMPLATES/common/gitignore" "$made/.gitignore"
  write_filled "$kind/policy.yaml" "$made/policy.yaml"
  write_filled "$TEMPLATES/common/package-info.java" "$made/src/main/java/$path/package-info.java"
  for file in "$kind"/main/*.java "$kind"/test/*.java; do
    write_filled "$file" "$made/src/$(basename "$(dirname "$file")")/java/$path/$(filled "${file##*/}")"
  done
  rmdir "$folder" && mv "$made" "$folder"
}

write_filled() { # TEMPLATE FILE
  mkdir -p "${2%/*}"
  filled "$(< "$1")" > "$2"
}

# Puts in what stands for each @{WORD}. Quoted, so that no character of a value means anything to bash. Texts go in first,
# since they have words to be filled in themselves.
filled() { # TEXT
  local text=$1 word
  for word in try change; do
    text=${text//"@{$word}"/"${FILL[$word]}"}
  done
  for word in "${!FILL[@]}"; do
    text=${text//"@{$word}"/"${FILL[$word]}"}
  done
  [[ $text != *"@{"* ]] || fail "a template has a word that nothing stands for: @{${text#*"@{"}" 1
  printf '%s\n' "$text"
}

# ---- what it is built with

# Into the local Maven repository, from where a project outside of this checkout is built.
install_kit() { # [WHAT IS THERE ALREADY]
  load_product
  ensure_packages build
  check_maven
  lock_build
  say "installing callout.api, callout.testkit and its engine $(pom_version) into the local Maven repository; the full log is target/kit.log"
  if ! run_maven "$TARGET/kit.log" installing -DskipTests -Dspotless.check.skip=true -pl "$KIT_MODULES" -am install; then
    show_errors "$TARGET/kit.log"
    fail "the kit cannot be installed; the full log is target/kit.log${1:+; $1}"
  fi
  unlock_build
}

say_what_is_next() { # FOLDER
  printf '%s\n' "$1: a plug-in that ${FILL[does]}" '' \
    "  cd $1 && mvn package       # builds and tests it: target/${FILL[name]}.jar" \
    "  README.md                  # how to sign, install and try it; then change it" ''
}
