# shellcheck shell=bash
# Starts the JVM with the framework and the product's bundles; the verb inside answers with the exit code.

# Compiled loops must poll for safepoints: else a callout stuck in one stops the whole JVM, the watchdog included.
readonly LAUNCH_FLAGS=(-XX:+UseCountedLoopSafepoints -XX:LoopStripMiningIter=1000)

# What a verb may have otherwise: flags for its JVM, and where it logs.
JVM_FLAGS=(-XX:+UseSerialGC)
LOG_FILE=${SALLYPORT_LOG:-}

launch_command() { # prints the words of the command, one per line
  printf '%s\n' "$JDK/bin/java"
  jdk_access_flags
  printf '%s\n' "${LAUNCH_FLAGS[@]}" "${JVM_FLAGS[@]}" -jar "$GATEWAY/launcher.jar" --bundles "$GATEWAY/bundles"
  if [[ -n $LOG_FILE ]]; then
    printf '%s\n' --log "$LOG_FILE"
  fi
}

# Java reads file names in the locale's encoding, and a plain C locale knows ASCII only.
use_utf8() {
  [[ $(locale charmap 2>/dev/null) == UTF-8 ]] || export LC_ALL=C.UTF-8
}

# Replaces the script by the JVM, so that signals and the exit code need no relay. The working directory stays the
# caller's: relative paths in the arguments mean what they meant to the caller.
launch() { # VERB ARG..
  local command
  use_utf8
  mapfile -t command < <(launch_command)
  exec "${command[@]}" "$@"
}
