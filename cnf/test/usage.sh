# shellcheck shell=bash
# The command line: help, unknown words, exit codes. Nothing here builds or starts a JVM.

# A java or mvn that is called fails the test.
without_tools() {
  mkdir bin
  local tool
  for tool in java javac mvn apt-get; do
    printf '#!/bin/sh\necho "%s was called" >> "%s/called"\nexit 99\n' "$tool" "$PWD" > "bin/$tool"
    chmod +x "bin/$tool"
  done
  PATH=$PWD/bin:$PATH
}

expect_no_tool_called() {
  [[ ! -e called ]] || give_up "$(cat called)"
}

test_help_lists_every_verb_that_exists() {
  without_tools
  sallyport --help
  expect_exit 0
  expect_empty err
  local verb
  for verb in bench demo plugin replay run shell test; do
    grep -qE "^  $verb " out || give_up "$verb is missing"
  done
  expect_no_tool_called
}

test_help_names_what_is_not_there_in_one_line_only() {
  sallyport --help
  local verb
  for verb in dist; do
    [[ $(grep -cw "$verb" out) == 1 ]] || give_up "$verb is on more than one line"
    expect_text out "Not in this version yet: dist."
  done
}

test_each_verb_has_help_without_building() {
  without_tools
  local verb
  for verb in bench demo plugin replay run shell test; do
    sallyport "$verb" --help
    expect_exit 0
    expect_empty err
    expect_text out "$verb"
    cmp -s out "$ROOT/cnf/help/$verb.txt" || give_up "not the text of cnf/help/$verb.txt"
  done
  expect_no_tool_called
}

test_a_command_of_the_shell_is_no_verb_and_told_so() {
  without_tools
  sallyport policy apply office.yaml
  expect_exit 2
  expect_text err "it is a command of the shell: ./sallyport shell -c 'policy apply office.yaml'"
  sallyport polcy
  expect_exit 2
  ! grep -q 'command of the shell' err || give_up 'it is none'
  expect_no_tool_called
}

test_run_makes_no_home_for_a_policy_that_is_not_there() {
  without_tools
  sallyport run --lan lan0 --wan wan0 --policy nowhere.yaml --home home
  expect_exit 4
  expect_text err 'policy nowhere.yaml: no such file'
  [[ ! -e home ]] || give_up 'a home was made'
  expect_no_tool_called
}

test_help_as_a_verb_shows_the_page_of_what_is_named() {
  without_tools
  sallyport help
  expect_exit 0
  cmp -s out "$ROOT/cnf/help/sallyport.txt" || give_up 'not the text of cnf/help/sallyport.txt'
  sallyport help run
  expect_exit 0
  cmp -s out "$ROOT/cnf/help/run.txt" || give_up 'not the text of cnf/help/run.txt'
  sallyport help bench lab
  expect_exit 0
  cmp -s out "$ROOT/cnf/help/bench-lab.txt" || give_up 'not the text of cnf/help/bench-lab.txt'
  sallyport plugin new --help
  expect_exit 0
  cmp -s out "$ROOT/cnf/help/plugin-new.txt" || give_up 'not the text of cnf/help/plugin-new.txt'
  sallyport help nothing
  expect_exit 2
  expect_text err "there is no verb 'nothing'"
  expect_no_tool_called
}

test_help_wins_over_other_options() {
  without_tools
  sallyport replay in.pcap --policy p.yaml -h
  expect_exit 0
  expect_no_tool_called
}

test_no_verb_is_a_usage_error() {
  sallyport
  expect_exit 2
  expect_empty out
  expect_text err 'usage: ./sallyport VERB'
}

test_unknown_verb_is_a_usage_error_with_a_hint() {
  sallyport reply in.pcap
  expect_exit 2
  expect_text err "there is no verb 'reply'"
  expect_text err './sallyport --help'
}

test_inner_functions_are_no_verbs() {
  local word
  for word in main ensure_product '' 'test_verb' '../test'; do
    sallyport "$word"
    expect_exit 2
  done
}

test_option_before_the_verb_is_a_usage_error() {
  sallyport --verbose replay
  expect_exit 2
  expect_text err '--verbose'
}

test_verbs_of_later_versions_say_so() {
  local verb
  for verb in dist; do
    sallyport "$verb" --lan eth0
    expect_exit 2
    expect_text err "'$verb' is not in this version yet"
  done
}

test_demo_takes_no_arguments() {
  without_tools
  sallyport demo --fast
  expect_exit 2
  expect_text err "'--fast'"
  expect_no_tool_called
}

test_test_knows_its_options() {
  without_tools
  sallyport test --slow
  expect_exit 2
  expect_text err "'--slow'"
  expect_no_tool_called
}

test_replay_needs_a_capture() {
  without_tools
  sallyport replay
  expect_exit 2
  expect_text err './sallyport replay --help'
  expect_no_tool_called
}

test_run_needs_two_interfaces() {
  without_tools
  sallyport run --lan eth0
  expect_exit 2
  expect_text err 'run needs --wan'
  expect_text err './sallyport run --help'
  [[ ! -e sallyport-home ]]
  expect_no_tool_called
}

test_the_script_runs_from_any_directory_and_through_a_link() {
  ln -s "$SALLYPORT" link
  ./link --help > out
  expect_text out 'usage: ./sallyport VERB'
}
