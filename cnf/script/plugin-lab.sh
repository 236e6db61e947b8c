# shellcheck shell=bash
# ./sallyport plugin lab: a client, a running gateway and a server in three network namespaces, to try a plug-in in.

plugin_lab() { # [--home DIR] [--name NAME]
  local home=sallyport-home name=sally-lab obstacle
  while (($# > 0)); do
    case $1 in
      --home | --name) (($# > 1)) || usage_error 'plugin lab' "$1 needs a value"; set -- "$1=$2" "${@:3}"; continue ;;
      --home=*) home=${1#*=} ;;
      --name=*) name=${1#*=} ;;
      *) usage_error 'plugin lab' "plugin lab does not know '$1'" ;;
    esac
    shift
  done
  [[ $name =~ ^[a-z][a-z0-9-]{0,30}$ ]] || usage_error 'plugin lab' "--name is '$name', and must be lower-case letters, digits and -"
  load_product
  is_root || fail 'network namespaces need root; try: sudo ./sallyport plugin lab' 3
  ensure_product
  ensure_tools "${DEMO_TOOLS[@]}"
  LAB_DIR=$(mktemp -d)
  # shellcheck source=cnf/lab/lab.sh
  source "$ROOT/cnf/lab/lab.sh"
  LAB=$name
  LAB_HOME=$(realpath -m "$home")
  [[ -z $(ip netns list | awk -v name="$LAB-client" '$1 == name') ]] \
    || { rm -rf "$LAB_DIR"; fail "a lab named $LAB stands already; end it with Ctrl-C, or choose another with --name" 1; }
  obstacle=$(lab_obstacle)
  [[ -z $obstacle ]] || { rm -rf "$LAB_DIR"; fail "there can be no lab here: $obstacle" 1; }
  trap 'lab_down; rm -rf "$LAB_DIR"' EXIT
  trap 'exit 0' INT TERM HUP
  lab_up
  lab_serve
  lab_gateway || { cat "$LAB_DIR/gateway.err" >&2; fail "the gateway did not start; see $LAB_HOME/log/sallyport.log" 1; }
  say_where_things_are
  wait "$LAB_GATEWAY" || true
  fail "the gateway has ended; see $LAB_HOME/log/sallyport.log" 1
}

say_where_things_are() {
  cat << END
ready: a client, the gateway and a server; Ctrl-C ends and removes them. From another terminal, as root:

  ip netns exec $LAB-client curl -m 5 http://$LAB_SERVER4/           a page; /word says EVILPAYLOAD, /bytes/N has N bytes
  ip netns exec $LAB-client dig @$LAB_SERVER4 any.example            an answer to every question
  $ROOT/sallyport shell --home $LAB_HOME
END
}
