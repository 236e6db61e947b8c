# shellcheck shell=bash
# ./sallyport run: what the live gateway needs beyond the product, how its JVM is started, and started again when it dies.

readonly DEFAULT_HOME=sallyport-home

# Beside the heap and who collects it (memory.sh). Out of memory: end at once, the guard stays, the next start begins with the
# boot policy. No performance data file: kill -9 would leave it. Each plug-in that is put in place of another leaves its classes
# until a full collection, for which the serial collector stops packets for longer than the rings hold: the JVM starts one when
# classes take 20 MiB unless told otherwise, which is the product's own size; 128 MiB are some 2,500 such changes.
readonly GATEWAY_FLAGS=(-Xss512k -XX:MetaspaceSize=128m -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData)

# Seconds before the first, second, .. start after a death; after the last one it stays down.
RESTART_DELAYS=(1 2 5 10 30)
# Whoever ran that long before it died has not died again and again.
readonly RESTART_FORGIVEN_S=600

GATEWAY_PID=
GATEWAY_STATUS=
IS_INTERRUPTED=false

# A new home trusts the key that this checkout's build signed the samples with.
run_gateway() { # ARG..
  local command home memory more
  check_interfaces_named "$@"
  check_policy_there "$@"
  # Tools of the system are not in the path of every user.
  PATH=$PATH:/usr/sbin:/sbin
  ensure_product
  ensure_tools "${GATEWAY_TOOLS[@]}"
  read -r -a more <<< "${SALLYPORT_JAVA_OPTS:-}"
  mapfile -t memory < <(memory_flags "${more[@]}")
  JVM_FLAGS=("${GATEWAY_FLAGS[@]}" "${memory[@]}" "-Dsallyport.trust.seed=$TARGET/trust/samples.pem" "-Dsallyport.kit=$GATEWAY/kit" "${more[@]}")
  home=$(home_of "$@")
  LOG_FILE=$home/log/sallyport.log
  use_utf8
  mapfile -t command < <(launch_command)
  supervise "$home" "${command[@]}" run "$@"
}

# Runs the gateway to its end, and starts it again when it died of lack of memory or of a crash. Nothing passes meanwhile,
# since the guard is the kernel's. What ends by itself is not started again, whatever its code.
supervise() { # HOME COMMAND..
  local home=$1 started deaths=0 why
  shift
  trap 'forward_signal TERM' TERM
  trap 'forward_signal INT' INT
  trap 'forward_signal HUP' HUP
  while true; do
    started=$SECONDS
    start_gateway "$@"
    await_gateway
    why=$(cause_of_death "$home") || exit "$GATEWAY_STATUS"
    ((SECONDS - started < RESTART_FORGIVEN_S)) || deaths=0
    ((deaths < ${#RESTART_DELAYS[@]})) || fail "the gateway $why once more; it stays down, and nothing passes. \
See $home/log/sallyport.log, and docs/run.md for how much memory it needs" 1
    say "the gateway $why; nothing passes until it runs again, in ${RESTART_DELAYS[deaths]} s with the boot policy first"
    rest "${RESTART_DELAYS[deaths]}"
    ! $IS_INTERRUPTED || fail 'stopped while the gateway was down; its guard stays, and nothing passes' 1
    deaths=$((deaths + 1))
  done
}

# In the background, so that signals can be handed on; with the terminal, and Ctrl-C as it was. If this script is killed
# the gateway goes with it.
start_gateway() { # COMMAND..
  local through=()
  if setpriv --pdeathsig KILL true 2> /dev/null; then
    through+=(setpriv --pdeathsig KILL)
  fi
  if env --default-signal=INT,QUIT true 2> /dev/null; then
    through+=(env --default-signal=INT,QUIT)
  fi
  "${through[@]}" "$@" <&0 &
  GATEWAY_PID=$!
}

# A signal ends the wait, not the gateway.
await_gateway() {
  while true; do
    IS_INTERRUPTED=false
    GATEWAY_STATUS=0
    # What it died of is said below, not by bash.
    wait "$GATEWAY_PID" 2> /dev/null || GATEWAY_STATUS=$?
    $IS_INTERRUPTED || return 0
  done
}

forward_signal() { # NAME
  IS_INTERRUPTED=true
  kill "-$1" "$GATEWAY_PID" 2> /dev/null || true
}

# Says what it died of; 1 if it ended by itself: then it has given its home back, or never had it.
cause_of_death() { # HOME
  local owner=
  read -r owner 2> /dev/null < "$1/run/lock" || true
  [[ $owner == "$GATEWAY_PID" ]] || return 1
  case $GATEWAY_STATUS in
    3) printf 'ran out of memory' ;;
    137) printf 'was killed, maybe by the kernel for lack of memory' ;;
    132 | 134 | 135 | 136 | 139) printf 'crashed (signal %s)' $((GATEWAY_STATUS - 128)) ;;
    *) return 1 ;;
  esac
}

# Sleeps, but not through a signal.
rest() { # SECONDS
  IS_INTERRUPTED=false
  sleep "$1" &
  GATEWAY_PID=$!
  wait "$GATEWAY_PID" || true
}

# The verb says this too; here it costs no build and leaves no home behind.
check_interfaces_named() { # ARG..
  local option
  for option in --lan --wan; do
    is_given "$option" "$@" || usage_error run "run needs $option"
  done
}

# The same: a file that is not there is no reason to make a home.
check_policy_there() { # ARG..
  local file=
  while (($# > 0)); do
    case $1 in
      --policy=*) file=${1#--policy=} ;;
      --policy) (($# == 1)) || file=$2 ;;
    esac
    shift
  done
  [[ -z $file || -e $file ]] || fail "policy $file: no such file" 4
}

is_given() { # OPTION ARG..
  local option=$1 argument
  shift
  for argument; do
    [[ $argument != "$option" && $argument != "$option="* ]] || return 0
  done
  return 1
}

# The home as the verb will understand it. If it cannot be used, the verb says so; the log is then lost.
home_of() { # ARG..
  local home=$DEFAULT_HOME
  while (($# > 0)); do
    case $1 in
      --home=*) home=${1#--home=} ;;
      --home) (($# == 1)) || home=$2 ;;
    esac
    shift
  done
  printf '%s\n' "$home"
}
