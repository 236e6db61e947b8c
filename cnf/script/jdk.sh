# shellcheck shell=bash
# Finds the JDK. Rule: the newest of JAVA_HOME, the java in PATH and what is installed under /usr/lib/jvm, if it has
# a compiler and is at least 17. SALLYPORT_JAVA_HOME overrules all of that.

readonly JDK_MINIMUM=17
JVM_DIR=${JVM_DIR:-/usr/lib/jvm}
JDK=
JDK_MAJOR=

# Prints the major version of the JDK in this directory; fails if it is none. Reads the release file where there is
# one, which saves starting a JVM.
jdk_major() { # DIRECTORY
  local major
  [[ -x $1/bin/java && -x $1/bin/javac ]] || return 1
  if [[ -r $1/release ]]; then
    major=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$1/release")
  else
    major=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  fi
  [[ $major =~ ^[0-9]+$ ]] && printf '%s\n' "$major"
}

jdk_on_path() {
  local java
  java=$(command -v java) || return 0
  dirname "$(dirname "$(readlink -f "$java")")"
}

jdk_candidates() {
  [[ -z ${JAVA_HOME:-} ]] || printf '%s\n' "$JAVA_HOME"
  jdk_on_path
  find "$JVM_DIR" -mindepth 1 -maxdepth 1 2> /dev/null | sort
}

# Sets JDK and JDK_MAJOR; fails if there is none that will do.
find_jdk() {
  local candidate major
  JDK=
  JDK_MAJOR=0
  if [[ -n ${SALLYPORT_JAVA_HOME:-} ]]; then
    use_forced_jdk
    return
  fi
  while IFS= read -r candidate; do
    major=$(jdk_major "$candidate") || continue
    if ((major >= JDK_MINIMUM && major > JDK_MAJOR)); then
      JDK=$candidate
      JDK_MAJOR=$major
    fi
  done < <(jdk_candidates)
  [[ -n $JDK ]]
}

use_forced_jdk() {
  JDK=$SALLYPORT_JAVA_HOME
  JDK_MAJOR=$(jdk_major "$JDK") || fail "SALLYPORT_JAVA_HOME=$JDK is not a JDK (no bin/java and bin/javac)"
  ((JDK_MAJOR >= JDK_MINIMUM)) || fail "SALLYPORT_JAVA_HOME=$JDK is version $JDK_MAJOR; $JDK_MINIMUM or newer is needed"
}

# Prints the directory of a JDK of exactly this version; fails if there is none.
find_jdk_of_major() { # MAJOR
  local candidate major
  while IFS= read -r candidate; do
    major=$(jdk_major "$candidate") || continue
    if ((major == $1)); then
      printf '%s\n' "$candidate"
      return 0
    fi
  done < <(jdk_candidates)
  return 1
}

# JDK 24 and newer warn about native access and Unsafe unless told that both are wanted; older ones do not know the flag.
jdk_access_flags() {
  printf '%s\n' --enable-native-access=ALL-UNNAMED
  ((JDK_MAJOR < 24)) || printf '%s\n' --sun-misc-unsafe-memory-access=allow
}
