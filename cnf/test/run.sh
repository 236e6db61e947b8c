# shellcheck shell=bash
# The verb run as a process: start, ready, signals, what it leaves behind, and what it refuses. Needs root and namespaces.


# Runs 'run' in the gateway's namespace to its end, through COMMAND if there is one before --.
run_in_lab() { # [COMMAND.. --] ARG..
  local through=() status=0
  if [[ " $* " == *' -- '* ]]; then
    while [[ $1 != -- ]]; do
      through+=("$1")
      shift
    done
    shift
  fi
  in_gateway "${through[@]}" "$SALLYPORT" run "$@" > out 2> err < /dev/null || status=$?
  STATUS=$status
}

# Refused with this code, in one line that says this; and the box is as closed as it was.
expect_refusal() { # CODE TEXT
  expect_exit "$1"
  expect_empty out
  expect_text err "$2"
  (($(wc -l < err) == 1)) || give_up 'more than one line'
  [[ $(< err) == 'sallyport: '* ]] || give_up 'not our line'
  ! in_client ping -c 1 -W 0.3 "$LAB_SERVER4" > /dev/null || give_up 'a ping passed'
}

expect_nothing_left() {
  [[ -z $(in_gateway nft list ruleset) ]] || give_up "$(in_gateway nft list ruleset)"
  [[ -z $(ip netns pids "$LAB-gateway") ]] || give_up "processes: $(ip netns pids "$LAB-gateway")"
  [[ ! -e $LAB_HOME/run/control.sock ]] || give_up 'the control socket is still there'
  [[ ! -s $LAB_HOME/run/lock ]] || give_up 'the home is still claimed'
}

test_run_says_ready_and_ends_with_0_on_sigterm() {
  begin_lab
  LAB_HOME=$PWD/new/home
  lab_gateway
  [[ $(< "$LAB_DIR/gateway.out") == ready ]]
  [[ $(stat -c %a "$LAB_HOME/run") == 711 ]] # others may view by the socket, and see nothing else there
  [[ $(ps -o ppid= -p "$(lab_jvm)") -eq $LAB_GATEWAY ]]
  [[ -s $LAB_HOME/etc/boot-policy.yaml && -s $LAB_HOME/etc/default-policy.yaml ]]
  in_client ping -c 1 -W 2 "$LAB_SERVER4" > /dev/null || give_up 'a ping does not pass'
  lab_stop_gateway TERM
  ((LAB_STATUS == 0)) || give_up "exit $LAB_STATUS"
  [[ $(< "$LAB_DIR/gateway.out") == ready ]]
  expect_no_text "$LAB_DIR/gateway.err" Exception
  expect_nothing_left
}

# With no traffic at all: nobody waits for a frame.
test_run_starts_and_stops_ten_times_on_an_idle_link() {
  local cycle
  begin_lab
  for ((cycle = 1; cycle <= 10; cycle++)); do
    lab_gateway
    lab_stop_gateway TERM
    ((LAB_STATUS == 0)) || give_up "cycle $cycle: exit $LAB_STATUS"
    expect_nothing_left
  done
}

test_run_keeps_the_guard_after_kill_9_and_takes_it_over() {
  begin_lab
  lab_gateway
  lab_stop_gateway KILL
  ((LAB_STATUS == 137))
  [[ $(in_gateway nft list ruleset) == *drop* ]] || give_up 'the guard is gone'
  ! in_client ping -c 1 -W 0.3 "$LAB_SERVER4" > /dev/null || give_up 'a ping passed'
  lab_gateway
  # The first one may be lost to the host's search for its neighbour, which failed a moment ago.
  in_client ping -c 3 -i 0.3 -W 2 "$LAB_SERVER4" > /dev/null || give_up 'a ping does not pass'
  lab_stop_gateway TERM
  ((LAB_STATUS == 0))
  expect_nothing_left
}

test_run_stops_cleanly_before_it_is_ready() {
  begin_lab
  lab_launch_gateway
  lab_await 'the home' test -s "$LAB_DIR/home/run/lock"
  lab_stop_gateway TERM
  ((LAB_STATUS == 0)) || give_up "exit $LAB_STATUS"
  expect_nothing_left
}

