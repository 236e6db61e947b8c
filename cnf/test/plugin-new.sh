# shellcheck shell=bash
# ./sallyport plugin new: what it refuses; and a vendor's whole way, from the project to an update in a running gateway.

# Package, callout key, bundle and provider: a scaffold has one name for all.
readonly PLUGIN=com.acme.bytelimit

expect_refused() { # EXIT TEXT ARG..
  sallyport plugin new --no-kit "${@:3}"
  expect_exit "$1"
  expect_empty out
  expect_text err "$2"
  (($(wc -l < err) == 1)) || give_up 'more than one line'
}

test_what_makes_no_sense_is_refused_and_writes_nothing() {
  mkdir full && touch full/file
  expect_refused 2 'plugin new needs a name'
  expect_refused 2 "the name is 'Byte_Limit'" Byte_Limit
  expect_refused 2 "the name is '../up'" ../up
  expect_refused 2 "also got 'two'" one two
  expect_refused 2 "does not know '--colour'" one --colour
  expect_refused 2 '--dir needs a value' one --dir
  expect_refused 2 "--package is 'acme'" one --package acme
  expect_refused 2 "'new' is a word of Java" one --package com.acme.new
  expect_refused 2 'belongs to somebody else' one --package io.sallyport.one
  expect_refused 2 "--kind is 'sream', and must be one of: " one --kind sream
  expect_refused 1 'full is not empty' one --dir full
  expect_refused 1 'full/file is there and is no folder' one --dir full/file
  expect_refused 4 'nobody.p12 cannot be read' one --vendor-key nobody.p12
  [[ $(find . -mindepth 1 ! -name out ! -name err | sort | xargs) == './full ./full/file' ]] || give_up 'something was written'
}

test_names_are_filled_in_as_they_are() {
  mkdir 'a & b'
  : > 'a & b/acme.p12'
  sallyport plugin new a.byte-limit --no-kit --package com.acme.x --dir 'a & b/x' --vendor-key 'a & b/acme.p12'
  expect_exit 0
  expect_text 'a & b/x/README.md' "$PWD/a & b/acme.p12"
  expect_text 'a & b/x/bnd.bnd' 'Bundle-SymbolicName: com.acme.x'
  [[ -e 'a & b/x/src/main/java/com/acme/x/AByteLimitCallout.java' ]] || give_up 'no class'
  ! grep -rF '@{' 'a & b/x' || give_up 'a word was not filled in'
}

# ---- the whole way

vendor_build() {
  local said
  said=$(cd "$1" && JAVA_HOME=$JDK mvn -B -q -ntp package 2>&1) || give_up "$said"
  sallyport plugin sign "$1/target/$1.jar" --key acme.p12
  expect_exit 0
}

# How many tests of the project ran and passed, by what Maven's report says.
tests_passed() { # PROJECT
  grep -h '^<testsuite ' "$1"/target/surefire-reports/TEST-*.xml | grep 'errors="0" skipped="0" failures="0"' \
    | sed 's/.* tests="\([0-9]*\)".*/\1/' | awk '{ sum += $1 } END { print sum + 0 }'
}

bytes_of() { # PAGE
  in_client curl -s --max-time 5 "http://$LAB_SERVER4/bytes/$1" | wc -c
}

arrives() { # BYTES
  [[ $(bytes_of "$1") == "$1" ]]
}

blocks() { # BYTES
  ! arrives "$1"
}

in_shell() { # COMMAND
  sallyport shell --home "$LAB_HOME" -c "$1"
  expect_exit 0
}

test_a_new_plugin_is_built_signed_installed_updated_and_taken_away() {
  local kind slow source=byte-limit/src/main/java/com/acme/bytelimit/ByteLimitCallout.java
  begin_lab
  export SALLYPORT_PASSPHRASE='for this test'
  sallyport plugin keygen acme
  expect_exit 0
  sallyport plugin new byte-limit --package "$PLUGIN" --vendor-key acme.p12
  expect_exit 0
  expect_text out 'mvn package'
  vendor_build byte-limit
  (($(tests_passed byte-limit) >= 15)) || give_up 'the tests of the project did not run'
  for kind in packet ale; do
    sallyport plugin new "of-$kind" --kind "$kind" --package "com.acme.of$kind" --vendor-key acme.p12 --no-kit
    expect_exit 0
    vendor_build "of-$kind"
    (($(tests_passed "of-$kind") >= 15)) || give_up "the tests of $kind did not run"
    sallyport plugin verify "of-$kind/target/of-$kind.jar" --certificate acme.pem
    expect_exit 0
    sallyport plugin conform "of-$kind/target/of-$kind.jar"
    expect_exit 0
  done
  sallyport plugin verify byte-limit/target/byte-limit.jar --certificate acme.pem
  expect_exit 0
  sallyport plugin conform byte-limit/target/byte-limit.jar
  expect_exit 0

  lab_serve
  lab_gateway
  arrives 200000 || give_up 'a page does not arrive without the plug-in'
  in_shell "trust add acme $PWD/acme.pem --callouts 'com.acme.*' --providers 'com.acme.*'"
  in_shell "plugin install $PWD/byte-limit/target/byte-limit.jar"
  in_shell "policy apply $PWD/byte-limit/policy.yaml"
  arrives 50000 || give_up 'a page below the limit does not arrive'
  blocks 200000 || give_up 'a page above the limit arrives'
  lab_shell 'event list --kind drop --last 50' > events
  expect_text events byte-limit-web

  # A connection that is open meanwhile goes on; afterwards the limit is another one.
  in_client curl -s --limit-rate 30k "http://$LAB_SERVER4/bytes/90000" > slow &
  slow=$!
  lab_await 'the slow page' test -s slow
  sed -i 's/UNIT_BYTES = 1;/UNIT_BYTES = 4;/' "$source"
  grep -q 'UNIT_BYTES = 4;' "$source" || give_up 'there is nothing to change'
  vendor_build byte-limit
  in_shell "plugin update $PWD/byte-limit/target/byte-limit.jar"
  wait "$slow"
  (($(wc -c < slow) == 90000)) || give_up 'the connection that was open did not come to its end'
  arrives 200000 || give_up 'the new version does not judge'

  in_shell "plugin uninstall $PLUGIN"
  blocks 1000 || give_up 'the filters of a plug-in that is gone do not block'
  in_shell "provider delete $PLUGIN"
  arrives 200000 || give_up 'a page does not arrive without plug-in and policy'
}

# ---- a lab to try it in

is_served() {
  [[ $(ip netns exec "$1-client" curl -s --max-time 3 http://192.0.2.20/bytes/1000 | wc -c) == 1000 ]]
}

test_a_lab_stands_until_it_is_ended() {
  local name=sally-$$-try lab
  begin_lab
  "$SALLYPORT" plugin lab --name "$name" --home home > lab.out 2> lab.err &
  lab=$!
  LAB_PIDS+=("$lab")
  lab_await 'the lab' grep -q ^ready lab.out
  is_served "$name" || give_up 'the client does not reach the server'
  sallyport shell --home home -c 'plugin list'
  expect_exit 0
  sallyport plugin lab --name "$name"
  expect_exit 1
  expect_text err "a lab named $name stands already"
  is_served "$name" || give_up 'the other lab took this one down'
  kill "$lab"
  wait "$lab"
  ! ip netns list | grep -F "$name" || give_up 'namespaces are left'
  sallyport plugin lab --name 'no name'
  expect_exit 2
}
