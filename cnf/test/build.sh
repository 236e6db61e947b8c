# shellcheck shell=bash disable=SC2317,SC2034
# When the script builds, and what it says while Maven works: on a copy of the script with a Maven that only pretends.

sandbox() {
  mkdir -p root/cnf/script root/cnf/launcher/src bin
  cp "$ROOT"/cnf/script/*.sh root/cnf/script
  cp "$ROOT/sallyport" root
  touch root/pom.xml root/cnf/launcher/src/A.java
  cat > bin/mvn << 'END'
#!/bin/sh
case "$*" in *-v*) echo "Apache Maven ${FAKE_VERSION:-3.9.1}"; exit 0 ;; esac
echo run >> "$FAKE_LOG"
echo '[INFO] Building Sallyport 0.1.0-SNAPSHOT                              [1/2]'
echo '[INFO] Building engine.bundle 0.1.0-SNAPSHOT                          [2/2]'
if [ -n "${FAKE_FAILURE:-}" ]; then
  echo '[ERROR] /x/A.java:[3,1] cannot find symbol'
  echo '[ERROR] -> [Help 1]'
  exit 1
fi
mkdir -p cnf/gateway/target/gateway
touch cnf/gateway/target/gateway/launcher.jar
END
  chmod +x bin/mvn
  export FAKE_LOG=$PWD/runs
  : > "$FAKE_LOG"
  PATH=$PWD/bin:$PATH
}

# Runs the script's build step in the copy.
build_step() {
  STATUS=0
  (
    ROOT=$PWD/root
    cd root || exit
    for part in say jdk packages build; do
      # shellcheck source=/dev/null
      source "$ROOT/cnf/script/$part.sh"
    done
    has_libpcap() { true; }
    ensure_product
  ) > out 2> err || STATUS=$?
}

expect_builds() { # NUMBER
  local runs
  runs=$(wc -l < "$FAKE_LOG")
  ((runs == $1)) || give_up "$runs builds instead of $1"
}

make_newer_than_stamp() { # FILE..
  touch -d "$(date -r root/target/build.stamp '+%Y-%m-%d %H:%M:%S') 5 seconds" "$@"
}

test_the_first_call_builds_and_shows_its_progress() {
  sandbox
  build_step
  expect_exit 0
  expect_builds 1
  expect_text err 'building: module 1 of 2: Sallyport'
  expect_text err 'building: module 2 of 2: engine.bundle'
  [[ -s root/target/build.log ]] || give_up 'no build.log'
}

test_nothing_changed_means_no_build() {
  sandbox
  build_step
  build_step
  expect_exit 0
  expect_empty err
  expect_builds 1
}

test_a_changed_source_means_a_build() {
  sandbox
  build_step
  make_newer_than_stamp root/cnf/launcher/src/A.java
  build_step
  expect_builds 2
}

test_a_deleted_source_means_a_build() {
  sandbox
  build_step
  rm root/cnf/launcher/src/A.java
  make_newer_than_stamp root/cnf/launcher/src
  build_step
  expect_builds 2
}

test_files_under_target_do_not_count() {
  sandbox
  mkdir -p root/cnf/launcher/target/src
  touch root/cnf/launcher/target/src/Generated.java
  build_step
  make_newer_than_stamp root/cnf/launcher/target/src/Generated.java root/cnf/launcher/target/src
  build_step
  expect_builds 1
}

test_jars_of_earlier_builds_are_gone() {
  sandbox
  mkdir -p root/cnf/gateway/target/gateway/bundles/50 root/target/samples
  touch root/cnf/gateway/target/gateway/bundles/50/old.jar root/target/samples/old.jar
  build_step
  [[ -z $(find root -name old.jar) ]] || give_up 'old.jar is still there'
}

test_another_jdk_means_a_build() {
  sandbox
  build_step
  sed -i 's/^jdk [0-9]*/jdk 11/' root/target/build.stamp
  build_step
  expect_builds 2
}

test_a_removed_product_means_a_build() {
  sandbox
  build_step
  rm root/cnf/gateway/target/gateway/launcher.jar
  build_step
  expect_builds 2
}

test_a_failed_build_shows_the_error_and_is_tried_again() {
  sandbox
  FAKE_FAILURE=1 build_step
  expect_exit 1
  expect_text err 'cannot find symbol'
  expect_no_text err 'Help 1'
  expect_text err 'target/build.log'
  build_step
  expect_exit 0
  expect_builds 2
}

test_maven_that_is_too_old_is_named() {
  sandbox
  FAKE_VERSION=3.6.3 build_step
  expect_exit 1
  expect_text err 'Maven 3.8 or newer is needed'
  expect_text err '3.6.3'
  expect_builds 0
}

test_two_calls_at_once_build_once() {
  sandbox
  mkdir -p root/target
  exec 8> root/target/build.lock
  flock 8
  build_step 8>&- &
  local waiting=$!
  # Only after it said that it waits does the other build, which is this test, finish.
  until grep -qs 'another build is running' err; do
    kill -0 "$waiting" || give_up 'it did not wait'
  done
  mkdir -p root/cnf/gateway/target/gateway
  touch root/cnf/gateway/target/gateway/launcher.jar
  printf 'jdk %s %s\n' "$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$SALLYPORT_JAVA_HOME/release")" \
    "$SALLYPORT_JAVA_HOME" > root/target/build.stamp
  exec 8>&-
  wait "$waiting"
  expect_builds 0
}
