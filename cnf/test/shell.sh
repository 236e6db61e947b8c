# shellcheck shell=bash
# The verb shell: its command line, one command, and a person's session in tmux. The gateway is real; needs root, namespaces.

# A gateway in a lab.
begin() {
  begin_lab
  trap end EXIT
  LAB_HOME=$PWD/home
  lab_gateway
}

end() {
  local status=$?
  tmux -L "$TMUX_NAME" kill-server 2> /dev/null || true
  end_lab "$status"
}

TMUX_NAME=sallyport-test-$$

# Runs one command in the gateway; as for sallyport.
shell() { # COMMAND
  sallyport shell --home "$LAB_HOME" -c "$1"
}

test_a_home_without_a_gateway_is_exit_5() {
  sallyport shell --home nowhere -c 'bfe status'
  expect_exit 5
  expect_empty out
  expect_text err "no gateway runs on $PWD/nowhere (it has no control socket); start one with ./sallyport run"
  (($(wc -l < err) == 1)) || give_up 'more than one line'
}

test_a_gateway_that_died_is_not_to_be_started_twice() {
  mkdir -p home/run
  echo 4711 > home/run/lock
  sallyport shell --home home -c 'bfe status'
  expect_exit 5
  expect_text err '(process 4711) is starting, or has died; ./sallyport run starts it again by itself'
  : > home/run/lock
  sallyport shell --home home -c 'bfe status'
  expect_exit 5
  expect_text err 'no gateway runs on'
}

test_wrong_options_are_exit_2() {
  local words
  for words in '--colour' 'filter list' '--home' '-c'; do
    # shellcheck disable=SC2086
    sallyport shell $words
    expect_exit 2
    expect_empty out
    expect_text err './sallyport shell --help'
  done
}

test_one_command_prints_and_ends_with_its_code() {
  begin
  shell 'bfe status'
  expect_exit 0
  expect_empty err
  expect_text out 'running'
  shell 'bfe status -o json'
  [[ $(head -n 1 out) == '{' && $(tail -n 1 out) == '}' ]] || give_up 'not one JSON document'
  shell 'filter show nobody'
  expect_exit 1
  expect_empty out
  expect_text err "there is no filter 'nobody'"
  shell 'filter lst'
  expect_exit 2
  printf 'apiVersion: sallyport/v1\nprovider: operator\nfilters:\n  - {name: x, layer: no-such, action: block}\n' > bad.yaml
  shell 'policy apply bad.yaml'
  expect_exit 4
  expect_text err "$PWD/bad.yaml:4"
}

test_a_policy_comes_by_standard_input() {
  local number
  begin
  {
    printf 'apiVersion: sallyport/v1\nprovider: office\nfilters:\n'
    for ((number = 1; number <= 3000; number++)); do
      printf '  - {name: f%d, layer: ale-auth-connect-v4, action: block, when: [{ip-remote-port: %d}]}\n' "$number" "$number"
    done
  } > office.yaml
  shell 'policy validate -' < office.yaml
  expect_exit 0
  shell 'policy apply -' < office.yaml
  expect_exit 0
  expect_text out 'standard input is in force: filters 3000'
  shell 'filter show f3000'
  expect_exit 0
  printf '  - {name: x, layer: no-such, action: block}\n' >> office.yaml
  shell 'policy apply -' < office.yaml
  expect_exit 4
  expect_text err 'standard input:3004'
}

test_filters_come_and_go() {
  begin
  in_client ping -c 1 -W 2 "$LAB_SERVER4" > /dev/null || give_up 'a ping does not pass'
  shell "filter add no-ping --layer ale-auth-connect-v4 --action block --weight 15 --when ip-protocol=icmp"
  expect_exit 0
  ! in_client ping -c 1 -W 0.5 "$LAB_SERVER4" > /dev/null || give_up 'a ping passes'
  shell 'filter list | grep no-ping'
  expect_exit 0
  expect_text out 'ale-auth-connect-v4'
  shell 'filter add no-ping --layer ale-auth-connect-v4 --action block'
  expect_exit 4
  expect_text err "there is one of this name already: 'filter delete no-ping' first, or choose another name"
  shell 'policy export > exported.yaml'
  expect_exit 0
  expect_text exported.yaml 'no-ping'
  shell 'filter delete no-ping'
  expect_exit 0
  in_client ping -c 1 -W 2 "$LAB_SERVER4" > /dev/null || give_up 'a ping does not pass any more'
}

test_a_reader_that_has_enough_ends_the_command() {
  begin
  timeout 20 "$SALLYPORT" shell --home "$LAB_HOME" -c 'layer list --all' | head -n 1 > out
  expect_text out 'LAYER'
  timeout "$LAB_PATIENCE_S" "$SALLYPORT" shell --home "$LAB_HOME" -c 'event tail' > tail 2> err &
  lab_await 'the head of the table' grep -qF TIME tail
  kill "$!"
}

test_another_user_may_only_view() {
  begin
  chmod 755 . "$LAB_HOME"
  getent passwd nobody > /dev/null || skip 'there is no user nobody'
  setpriv --reuid=nobody --clear-groups test -r "$ROOT/target/build.stamp" -a -x "$PWD" \
    || skip 'nobody cannot enter the folders of this test'
  STATUS=0
  as_nobody 'whoami'
  expect_exit 0
  expect_text out 'viewer'
  as_nobody 'filter list'
  expect_exit 0
  as_nobody 'filter add no-ping --layer ale-auth-connect-v4 --action block'
  expect_exit 3
  expect_text err 'user:nobody (viewer) needs'
  as_nobody 'policy apply policy.yaml'
  expect_exit 3
  printf 'apiVersion: sallyport/v1\nprovider: mine\nfilters:\n  - {name: x, layer: stream-v4, action: block}\n' > own.yaml
  as_nobody 'policy apply -' < own.yaml
  expect_exit 3
  expect_text err 'user:nobody (viewer) needs'
  as_nobody 'filter list > stolen'
  expect_exit 2
  [[ ! -e stolen ]] || give_up 'a viewer wrote a file'
  shell 'filter list | grep no-ping'
  expect_exit 1
  shell 'event list --kind state | grep denied'
  expect_exit 0
  expect_text out 'user:nobody'
}

