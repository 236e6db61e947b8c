# shellcheck shell=bash
# Commits that come back unless somebody confirms them, and the history: with a real gateway; needs root, namespaces.

# shellcheck source=cnf/test/shell.sh
source "$ROOT/cnf/test/shell.sh"

NO_PING='--layer ale-auth-connect-v4 --action block --weight 15 --when ip-protocol=icmp'

pings() {
  in_client ping -c 1 -W 2 "$LAB_SERVER4" > /dev/null
}

is_listed() { # FILTER
  shell "filter show $1"
  ((STATUS == 0))
}

test_a_commit_that_nobody_confirms_comes_back() {
  begin
  pings || give_up 'a ping does not pass'
  shell "filter add no-ping $NO_PING --confirm 15s --comment 'may lock me out'"
  expect_exit 0
  expect_text out "unless you say 'policy confirm'"
  expect_empty err
  lab_await 'the notice' grep -q 'is in force for 15 s' "$LAB_DIR/gateway.err"
  shell 'bfe status'
  expect_text out "of user:root"
  ! pings || give_up 'a ping passes'
  shell 'filter add other --layer ale-auth-connect-v4 --action permit'
  expect_exit 6
  expect_text err 'waits for its confirmation'
  lab_await 'the end of the filter' eval '! is_listed no-ping'
  pings || give_up 'a ping does not pass any more'
  shell 'revision list'
  expect_exit 0
  expect_text out 'nobody confirmed revision'
  shell 'policy confirm'
  expect_exit 1
  shell 'event list --kind state | grep "comes back, unless"'
  expect_exit 0
}

test_a_commit_that_is_confirmed_stays() {
  begin
  shell "filter add no-ping $NO_PING --confirm 60s"
  expect_exit 0
  shell 'revision list | grep pending'
  expect_exit 0
  shell 'policy confirm'
  expect_exit 0
  expect_text out 'stays'
  lab_stop_gateway KILL
  lab_gateway
  is_listed no-ping || give_up 'the filter is gone'
  shell 'revision diff'
  expect_exit 0
  expect_text out '+ filter no-ping'
  shell 'policy rollback'
  expect_exit 0
  pings || give_up 'a ping does not pass after the rollback'
  shell 'revision check'
  expect_exit 0
  expect_text out 'there is a way back to each of'
}

# Killed while it waits: what was not confirmed in time is not in force when the gateway comes back.
test_a_kill_confirms_nothing() {
  local deadline
  begin
  shell "filter add no-ping $NO_PING --confirm 10s"
  expect_exit 0
  deadline=$(($(date +%s) + 11))
  lab_stop_gateway KILL
  lab_await 'the end of its time' eval "(( \$(date +%s) >= $deadline ))"
  lab_gateway
  pings || give_up 'a ping does not pass'
  ! is_listed no-ping || give_up 'the filter is in force'
  shell 'revision list | grep "was not confirmed in time"'
  expect_exit 0
}

# Everybody who sits at a terminal hears of it at once.
test_sessions_are_told() {
  command -v tmux > /dev/null || skip 'there is no tmux'
  begin
  tmux -L "$TMUX_NAME" -f /dev/null new-session -d -s session -x 150 -y 40 \
    "env ROOT='$ROOT' SALLYPORT_JAVA_HOME='$SALLYPORT_JAVA_HOME' '$SALLYPORT' shell --home '$LAB_HOME'; exec cat"
  lab_await 'the prompt' shows 'sallyport>'
  keys 'filter li'
  shell "filter add no-ping $NO_PING --confirm 60s"
  expect_exit 0
  lab_await 'the announcement' shows 'comes back, unless somebody says'
  shell 'policy rollback'
  expect_exit 0
  lab_await 'the end of it' shows 'is back: user:root (admin) has taken revision'
  keys 'st' Enter
  lab_await 'the table, from the line that was being typed' shows 'LIFETIME'
}
