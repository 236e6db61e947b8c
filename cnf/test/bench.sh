# shellcheck shell=bash
# The verb bench: its command line, and the measurements that take seconds. Figures are not judged here: see bench itself.

test_bench_verbs_have_help_without_building() {
  local verb
  for verb in crash exhaustion hostile lab path plugins policy relay soak; do
    sallyport bench "$verb" --help
    expect_exit 0
    expect_empty err
    cmp -s out "$ROOT/cnf/help/bench-$verb.txt" || give_up "not the text of cnf/help/bench-$verb.txt"
  done
  sallyport bench --help
  cmp -s out "$ROOT/cnf/help/bench.txt" || give_up 'not the text of cnf/help/bench.txt'
}

test_bench_refuses_what_it_does_not_know() {
  sallyport bench
  expect_exit 2
  expect_text err 'bench needs one of'
  sallyport bench nothing
  expect_exit 2
  expect_text err "bench does not know 'nothing'"
  sallyport bench path --speed 3
  expect_exit 2
  expect_text err '--speed'
  expect_text err './sallyport bench path --help'
  expect_empty out
}

test_bench_names_what_is_not_in_this_version() {
  local verb
  for verb in classify footprint; do
    sallyport bench "$verb"
    expect_exit 2
    expect_text err "'bench $verb' is not in this version yet"
  done
}

test_bench_names_the_scenarios_it_has() {
  sallyport bench exhaustion patience
  expect_exit 2
  expect_text err 'syn-flood'
  expect_text err './sallyport bench exhaustion --help'
  expect_empty out
}

test_bench_refuses_a_file_that_cannot_be_written_before_it_measures() {
  sallyport bench path --rounds 10 --out nowhere/figures.json
  expect_exit 1
  expect_text err 'nowhere/figures.json'
  expect_empty out
}

test_bench_live_measurements_need_root() {
  local directory
  chmod 777 .
  ((EUID == 0)) || skip 'needs root to give it up'
  for directory in "$ROOT" "$ROOT/target" "$PWD"; do
    setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$directory" || skip "nobody cannot enter $directory"
  done
  STATUS=0
  setpriv --reuid=65534 --regid=65534 --clear-groups "$SALLYPORT" bench lab > out 2> err || STATUS=$?
  expect_exit 3
  expect_text err 'needs root'
}

test_bench_path_prints_figures_machine_and_floors() {
  sallyport bench path --rounds 300 --flows 1,50 --out figures.json
  ((STATUS == 0 || STATUS == 1)) || give_up "exit $STATUS"
  cmp -s out figures.json || give_up 'stdout and --out differ'
  expect_text out '"command" : "./sallyport bench path --rounds 300 --flows 1,50 --out figures.json"'
  expect_text out '"kernel" : "Linux'
  expect_text out '"jdk" :'
  expect_text out '"streamCalloutReadsFlows50"'
  expect_text out '"bytesAllocatedPerPacket"'
  expect_text out '"passed"'
}

test_bench_policy_prints_management_and_sync_apart() {
  sallyport bench policy --filters 2000 --commits 40
  ((STATUS == 0 || STATUS == 1)) || give_up "exit $STATUS"
  expect_text out '"management"'
  expect_text out '"sync"'
  expect_text out '"longestMs"'
  expect_text out '"readerAlone"'
  expect_text out '"bareLoop"'
  expect_text out '"readerBesideBareLoop"'
  expect_text out '"storeSize"'
  [[ -z $(find . -name 'bench-policy-*') ]] || give_up 'the store was left behind'
}

test_bench_crash_finds_each_commit_again() {
  sallyport bench crash --kills 21 --transactions 1000 --filters 100 --flips 200
  expect_exit 0
  expect_text out '"unacknowledgedButThere"'
  expect_text out '"lost"'
  expect_text out '"half"'
  [[ -z $(find . -name 'bench-crash-*') ]] || give_up 'a store was left behind'
}

test_bench_restart_breaks_no_connection() {
  ((EUID == 0)) || skip 'network namespaces need root'
  ip netns add "sally-try-$$" 2> /dev/null || skip 'this machine permits no network namespaces'
  ip netns del "sally-try-$$"
  sallyport bench restart --restarts 5 --transfers 100 --bytes 200000
  expect_exit 0
  expect_text out '100 equal, 0 failed, 5 restarts'
}

test_bench_plugins_loses_nothing_when_plug_ins_come_change_and_go() {
  ((EUID == 0)) || skip 'network namespaces need root'
  ip netns add "sally-try-$$" 2> /dev/null || skip 'this machine permits no network namespaces'
  ip netns del "sally-try-$$"
  sallyport bench plugins --rounds 5 --flows 200 --packets 2000
  ((STATUS == 0 || STATUS == 1)) || give_up "exit $STATUS" # how fast it was is not judged here
  expect_text out 'segments 0, acknowledgements 0, probes in updates 0'
  expect_text out 'no connection is reset: 0'
  expect_text out '"deletedTwice" : 0'
  expect_text out 'no class loader of a version is left after full collections: 0'
  expect_text out 'no other bundle is refreshed: 0'
  expect_text out 'all 200 connections go on to the end'
}

test_bench_exhaustion_tells_whether_its_floors_were_held() {
  sallyport bench exhaustion out-of-order
  expect_text out '"buffersGrowthMib"'
  expect_text out '"established"'
  expect_exit 0
}
