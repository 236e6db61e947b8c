# shellcheck shell=bash
# Plug-ins that are refused by a live gateway: each in one line, and pages pass or do not as before. Needs root and namespaces.

arrives() { # PATH
  in_client curl -s --max-time 3 "http://$LAB_SERVER4/$1" | grep -F 'Good morning' > /dev/null
}

in_shell() { # COMMAND
  sallyport shell --home "$LAB_HOME" -c "$1"
}

# The word-block that runs goes on: pages pass, and the word does not.
expect_same_verdicts() {
  arrives '' || give_up 'a page does not arrive any more'
  ! in_client curl -s --max-time 1 "http://$LAB_SERVER4/word" | grep -F EVILPAYLOAD > /dev/null || give_up 'the word arrived'
}

expect_refused() { # JAR TEXT
  in_shell "plugin install $PWD/$1"
  expect_exit 4
  expect_empty out
  expect_text err "$2"
  (($(wc -l < err) == 1)) || give_up 'more than one line'
  [[ ! -e $LAB_HOME/plugins/$1 ]] || give_up 'the file stayed'
  expect_same_verdicts
}

copy_of_a_sample() { # NAME; without its signature
  cp "$ROOT/target/samples/count.jar" "$1"
  zip -q -d "$1" 'META-INF/VENDOR.*'
}

test_refused_plugins_change_no_verdict() {
  need zip
  begin_lab
  lab_serve
  lab_gateway
  lab_shell "policy apply $ROOT/cnf/demo/policy.yaml" > applied
  cp "$ROOT/target/samples/word-block.jar" "$LAB_HOME/plugins/word-block.jar"
  lab_await 'a page' arrives ''
  export SALLYPORT_PASSPHRASE='for this test'
  sallyport plugin keygen stranger
  expect_exit 0

  head -c 4000 "$ROOT/target/samples/count.jar" > truncated.jar
  expect_refused truncated.jar 'it is no jar, or damaged'
  echo text > text && zip -q nothing.jar text
  expect_refused nothing.jar 'it is no bundle'
  copy_of_a_sample unsigned.jar
  expect_refused unsigned.jar 'it is not signed'
  copy_of_a_sample strange.jar
  sallyport plugin sign strange.jar --key stranger.p12
  expect_exit 0
  expect_refused strange.jar 'it is signed by a key that is not trusted (CN=stranger, SHA256:'
  cp "$ROOT/target/samples/count.jar" tampered.jar
  zip -q tampered.jar text
  expect_refused tampered.jar 'its signature does not cover text'
  head -c 64M /dev/zero > zeros && zip -q bomb.jar zeros && rm zeros
  expect_refused bomb.jar 'a zip bomb?'
  in_shell "trust add stranger $PWD/stranger.pem --callouts 'com.stranger.*' --providers '*'"
  expect_exit 0
  expect_refused strange.jar 'vendor stranger may not use the callout key io.sallyport.sample.count, only com.stranger.*'
}

# A count that says nothing is no terminating callout: the policy that it is tried with makes it one.
nonconforming_copy() { # NAME
  copy_of_a_sample "$1"
  mkdir -p META-INF/sallyport
  sed 's/callout-inspection/callout-terminating/' "$ROOT/sample.callouts/count/policy.yaml" > META-INF/sallyport/policy.yaml
  zip -q "$1" META-INF/sallyport/policy.yaml
}

test_conformance_is_asked_for_before_an_install() {
  begin_lab
  lab_serve
  lab_gateway
  lab_shell "policy apply $ROOT/cnf/demo/policy.yaml" > applied
  cp "$ROOT/target/samples/word-block.jar" "$LAB_HOME/plugins/word-block.jar"
  lab_await 'a page' arrives ''
  export SALLYPORT_PASSPHRASE='for this test'
  sallyport plugin keygen acme
  nonconforming_copy bad.jar
  sallyport plugin sign bad.jar --key acme.p12
  expect_exit 0
  in_shell "trust add acme $PWD/acme.pem --callouts '*' --providers '*'"
  expect_exit 0

  in_shell "plugin check $PWD/bad.jar"
  expect_exit 0
  in_shell "plugin install $PWD/bad.jar --conformance"
  expect_exit 4
  expect_text err 'conformance check MaintainOneTerminating failed: '
  (($(wc -l < err) == 1)) || give_up 'more than one line'
  [[ ! -e $LAB_HOME/plugins/bad.jar ]] || give_up 'the file stayed'
  expect_same_verdicts

  in_shell 'trust conformance on'
  expect_exit 0
  cp bad.jar "$LAB_HOME/plugins/bad.jar"
  lab_await 'a refusal' is_listed 'MaintainOneTerminating failed'
  expect_same_verdicts
  rm "$LAB_HOME/plugins/bad.jar"
  in_shell "plugin install $ROOT/target/samples/count.jar"
  expect_exit 0
  in_shell "plugin check $ROOT/target/samples/stream-edit.jar"
  expect_exit 0
  expect_text out '9 checks held'
  expect_same_verdicts
}

is_listed() { # TEXT
  in_shell 'plugin list -o json'
  grep -F "$1" out > /dev/null
}

test_trust_is_given_and_taken_while_traffic_flows() {
  need zip
  begin_lab
  lab_serve
  lab_gateway
  lab_shell "policy apply $ROOT/cnf/demo/policy.yaml" > applied
  in_shell 'trust list'
  expect_text out samples
  cp "$ROOT/target/samples/word-block.jar" "$LAB_HOME/plugins/word-block.jar"
  lab_await 'a page' arrives ''
  in_shell 'trust remove samples'
  expect_exit 0
  ! arrives '' || give_up 'the plug-in still judges'
  in_shell "plugin check $ROOT/target/samples/count.jar"
  expect_exit 4
  in_shell "trust dev $LAB_HOME/plugins/word-block.jar --for 30m"
  expect_exit 0
  lab_await 'a page' arrives ''
  in_shell 'trust dev --end'
  expect_exit 0
  ! arrives '' || give_up 'the plug-in still judges'
}

# The framework's cache is made anew at each start, so nothing but the home is left of what was there before.
test_plugins_outlive_a_restart_and_a_bad_one_does_not_stop_the_boot() {
  need zip
  begin_lab
  lab_serve
  lab_gateway
  lab_shell "policy apply $ROOT/cnf/demo/policy.yaml" > applied
  in_shell "plugin install $ROOT/target/samples/word-block.jar"
  expect_exit 0
  lab_await 'a page' arrives ''
  lab_stop_gateway KILL
  head -c 4000 "$ROOT/target/samples/count.jar" > "$LAB_HOME/plugins/bad.jar"
  lab_gateway
  lab_await 'a page' arrives ''
  expect_same_verdicts
  in_shell 'plugin list'
  expect_text out 'word-block.jar'
  expect_text out 'it is no jar, or damaged'
}
