# shellcheck shell=bash
# How much heap the gateway's JVM gets, and who collects it. Rule: what SALLYPORT_JAVA_OPTS says; else, on a machine with room
# for it, 1.5 GiB and ZGC, which collects while packets pass; else 512 MiB and the serial collector, which stops them, but makes
# do with less.

# ZGC's references take eight bytes each, and it needs room to work in while others go on.
readonly ROOMY_HEAP_MIB=1536 SMALL_HEAP_MIB=512
readonly ZGC_LEAST_HEAP_MIB=1024
# The heap at most half of it: buffers, code and classes come on top, and other processes.
readonly ROOMY_MACHINE_MIB=3584
# The first whose ZGC keeps young objects apart; it has to be asked for until 23.
readonly ZGC_LEAST_JDK=21 ZGC_PLAIN_JDK=23

MEMINFO=${MEMINFO:-/proc/meminfo}

# Prints flags of the JVM, one per line; they go before the options that they give way to.
memory_flags() { # OPTION OF SALLYPORT_JAVA_OPTS..
  local heap
  heap=$(asked_heap_mib "$@")
  heap=${heap:-$(default_heap_mib "$@")}
  # All of it from the start, whichever of the two was said.
  printf -- '-Xms%sm\n-Xmx%sm\n' "$heap" "$heap"
  collector_flags "$heap" "$@"
}

collector_flags() { # HEAP_MIB OPTION..
  local heap=$1 named
  shift
  named=$(asked_collector "$@")
  if [[ -z $named ]] && may_use_zgc && ((heap >= ZGC_LEAST_HEAP_MIB)); then
    printf -- '-XX:+UseZGC\n'
    named=ZGC
  fi
  case $named in
    '' | Serial*)
      # Flows stay and frames make no garbage: four fifths of the heap are the old generation.
      [[ -n $named ]] || printf -- '-XX:+UseSerialGC\n'
      printf -- '-XX:NewRatio=4\n'
      ;;
    ZGC)
      # Memory that is there before the first packet: a page that has to be found while one is judged costs it milliseconds.
      printf -- '-XX:+AlwaysPreTouch\n'
      ((JDK_MAJOR >= ZGC_PLAIN_JDK || JDK_MAJOR < ZGC_LEAST_JDK)) || printf -- '-XX:+ZGenerational\n'
      ;;
  esac
}

default_heap_mib() { # OPTION..
  local named
  named=$(asked_collector "$@")
  if [[ $named == ZGC || -z $named ]] && may_use_zgc; then
    printf '%s\n' "$ROOMY_HEAP_MIB"
  else
    printf '%s\n' "$SMALL_HEAP_MIB"
  fi
}

may_use_zgc() {
  ((JDK_MAJOR >= ZGC_LEAST_JDK && $(machine_mib) >= ROOMY_MACHINE_MIB))
}

# What is not known is small.
machine_mib() {
  local kib
  kib=$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' "$MEMINFO" 2> /dev/null)
  printf '%s\n' $((${kib:-0} / 1024))
}

# The collector that the options name, as in -XX:+UseZGC: ZGC; nothing if they name none.
asked_collector() { # OPTION..
  local option
  for option; do
    if [[ $option =~ ^-XX:\+Use([A-Za-z0-9]+GC)$ ]]; then
      printf '%s\n' "${BASH_REMATCH[1]}"
    fi
  done | tail -n 1
}

# The heap that the options ask for, in MiB, the largest if they say several; nothing if they say none.
asked_heap_mib() { # OPTION..
  local option
  for option; do
    if [[ $option =~ ^-Xm[sx]([0-9]+)([kKmMgG]?)$ ]]; then
      case ${BASH_REMATCH[2]} in
        [gG]) printf '%s\n' $((BASH_REMATCH[1] * 1024)) ;;
        [mM]) printf '%s\n' "${BASH_REMATCH[1]}" ;;
        [kK]) printf '%s\n' $((BASH_REMATCH[1] / 1024)) ;;
        *) printf '%s\n' $((BASH_REMATCH[1] / 1024 / 1024)) ;;
      esac
    fi
  done | sort -n | tail -n 1
}
