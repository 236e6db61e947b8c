# shellcheck shell=bash disable=SC2317,SC2034
# What ./sallyport test makes of a pass: on a copy of the script with a Maven that only pretends.

sandbox() {
  mkdir -p root/cnf/script root/target bin
  cp "$ROOT"/cnf/script/*.sh root/cnf/script
  cat > bin/mvn << 'END'
#!/bin/sh
mkdir -p a/target/surefire-reports
echo '<testsuite name="ATest" tests="3" errors="0" skipped="1" failures="0">' > a/target/surefire-reports/TEST-ATest.xml
[ -n "${FAKE_CRASH:-}" ] || exit 0
cat > a/target/hs_err_pid77.log << 'REPORT'
#
# A fatal error has been detected by the Java Runtime Environment:
#
# JRE version: OpenJDK Runtime Environment (17.0.15+6)
# Problematic frame:
# J 1370% c2 org.example.Names.write(Ljava/lang/String;I)I

Native frames: (J=compiled Java code, C=native code)
j  org.example.NamesTest.shouldFindNames()V+81

Registers:
RAX=0x0000000000000018
REPORT
echo '[ERROR] The forked VM terminated without properly saying goodbye.'
exit 1
END
  chmod +x bin/mvn
  PATH=$PWD/bin:$PATH
}

# Runs one pass in the copy; what it makes of it is in the file sum.
pass() {
  STATUS=0
  (
    ROOT=$PWD/root TARGET=$PWD/root/target JDK=/none JDK_MAJOR=17
    cd root || exit
    for part in say build test; do
      # shellcheck source=/dev/null
      source "$ROOT/cnf/script/$part.sh"
    done
    status=0
    maven_pass 'tests of a pass' "$TARGET/pass.log" || status=$?
    print_summary > ../sum
    exit "$status"
  ) > out 2> err || STATUS=$?
}

test_a_pass_is_counted_from_its_reports() {
  sandbox
  pass
  expect_exit 0
  expect_text sum 'tests of a pass:         2 passed, 0 failed, 1 skipped'
}

test_a_jvm_that_crashed_is_a_failure_that_says_where() {
  sandbox
  FAKE_CRASH=1 pass
  expect_exit 1
  expect_text sum 'tests of a pass:         2 passed, 1 failed, 1 skipped'
  expect_text err 'a JVM crashed; its report is a/target/hs_err_pid77.log'
  expect_text err '# J 1370% c2 org.example.Names.write(Ljava/lang/String;I)I'
  expect_text err 'org.example.NamesTest.shouldFindNames()V+81'
  expect_no_text err 'RAX='
  pass
  expect_exit 0
  expect_no_text err 'crashed'
}

# Runs the tests of the script in the copy.
script_tests() {
  STATUS=0
  (
    ROOT=$PWD/root TARGET=$PWD/root/target SCRIPTS=$ROOT/cnf/script JDK=/none JDK_MAJOR=17
    for part in say build test; do
      # shellcheck source=/dev/null
      source "$ROOT/cnf/script/$part.sh"
    done
    echo "$BASHPID" > pid
    script_pass
    print_summary > sum
  ) > out 2> err || STATUS=$?
}

test_tests_of_the_script_are_counted_and_failures_shown() {
  sandbox
  mkdir -p root/cnf/test
  printf '%s\n' 'test_a() { :; }' 'test_b() { echo "what b said"; false; }' > root/cnf/test/one.sh
  printf '%s\n' 'test_c() { skip "no c here"; }' 'test_d() { [[ $ROOT == */root ]]; }' > root/cnf/test/two.sh
  printf '%s\n' 'test_e() { [[ -z $(ls -A) ]]; }' > root/cnf/test/three.sh
  script_tests
  expect_exit 0
  expect_text sum 'tests of the script:     3 passed, 1 failed, 1 skipped'
  expect_text err 'FAILED: one.sh: test_b'
  expect_text err 'what b said'
}

# Each of two files waits for the other: run one after the other, neither would end.
test_two_files_run_at_a_time() {
  sandbox
  mkdir -p root/cnf/test
  local meet="for ((i = 0; i < 500; i++)); do [[ ! -e \$ROOT/%s ]] || return 0; sleep 0.02; done; return 1"
  # shellcheck disable=SC2059
  printf "test_a() { touch \"\$ROOT/a\"; $meet; }\n" b > root/cnf/test/one.sh
  # shellcheck disable=SC2059
  printf "test_b() { touch \"\$ROOT/b\"; $meet; }\n" a > root/cnf/test/two.sh
  script_tests
  expect_text sum 'tests of the script:     2 passed, 0 failed, 0 skipped'
}

test_tests_that_come_to_no_end_have_failed() {
  sandbox
  mkdir -p root/cnf/test
  # The lane is the parent of what bounds the test.
  printf '%s\n' 'test_a() { :; }' 'test_b() { read -r _ _ _ lane _ < "/proc/$PPID/stat"; kill -KILL "$lane"; }' 'test_c() { :; }' > root/cnf/test/one.sh
  script_tests
  expect_text sum 'tests of the script:     1 passed, 2 failed, 0 skipped'
  expect_text err '2 tests of the script have not come to an end'
}

test_who_ends_the_tests_ends_what_they_run() {
  sandbox
  mkdir -p root/cnf/test
  printf '%s\n' 'test_a() { sleep 300 & echo $! > "$ROOT/sleeping"; wait; }' > root/cnf/test/one.sh
  script_tests &
  local tests=$!
  await_text root/sleeping ''
  kill "$(< pid)"
  wait "$tests" || true
  await_end "$(< root/sleeping)" 'what the test had begun goes on'
}
