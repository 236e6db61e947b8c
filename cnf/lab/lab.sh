# shellcheck shell=bash
# A lab of three network namespaces: client (inside) - gateway - server (outside), one subnet, veth pairs. Used by the
# demo and by the tests; needs root. Everything is named after this process, so that several labs can stand side by side.
# Callers set ROOT, JDK and LAB_DIR (a folder of their own), and call lab_down in an EXIT trap.

readonly LAB_CLIENT4=192.0.2.10 LAB_SERVER4=192.0.2.20
readonly LAB_CLIENT6=2001:db8::10 LAB_SERVER6=2001:db8::20
readonly LAB_PATIENCE_S=30
LAB=sally-$$
LAB_PIDS=()
LAB_GATEWAY=
LAB_HOME=
LAB_STATUS=

# Prints why there can be no lab here; nothing if there can.
lab_obstacle() {
  local tool
  if ((EUID != 0)); then
    printf 'network namespaces need root'
    return
  fi
  for tool in ip nft ethtool curl dig; do
    command -v "$tool" > /dev/null || { printf '%s is not installed' "$tool"; return; }
  done
  if ! ip netns add "$LAB-try" 2> /dev/null; then
    printf 'this machine permits no network namespaces'
    return
  fi
  ip netns del "$LAB-try"
}

lab_up() {
  local side
  for side in client gateway server; do
    ip netns add "$LAB-$side"
    ip -n "$LAB-$side" link set lo up
  done
  ip -n "$LAB-gateway" link add lan0 type veth peer name eth0 netns "$LAB-client"
  ip -n "$LAB-gateway" link add wan0 type veth peer name eth0 netns "$LAB-server"
  lab_host client "$LAB_CLIENT4" "$LAB_CLIENT6"
  lab_host server "$LAB_SERVER4" "$LAB_SERVER6"
  ip -n "$LAB-gateway" link set lan0 up
  ip -n "$LAB-gateway" link set wan0 up
}

lab_host() { # SIDE IPV4 IPV6
  ip -n "$LAB-$1" address add "$2/24" dev eth0
  ip -n "$LAB-$1" address add "$3/64" dev eth0 nodad
  ip -n "$LAB-$1" link set eth0 up
}

# Ends what was started here, by process id, and removes the namespaces. Safe to call at any time, also twice.
lab_down() {
  local pid side
  for pid in "${LAB_PIDS[@]}" $LAB_GATEWAY; do
    kill "$pid" 2> /dev/null || true
  done
  for pid in "${LAB_PIDS[@]}" $LAB_GATEWAY; do
    wait "$pid" 2> /dev/null || true
  done
  LAB_PIDS=()
  LAB_GATEWAY=
  for side in client gateway server; do
    ip netns del "$LAB-$side" 2> /dev/null || true
  done
}

in_client() { ip netns exec "$LAB-client" "$@"; }
in_gateway() { ip netns exec "$LAB-gateway" "$@"; }
in_server() { ip netns exec "$LAB-server" "$@"; }

# Starts something in a namespace; its output goes to LAB_DIR/NAME.log, its process id to LAB_STARTED.
lab_start() { # SIDE NAME COMMAND..
  ip netns exec "$LAB-$1" "${@:3}" > "$LAB_DIR/$2.log" 2>&1 < /dev/null &
  LAB_STARTED=$!
  LAB_PIDS+=("$LAB_STARTED")
}

# Web, name and note servers outside; a web server inside, which nobody outside should reach.
lab_serve() {
  "$JDK/bin/javac" -d "$LAB_DIR/classes" "$ROOT/cnf/lab/LabServer.java"
  lab_start server server "$JDK/bin/java" -XX:TieredStopAtLevel=1 -cp "$LAB_DIR/classes" LabServer http:80 dns:53 note:9999
  lab_start client inside "$JDK/bin/java" -XX:TieredStopAtLevel=1 -cp "$LAB_DIR/classes" LabServer http:8080 note:9999
  lab_await 'the servers' grep -q '^serving' "$LAB_DIR/server.log"
  lab_await 'the server inside' grep -q '^serving' "$LAB_DIR/inside.log"
}

# nginx outside, with what is in its http block. It runs as who runs the lab, whose folder nobody else may enter, and writes
# nowhere else. What was asked of it is in LAB_DIR/asked.log.
lab_nginx() { # CONFIGURATION
  local kind temporary=''
  for kind in client_body proxy fastcgi uwsgi scgi; do
    temporary+="${kind}_temp_path $LAB_DIR/nginx-$kind; "
  done
  cat > "$LAB_DIR/nginx.conf" << END
user $(id -un);
daemon off;
worker_processes 1;
pid $LAB_DIR/nginx.pid;
events {}
http {
  access_log $LAB_DIR/asked.log;
  $temporary
  $1
}
END
  lab_start server nginx nginx -e stderr -c "$LAB_DIR/nginx.conf"
  lab_await 'nginx' test -s "$LAB_DIR/nginx.pid"
}

# Runs a command again and again until it succeeds; 1 if it does not in time.
lab_await() { # WHAT COMMAND..
  local deadline=$((SECONDS + LAB_PATIENCE_S))
  until "${@:2}" > /dev/null 2>&1; do
    if ((SECONDS >= deadline)); then
      printf 'waited %s s in vain for %s\n' "$LAB_PATIENCE_S" "$1" >&2
      return 1
    fi
    sleep 0.05
  done
}

# Starts the gateway between lan0 and wan0; does not wait.
lab_launch_gateway() { # ARG..
  LAB_HOME=${LAB_HOME:-$LAB_DIR/home}
  # Here, not by the process in the background: what an earlier gateway said must not be taken for this one's.
  : > "$LAB_DIR/gateway.out"
  ip netns exec "$LAB-gateway" "$ROOT/sallyport" run --lan lan0 --wan wan0 --home "$LAB_HOME" "$@" \
    > "$LAB_DIR/gateway.out" 2> "$LAB_DIR/gateway.err" < /dev/null &
  LAB_GATEWAY=$!
}

lab_gateway() { # ARG..
  lab_launch_gateway "$@"
  lab_await_ready
}

lab_await_ready() {
  lab_await 'the gateway' lab_is_ready_or_gone && lab_is_ready
}

lab_is_ready() {
  grep -qx ready "$LAB_DIR/gateway.out"
}

lab_is_ready_or_gone() {
  lab_is_ready || ! kill -0 "$LAB_GATEWAY" 2> /dev/null
}

# Ends the gateway with a signal and waits; its exit code is in LAB_STATUS.
lab_stop_gateway() { # [SIGNAL]
  LAB_STATUS=0
  kill "-${1:-TERM}" "$LAB_GATEWAY"
  wait "$LAB_GATEWAY" || LAB_STATUS=$?
  LAB_GATEWAY=
}

# The number of the gateway's JVM, which LAB_GATEWAY watches over; nothing while there is none.
lab_jvm() {
  cat "$LAB_HOME/run/lock" 2> /dev/null || true
}

# A command in the gateway's shell.
lab_shell() { # COMMAND
  "$ROOT/sallyport" shell --home "$LAB_HOME" -c "$1"
}
