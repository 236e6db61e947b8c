# shellcheck shell=bash
# Which JDK is chosen, on directories that only look like JDKs.

fake_jdk() { # NAME VERSION
  mkdir -p "$1/bin"
  printf '#!/bin/sh\n' | tee "$1/bin/java" > "$1/bin/javac"
  chmod +x "$1/bin/java" "$1/bin/javac"
  printf 'IMPLEMENTOR="Test"\nJAVA_VERSION="%s"\n' "$2" > "$1/release"
}

# Sees the fakes only.
choose() {
  (
    export JVM_DIR=$PWD/jvm
    export PATH=/usr/bin:/bin
    [[ ${KEEP_FORCED:-} ]] || unset SALLYPORT_JAVA_HOME
    # shellcheck source=cnf/script/say.sh
    source "$ROOT/cnf/script/say.sh"
    # shellcheck source=cnf/script/jdk.sh
    source "$ROOT/cnf/script/jdk.sh"
    jdk_on_path() { :; }
    find_jdk && printf '%s %s\n' "$JDK_MAJOR" "${JDK#"$PWD/"}"
  ) > out 2> err
}

test_the_newest_jdk_wins() {
  fake_jdk jvm/a 17.0.15
  fake_jdk jvm/b 25.0.3
  fake_jdk jvm/c 21
  unset JAVA_HOME
  choose
  expect_text out '25 jvm/b'
}

test_java_home_counts_and_wins_among_equals() {
  fake_jdk jvm/a 25.0.1
  fake_jdk mine 25
  JAVA_HOME=$PWD/mine choose
  expect_text out '25 mine'
}

test_java_home_that_is_too_old_is_passed_over() {
  fake_jdk mine 1.8.0_402
  fake_jdk jvm/a 17.0.1
  JAVA_HOME=$PWD/mine choose
  expect_text out '17 jvm/a'
}

test_a_runtime_without_compiler_is_no_jdk() {
  fake_jdk jvm/a 17.0.1
  fake_jdk jvm/b 25
  rm jvm/b/bin/javac
  unset JAVA_HOME
  choose
  expect_text out '17 jvm/a'
}

test_forced_jdk_wins_over_newer_ones() {
  fake_jdk jvm/a 25
  fake_jdk mine 17
  KEEP_FORCED=1 SALLYPORT_JAVA_HOME=$PWD/mine choose
  expect_text out '17 mine'
}

test_forced_jdk_that_will_not_do_is_an_error() {
  fake_jdk jvm/a 25
  fake_jdk mine 11.0.2
  ! KEEP_FORCED=1 SALLYPORT_JAVA_HOME=$PWD/mine choose
  expect_text err 'version 11; 17 or newer is needed'
  ! KEEP_FORCED=1 SALLYPORT_JAVA_HOME=$PWD/nowhere choose
  expect_text err 'is not a JDK'
}
