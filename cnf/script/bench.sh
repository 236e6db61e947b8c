# shellcheck shell=bash
# ./sallyport bench: measurements, by a plain JVM outside the framework. Prints JSON on stdout, progress on stderr.

# What the labs are made with, beside what the gateway itself needs; each as COMMAND:PACKAGE OF DEBIAN.
readonly BENCH_TOOLS=("${GATEWAY_TOOLS[@]}" sysctl:procps ping:iputils-ping tracepath:iputils-tracepath
  traceroute:traceroute iperf3:iperf3)
readonly BENCH_VERBS='crash exhaustion hostile isolation lab path plugins policy relay restart soak'
readonly BENCH_LATER='classify footprint'
# Those that stand between networks.
readonly BENCH_LIVE='hostile lab plugins relay restart soak'

run_bench() { # VERB ARG..
  (($# > 0)) || usage_error bench "bench needs one of: $BENCH_VERBS"
  if is_in "$1" "$BENCH_LATER"; then
    fail "'bench $1' is not in this version yet" 2
  fi
  is_in "$1" "$BENCH_VERBS" || usage_error bench "bench does not know '$1'; it knows: $BENCH_VERBS"
  PATH=$PATH:/usr/sbin:/sbin
  if is_in "$1" "$BENCH_LIVE"; then
    is_root || fail "bench $1 needs root: it works below IP and makes network namespaces" 3
    [[ $1 == relay ]] || ensure_tools "${BENCH_TOOLS[@]}"
  fi
  ensure_product
  launch_bench "$@"
}

# A fixed heap: what is measured in this JVM shall not wait for more memory. What a change of policy does to packets depends on
# the collector, so there it is the gateway's. SALLYPORT_JAVA_OPTS come last: they are also for comparing collectors.
launch_bench() { # VERB ARG..
  local access collector more
  use_utf8
  read -r -a more <<< "${SALLYPORT_JAVA_OPTS:-}"
  mapfile -t access < <(jdk_access_flags)
  mapfile -t collector < <(bench_collector_flags "$1" "${more[@]}")
  exec "$JDK/bin/java" "${access[@]}" "${LAUNCH_FLAGS[@]}" -Xms2g -Xmx2g "${collector[@]}" "${more[@]}" -Dsallyport.root="$ROOT" -Dslf4j.internal.verbosity=ERROR \
    -Djava.net.preferIPv6Addresses=system -cp "$ROOT/bench/target/classes:$ROOT/bench/target/lib/*" io.sallyport.bench.Bench "$@"
}

bench_collector_flags() { # VERB OPTION..
  local verb=$1
  shift
  if [[ $verb == policy ]]; then
    collector_flags 2048 "$@"
  elif [[ -z $(asked_collector "$@") ]]; then
    printf -- '-XX:+UseSerialGC\n'
  fi
}
