# shellcheck shell=bash
# ./sallyport run: what the live gateway needs beyond the product, and how its JVM is started.

readonly DEFAULT_HOME=sallyport-home

# Traffic decides how much memory is in use; a heap that never grows or shrinks costs no pauses for that. Out of memory:
# end at once, the guard stays, the next start begins with the boot policy. No performance data file: kill -9 would leave it.
readonly GATEWAY_FLAGS=(-Xms256m -Xmx512m -Xss512k -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData)

run_gateway() { # ARG..
  check_interfaces_named "$@"
  # Tools of the system are not in the path of every user.
  PATH=$PATH:/usr/sbin:/sbin
  ensure_product
  ensure_tools "${GATEWAY_TOOLS[@]}"
  JVM_FLAGS=("${GATEWAY_FLAGS[@]}")
  LOG_FILE=$(home_of "$@")/log/sallyport.log
  launch run "$@"
}

# The verb says this too; here it costs no build and leaves no home behind.
check_interfaces_named() { # ARG..
  local option
  for option in --lan --wan; do
    is_given "$option" "$@" || usage_error run "run needs $option"
  done
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