test_run_refuses_a_missing_interface() {
  begin_lab
  run_in_lab --lan nothere0 --wan wan0 --home home
  expect_refusal 2 nothere0
}

test_run_refuses_a_busy_home() {
  begin_lab
  lab_gateway
  in_gateway ip link add lan1 type veth peer name wan1
  STATUS=0
  in_gateway "$SALLYPORT" run --lan lan1 --wan wan1 --home "$LAB_HOME" > out 2> err < /dev/null || STATUS=$?
  expect_exit 1
  expect_empty out
  [[ $(< err) == "sallyport: home $LAB_HOME is used by process $(lab_jvm); stop it or choose another --home" ]]
  # The one that runs is not disturbed.
  in_client ping -c 1 -W 2 "$LAB_SERVER4" > /dev/null || give_up 'a ping does not pass'
}

test_run_refuses_interfaces_of_another_gateway() {
  begin_lab
  lab_serve
  lab_gateway
  run_in_lab --lan wan0 --wan lan0 --home "$PWD/second"
  expect_exit 1
  expect_empty out
  expect_text err "interface wan0 is in use by the gateway of process $(lab_jvm)"
  (($(wc -l < err) == 1)) || give_up 'more than one line'
  # The first one goes on, and so does its guard.
  [[ $(in_gateway nft list ruleset) == *'policy drop'* ]] || give_up 'the guard is gone'
  in_client curl -s -o page --max-time 5 "http://$LAB_SERVER4/"
}

test_run_needs_rights() {
  local directory
  begin_lab
  chmod 777 .
  for directory in "$ROOT" "$ROOT/target" "$JDK/bin" "$PWD"; do
    setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$directory" || skip "nobody cannot enter $directory"
  done
  # The home can be made, the interfaces cannot be opened.
  run_in_lab setpriv --reuid=65534 --regid=65534 --clear-groups -- --lan lan0 --wan wan0 --home home
  expect_refusal 3 ''
  # Not even the home can be made.
  mkdir -m 755 closed
  run_in_lab setpriv --reuid=65534 --regid=65534 --clear-groups -- --lan lan0 --wan wan0 --home closed/home
  expect_refusal 3 "$PWD/closed/home"
}

# A mount inside "ip netns exec" is seen by nobody else.
test_run_refuses_a_full_disk() {
  begin_lab
  mkdir home
  # shellcheck disable=SC2016
  run_in_lab bash -c 'mount -t tmpfs -o size=64k none home && exec "$@"' mounted -- --lan lan0 --wan wan0 --home home
  expect_refusal 1 "$PWD/home"
  expect_text err full
}

# shellcheck disable=SC2016
test_run_refuses_a_disk_that_takes_no_writing() {
  begin_lab
  mkdir home
  run_in_lab bash -c 'mount -t tmpfs -o ro none home && exec "$@"' mounted -- --lan lan0 --wan wan0 --home home
  expect_refusal 1 "$PWD/home"
}

test_run_refuses_a_damaged_store() {
  local file
  begin_lab
  lab_gateway
  lab_stop_gateway TERM
  for file in "$LAB_HOME"/store/*; do
    [[ $file == */boot.bin ]] || head -c 65536 /dev/urandom > "$file"
  done
  run_in_lab --lan lan0 --wan wan0 --home "$LAB_HOME"
  expect_refusal 4 "$LAB_HOME/store"
}

test_run_refuses_a_bad_policy() {
  begin_lab
  printf 'apiVersion: sallyport/v1\nprovider: operator\nfilters:\n  - {name: x, layer: nowhere, action: block}\n' > policy.yaml
  run_in_lab --lan lan0 --wan wan0 --home home --policy policy.yaml
  expect_refusal 4 policy.yaml
  run_in_lab --lan lan0 --wan wan0 --home home --policy gone.yaml
  expect_refusal 4 gone.yaml
}

test_run_names_what_is_not_in_this_version() {
  begin_lab
  run_in_lab --lan lan0 --wan wan0 --home home --workers 4
  expect_refusal 2 '--workers 4 is not in this version yet'
}
