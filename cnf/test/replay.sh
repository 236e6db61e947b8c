# shellcheck shell=bash
# The replay verb through the script: exit codes, paths, what leaves. What the gateway decides is tested elsewhere.

DEMO=$ROOT/cnf/demo

witness() {
  "$SALLYPORT_JAVA_HOME/bin/java" "$DEMO/PcapCheck.java" "$@"
}

test_without_a_policy_every_frame_leaves_unchanged() {
  sallyport replay "$DEMO/demo.pcap" --out out.pcap
  expect_exit 0
  witness same "$DEMO/demo.pcap" out.pcap || give_up 'out.pcap differs from the capture'
}

test_relative_paths_belong_to_the_caller() {
  mkdir here
  cp "$DEMO/demo.pcap" here/in.pcap
  cd here || exit
  sallyport replay in.pcap --out out.pcap --events events.jsonl --stats stats.json
  expect_exit 0
  [[ -s out.pcap && -e events.jsonl && -s stats.json ]] || give_up 'an output file is missing'
}

test_two_runs_give_the_same_bytes() {
  local name
  for name in a b; do
    sallyport replay "$DEMO/demo.pcap" --policy "$DEMO/policy.yaml" --out "$name.pcap" --events "$name.jsonl"
    expect_exit 0
  done
  cmp a.pcap b.pcap
  cmp a.jsonl b.jsonl
}

test_invalid_policy_is_exit_4_and_named() {
  printf 'apiVersion: sallyport/v1\nprovider: operator\nfilters:\n  - {name: x, layer: no-such-layer, action: block}\n' > bad.yaml
  sallyport replay "$DEMO/demo.pcap" --policy bad.yaml --out out.pcap
  expect_exit 4
  expect_text err 'bad.yaml'
  expect_text err 'no-such-layer'
}

test_missing_policy_file_is_exit_4() {
  sallyport replay "$DEMO/demo.pcap" --policy nowhere.yaml --out out.pcap
  expect_exit 4
  expect_text err 'nowhere.yaml'
}

test_unreadable_capture_is_exit_4() {
  printf 'this is no capture' > in.pcap
  sallyport replay in.pcap --out out.pcap
  expect_exit 4
}

test_unknown_option_is_exit_2_with_a_hint() {
  sallyport replay "$DEMO/demo.pcap" --colour red
  expect_exit 2
  expect_text err '--colour'
}

test_nothing_stray_on_stdout_or_stderr() {
  sallyport replay "$DEMO/demo.pcap" --out out.pcap
  expect_exit 0
  expect_no_text err 'WARN'
  expect_no_text out 'DEBUG'
  expect_no_text out 'INFO'
}

test_temporary_files_are_gone() {
  mkdir tmp
  JAVA_TOOL_OPTIONS="-Djava.io.tmpdir=$PWD/tmp" sallyport replay "$DEMO/demo.pcap" --out out.pcap
  expect_exit 0
  [[ -z $(find tmp -name 'sallyport-*') ]] || give_up "$(find tmp | head)"
}

# Compiled against versions of callout.api that were released before: cnf/baseline.sh.
test_samples_of_released_versions_still_do_what_todays_do() {
  local jar
  sallyport replay "$DEMO/demo.pcap" --policy "$DEMO/policy.yaml" --plugins "$ROOT/target/samples" --out today.pcap
  expect_exit 0
  ! grep -aq EVILPAYLOAD today.pcap || give_up 'the word has left'
  for jar in "$ROOT"/cnf/baseline/samples/word-block-*.jar; do
    rm -rf plugins
    mkdir plugins
    cp "$jar" "${jar/word-block/count}" plugins/
    sallyport replay "$DEMO/demo.pcap" --policy "$DEMO/policy.yaml" --plugins plugins --out then.pcap --stats then.json
    expect_exit 0
    cmp today.pcap then.pcap || give_up "$jar does something else"
    ! grep -q callout-unregistered then.json || give_up "$jar is not registered"
  done
}