# As shell, for a user without rights.
as_nobody() { # COMMAND
  STATUS=0
  setpriv --reuid=nobody --clear-groups "$SALLYPORT" shell --home "$LAB_HOME" -c "$1" > out 2> err || STATUS=$?
}

test_a_session_goes_away_with_the_gateway() {
  begin
  "$SALLYPORT" shell --home "$LAB_HOME" -c 'event tail' > tail.out 2> tail.err &
  local client=$! status=0
  lab_await 'the head of the table' grep -q TIME tail.out
  lab_stop_gateway TERM
  ((LAB_STATUS == 0)) || give_up "the gateway ended with $LAB_STATUS"
  wait "$client" || status=$?
  ((status == 5)) || give_up "the client ended with $status"
  expect_text tail.err 'sallyport: '
}

test_changes_of_policy_are_watched() {
  begin
  "$SALLYPORT" shell --home "$LAB_HOME" -c 'policy watch --type filter -o json' > watch.out 2> watch.err &
  local client=$! status=0
  lab_await 'the subscription' is_watching
  shell "filter add no-ping --layer ale-auth-connect-v4 --action block --when ip-protocol=icmp"
  expect_exit 0
  shell 'filter delete no-ping'
  expect_exit 0
  lab_await 'both changes' eval '(($(wc -l < watch.out) == 2))'
  grep -q '"change":"add","type":"filter",.*"name":"no-ping"' <(head -n 1 watch.out) || give_up 'the add is not told'
  grep -q '"change":"delete","type":"filter",.*"name":"no-ping"' <(tail -n 1 watch.out) || give_up 'the delete is not told'
  expect_empty watch.err

  # Killed: its session and its subscription go, the gateway stays.
  kill -KILL "$client"
  wait "$client" 2> /dev/null || true
  lab_await 'the end of the subscription' eval '! is_watching'
  shell 'session list -o json'
  expect_exit 0
  ! grep -q '"policy watch"' out || give_up 'the session of the killed client is there still'

  "$SALLYPORT" shell --home "$LAB_HOME" -c 'policy watch' > watch.out 2> watch.err &
  client=$!
  lab_await 'the subscriptions' is_watching
  shell 'bfe stop'
  expect_exit 0
  wait "$client" || status=$?
  ((status == 5)) || give_up "the client ended with $status"
  expect_text watch.err 'policy watch: the base filtering engine stops'
  shell 'policy watch'
  expect_exit 5
  shell 'bfe start'
  expect_exit 0
}

is_watching() {
  "$SALLYPORT" shell --home "$LAB_HOME" -c 'policy subscriptions' 2> /dev/null | grep -q '^policy watch'
}

keys() { # KEY..
  tmux -L "$TMUX_NAME" send-keys -t session "$@"
}

screen() {
  tmux -L "$TMUX_NAME" capture-pane -p -t session
}

shows() { # TEXT
  screen | grep -qF -e "$1"
}

test_a_persons_session() {
  command -v tmux > /dev/null || skip 'there is no tmux'
  begin
  tmux -L "$TMUX_NAME" -f /dev/null new-session -d -s session -x 110 -y 60 \
    "env ROOT='$ROOT' SALLYPORT_JAVA_HOME='$SALLYPORT_JAVA_HOME' '$SALLYPORT' shell --home '$LAB_HOME'; echo client ended with \$?; exec cat"
  lab_await 'the prompt' shows 'sallyport>'

  # Completion: a command, a subcommand, a live object.
  keys 'fil' Tab 'li' Tab Enter
  lab_await 'the table' shows 'LIFETIME'
  (($(screen | awk '{ if (length > most) most = length } END { print most }') <= 110)) || give_up 'a line is too long'
  keys C-l 'layer fields ale-auth-connect-v' Tab Tab
  lab_await 'both layers' shows 'ale-auth-connect-v6'
  keys C-c
  keys C-l 'help filter add' Enter
  lab_await 'help' shows 'usage: filter add'

  # Live events, ended by Ctrl-C; the session goes on.
  keys C-l
  lab_await 'a clean screen' eval '! shows usage:'
  keys "filter add no-ping --layer ale-auth-connect-v4 --action block --weight 15 --when ip-protocol=icmp" Enter
  lab_await 'the filter' shows 'added no-ping'
  keys 'event tail --kind drop' Enter
  lab_await 'the head of the events' shows 'PACKET OR NOTICE'
  ! in_client ping -c 1 -W 0.5 "$LAB_SERVER4" > /dev/null || give_up 'a ping passes'
  lab_await 'the drop' shows 'by no-ping'
  keys C-c
  keys 'echo still here' Enter
  lab_await 'the next command' eval 'screen | grep -qx "still here"'

  # A new size is the session's size; Ctrl-D ends the session only.
  tmux -L "$TMUX_NAME" resize-window -t session -x 70 -y 30
  keys C-l 'callout list' Enter
  lab_await 'the table at its new width' shows 'REGIS'
  keys C-d
  lab_await 'the end of the client' shows 'client ended with 0'
  shell 'bfe status'
  expect_exit 0
}
