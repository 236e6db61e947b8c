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
