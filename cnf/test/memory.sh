# shellcheck shell=bash
# How much heap a gateway gets, and which collector, on machines and JDKs that are only said to be there.

# Prints the flags in one line.
flags() { # JDK MIB OPTION..
  local major=$1
  printf 'MemTotal:       %s kB\nMemFree:        1 kB\n' $(($2 * 1024)) > meminfo
  shift 2
  (
    export MEMINFO=$PWD/meminfo
    # shellcheck source=cnf/script/memory.sh
    source "$ROOT/cnf/script/memory.sh"
    # shellcheck disable=SC2034 # read by what was sourced
    JDK_MAJOR=$major
    memory_flags "$@" | paste -sd ' '
  )
}

expect_flags() { # WANTED JDK MIB OPTION..
  local wanted=$1 found
  shift
  found=$(flags "$@")
  [[ $found == "$wanted" ]] || give_up "for $*: $found; wanted $wanted"
}

test_a_machine_with_room_gets_zgc() {
  expect_flags '-Xms1536m -Xmx1536m -XX:+UseZGC -XX:+AlwaysPreTouch' 25 4096
  expect_flags '-Xms1536m -Xmx1536m -XX:+UseZGC -XX:+AlwaysPreTouch -XX:+ZGenerational' 21 24000
}

test_a_small_machine_or_an_older_jdk_gets_the_serial_collector() {
  expect_flags '-Xms512m -Xmx512m -XX:+UseSerialGC -XX:NewRatio=4' 25 2048
  expect_flags '-Xms512m -Xmx512m -XX:+UseSerialGC -XX:NewRatio=4' 17 24000
}

test_a_machine_that_does_not_say_is_small() {
  rm -f meminfo
  [[ $(MEMINFO=$PWD/nothing bash -c "source '$ROOT/cnf/script/memory.sh'; JDK_MAJOR=25 memory_flags" | head -n 1) == -Xms512m ]]
}

test_the_collector_goes_by_the_heap_that_was_asked_for() {
  expect_flags '-Xms4096m -Xmx4096m -XX:+UseZGC -XX:+AlwaysPreTouch' 25 24000 -Xms4g -Xmx4g
  expect_flags '-Xms1024m -Xmx1024m -XX:+UseZGC -XX:+AlwaysPreTouch' 25 24000 -Xmx1g
  expect_flags '-Xms2048m -Xmx2048m -XX:+UseZGC -XX:+AlwaysPreTouch' 25 24000 -Xms2g
  expect_flags '-Xms160m -Xmx160m -XX:+UseSerialGC -XX:NewRatio=4' 25 24000 -Xms160m -Xmx160m
  expect_flags '-Xms512m -Xmx512m -XX:+UseSerialGC -XX:NewRatio=4' 25 24000 -Xmx524288k
  expect_flags '-Xms512m -Xmx512m -XX:+UseSerialGC -XX:NewRatio=4' 25 24000 -Xmx536870912
}

test_a_collector_that_was_asked_for_is_the_only_one() {
  expect_flags '-Xms512m -Xmx512m -XX:NewRatio=4' 25 24000 -XX:+UseSerialGC
  expect_flags '-Xms512m -Xmx512m' 25 24000 -XX:+UseG1GC
  expect_flags '-Xms1536m -Xmx1536m -XX:+AlwaysPreTouch' 25 24000 -XX:+UseZGC
  expect_flags '-Xms256m -Xmx256m -XX:+AlwaysPreTouch' 25 24000 -XX:+UseZGC -Xmx256m
  expect_flags '-Xms256m -Xmx256m -XX:+AlwaysPreTouch -XX:+ZGenerational' 21 24000 -XX:+UseZGC -Xmx256m
}

test_the_jvm_takes_what_it_is_told() {
  local words
  # shellcheck source=cnf/script/jdk.sh
  source "$ROOT/cnf/script/jdk.sh"
  mapfile -t words < <(flags "$(jdk_major "$SALLYPORT_JAVA_HOME")" 24000 | tr ' ' '\n')
  "$SALLYPORT_JAVA_HOME/bin/java" "${words[@]}" -version 2> said
  expect_failure grep -i -E 'warning|unrecognized|error' said
}
