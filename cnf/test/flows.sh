# shellcheck shell=bash
# What a change of policy does to connections that are there: with a real gateway; needs root, namespaces.

# shellcheck source=cnf/test/shell.sh
source "$ROOT/cnf/test/shell.sh"

NO_WEB='--layer ale-auth-connect-v4 --action block --weight 15 --when ip-remote-port=80'

# A connection from inside that says nothing; its log tells when and how it ends.
hold_connection() {
  lab_start client held bash -c "exec 3<> /dev/tcp/$LAB_SERVER4/80; echo open; cat <&3; echo ended"
  lab_await 'the connection' grep -q open "$LAB_DIR/held.log"
}

is_held() { # SIDE
  ! grep -q ended "$LAB_DIR/held.log" && [[ -n $("in_$1" ss -Htn state established '( sport = :80 or dport = :80 )') ]]
}

test_a_reset_ends_an_idle_connection_at_both_ends_and_a_keep_spares_it() {
  command -v ss > /dev/null || skip 'ss is not installed'
  begin
  lab_serve
  shell 'filter add tell --layer ale-auth-connect-v4-discard --action permit'
  expect_exit 0
  hold_connection
  shell "filter add no-web $NO_WEB --preview"
  expect_exit 0
  expect_text out 'would be blocked 1'
  is_listed no-web && give_up 'a preview has changed something'
  shell "filter add no-web $NO_WEB --existing-flows keep"
  expect_exit 0
  ! in_client curl -s --max-time 2 -o page "http://$LAB_SERVER4/" || give_up 'a new connection passes'
  is_held client || give_up 'the connection has ended'
  shell "filter add no-web-at-all $NO_WEB --existing-flows reset"
  expect_exit 0
  lab_await 'the end of the connection' grep -q ended "$LAB_DIR/held.log"
  expect_text "$LAB_DIR/held.log" 'reset by peer'
  lab_await "the server's end" eval '! is_held server'
  shell 'stats show -o json'
  expect_text out '"flows-reset" : 1'
}

is_listed() { # FILTER
  shell "filter show $1"
  ((STATUS == 0))
}
