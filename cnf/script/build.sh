# shellcheck shell=bash
# Builds the product when a source is newer than the last build, or another JDK is used than then.

readonly TARGET=$ROOT/target
readonly STAMP=$TARGET/build.stamp
readonly GATEWAY=$ROOT/cnf/gateway/target/gateway

# The product is there and current when this returns.
ensure_product() {
  if find_jdk && has_libpcap && is_current; then
    return
  fi
  ensure_packages build
  check_maven
  lock_build
  # Another build may have finished while this one waited.
  is_current || build
  unlock_build
}

is_current() {
  [[ -r $STAMP && -e $GATEWAY/launcher.jar && $(< "$STAMP") == "$(stamp_text)" && -z $(first_newer_source) ]]
}

stamp_text() {
  printf 'jdk %s %s\n' "$JDK_MAJOR" "$JDK"
}

# Directories count as well: they are all that a deleted source leaves a trace on. What cannot be looked into, such as the home of
# a gateway that runs as another user, is no source.
first_newer_source() {
  find "$ROOT" -name target -prune -o -path "$ROOT/.git" -prune -o -name sallyport-home -prune -o \
    -newer "$STAMP" \( -path '*/src' -o -path '*/src/*' -o -path '*/cnf/home/*' -o -path '*/cnf/wfp/*' \
    -o -name pom.xml -o -name '*.bnd' -o -name '*.bndrun' -o -name '*.java' -o -name '*.csv' -o -name jvm.config \) \
    -print -quit 2> /dev/null
}

# Two invocations must not build into the same folders.
lock_build() {
  mkdir -p "$TARGET"
  exec 9> "$TARGET/build.lock"
  if ! flock -n 9; then
    say 'another build is running; waiting for it'
    flock 9
  fi
}

unlock_build() {
  exec 9>&-
}

# Maven copies jars in but takes none out: what was renamed or removed would still be launched.
forget_old_jars() {
  rm -rf "$GATEWAY/bundles" "$GATEWAY/kit" "$TARGET/samples" "$ROOT/bench/target/lib"
}

build() {
  local started=$TARGET/build.started
  touch "$started"
  forget_old_jars
  say "building with JDK $JDK_MAJOR; the full log is target/build.log"
  if ! run_maven "$TARGET/build.log" building -DskipTests -Dspotless.check.skip=true package; then
    show_errors "$TARGET/build.log"
    fail 'the build failed; the full log is target/build.log'
  fi
  write_stamp "$started"
}

# Dated back to the start of the build: what was edited meanwhile is newer.
write_stamp() { # FILE TOUCHED AT THE START
  stamp_text > "$STAMP"
  touch -r "$1" "$STAMP"
}

run_maven() { # LOG WORD ARG..
  local log=$1 word=$2
  shift 2
  maven "$@" 2>&1 | tee "$log" | show_modules "$word"
}

maven() {
  local flags=()
  ((JDK_MAJOR < 24)) || mapfile -t flags < <(jdk_access_flags)
  (
    cd "$ROOT" || exit 1
    export JAVA_HOME=$JDK
    export MAVEN_OPTS="${MAVEN_OPTS:-} ${flags[*]}"
    # Descriptor 9 is the build lock, which must not outlive this script in a process that Maven leaves behind.
    exec mvn -B -ntp -Dstyle.color=never "$@" 9>&- < /dev/null
  )
}

# Maven's "Building NAME VERSION [7/24]" as progress.
show_modules() { # WORD
  local line pattern='^\[INFO\] Building (.+) [^ ]+ +\[([0-9]+)/([0-9]+)\]$'
  while IFS= read -r line; do
    if [[ $line =~ $pattern ]]; then
      progress "$1: module ${BASH_REMATCH[2]} of ${BASH_REMATCH[3]}: ${BASH_REMATCH[1]}"
    fi
  done
  end_progress
}

# The lines that tell what is wrong, without Maven's advice on how to find out.
show_errors() { # LOG
  grep -E '^\[(ERROR|FATAL)\]|^Error: |^Unrecognized ' "$1" \
    | grep -vE '^\[ERROR\] *$|\[Help [0-9]+\]|To see the full stack|Re-run Maven|For more information|After correcting|mvn <args>|<<< (FAILURE|ERROR)!|Tests run:' \
    | awk '!seen[$0]++' | head -n 20 | cut -c 1-400 >&2 || tail -n 5 "$1" >&2
}
