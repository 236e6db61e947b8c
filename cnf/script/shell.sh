# shellcheck shell=bash
# ./sallyport shell: the client of a running gateway's control socket. A plain JVM, no framework.

# Performance data would make the JVM leave the socket's folder, and not come back if it may not list that.
readonly CLIENT_FLAGS=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -Xss512k -XX:-UsePerfData)

run_shell() { # ARG..
  local home=./sallyport-home command='' has_command=false columns=0
  while (($# > 0)); do
    case $1 in
      --home) (($# > 1)) || usage_error shell '--home needs a folder'; home=$2; shift ;;
      --home=*) home=${1#--home=} ;;
      -c | --command) (($# > 1)) || usage_error shell "$1 needs a command"; command=$2 has_command=true; shift ;;
      -c*) command=${1#-c} has_command=true ;;
      --command=*) command=${1#--command=} has_command=true ;;
      -*) usage_error shell "shell does not know '$1'" ;;
      *) usage_error shell "shell does not know '$1'; put a command into quotes: shell -c 'filter list'" ;;
    esac
    shift
  done
  [[ -n $home ]] || usage_error shell '--home needs a folder'
  if ! $has_command && [[ ! -t 0 ]]; then
    command=$(cat) has_command=true
  fi
  if $has_command; then
    [[ ! -t 1 ]] || columns=$(terminal_columns)
    start_client "$home" "$columns" "$command"
  else
    [[ -t 1 ]] || usage_error shell "a session needs a terminal; for a single command: shell -c 'command'"
    start_client "$home" 0
  fi
}

terminal_columns() {
  local size
  size=$(stty size 2> /dev/null < /dev/tty) && printf '%s\n' "${size#* }" || printf '0\n'
}

# The kernel takes no long names of sockets: where the folder can be entered, the name is relative to it.
start_client() { # HOME COLUMNS [COMMAND]
  local home=$1 socket jars access
  shift
  load_product
  ensure_product
  jars=$GATEWAY/bundles/50/shell.jar:$GATEWAY/bundles/05/jline.jar
  use_utf8
  SALLYPORT_DIRECTORY=$PWD
  export SALLYPORT_DIRECTORY
  home=$(realpath -m -- "$home")
  socket=$home/run/control.sock
  if cd "$home/run" 2> /dev/null; then
    socket=control.sock
  fi
  mapfile -t access < <(jdk_access_flags)
  exec "$JDK/bin/java" "${access[@]}" "${CLIENT_FLAGS[@]}" -cp "$jars" io.sallyport.shell.client.ShellClient \
    "$socket" "$home" "$@"
}
