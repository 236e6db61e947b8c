# shellcheck shell=bash
# ./sallyport test: the reactor's tests and the contracts' Javadoc on the newest JDK, the same classes' tests on JDK 17,
# then the tests of this script; sums up what the reports say and closes with the line "N passed, N failed, N skipped".

readonly OLD_JDK=17
readonly SCRIPT_TEST_SECONDS=600
readonly SCRIPT_LANES=2
PASS_STARTED=0 # seconds of this shell
PASSED=0 FAILED=0 SKIPPED=0
SUMMARY=()

run_tests() { # QUICK
  local product=false
  ensure_packages build
  check_maven
  try_tools "${TEST_TOOLS[@]}"
  lock_build
  if newest_jdk_pass; then
    product=true
    old_jdk_pass "$1"
  else
    note_skipped "tests on JDK $OLD_JDK, tests of the script" 'the first pass failed'
  fi
  unlock_build
  ! $product || script_pass
  print_summary
  ((FAILED == 0 && PASSED > 0))
}

newest_jdk_pass() {
  local started=$TARGET/build.started
  mkdir -p "$TARGET"
  touch "$started"
  forget_old_jars
  maven_pass "tests on JDK $JDK_MAJOR" "$TARGET/test-jdk$JDK_MAJOR.log" -Pdocs || return 1
  write_stamp "$started" # verify builds what package builds
}

# The same class files once more: what the newest compiler made must run on the oldest JDK that is promised.
old_jdk_pass() { # QUICK
  local name="tests on JDK $OLD_JDK" old
  if ((JDK_MAJOR == OLD_JDK)); then
    note_skipped "second pass" "JDK $OLD_JDK is the newest one here"
  elif $1; then
    note_skipped "$name" '--quick'
  elif ! old=$(old_jdk); then
    note_skipped "$name" "no JDK $OLD_JDK here and none could be installed"
  else
    maven_pass "$name" "$TARGET/test-jdk$OLD_JDK.log" "-Djvm=$old/bin/java" -Dspotless.check.skip=true || true
  fi
}

old_jdk() {
  find_jdk_of_major "$OLD_JDK" && return
  is_debian && is_root || return 1
  say "installing openjdk-$OLD_JDK-jdk-headless"
  apt_install "openjdk-$OLD_JDK-jdk-headless" && find_jdk_of_major "$OLD_JDK"
}

# One run of Maven and the sum of its reports. A failed run counts as a failure even if no report shows one.
maven_pass() { # NAME LOG ARG..
  local name=$1 log=$2 ok=true counts
  shift 2
  say "$name; the full log is ${log#"$ROOT/"}"
  PASS_STARTED=$SECONDS
  delete_reports
  run_maven "$log" testing --fail-at-end "$@" verify || ok=false
  read -r -a counts < <(count_reports)
  if ! $ok; then
    show_errors "$log"
    show_crashes
    ((counts[1] > 0)) || counts[1]=1
  fi
  add_counts "$name" "${counts[@]}"
  $ok
}

# Prints every report of the last run, separated by zeros. bnd's in-framework tests have a folder of their own.
reports() {
  find "$ROOT" -path "$ROOT/.git" -prune -o \
    \( -path '*/target/surefire-reports/TEST-*.xml' -o -path '*/target/failsafe-reports/TEST-*.xml' \
    -o -path '*/target/test-reports/*/TEST-*.xml' \) -type f -print0
}

# Reports of tests that no longer exist must not be counted, nor crashes of an earlier run be shown.
delete_reports() {
  { reports; crash_reports; } | xargs -0 -r rm -f
}

crash_reports() {
  find "$ROOT" -path "$ROOT/.git" -prune -o -path '*/target/hs_err_pid*.log' -type f -print0
}

# A JVM that crashed says where: its problematic frame, and the frames that led there.
show_crashes() {
  local file
  while IFS= read -r -d '' file; do
    say "a JVM crashed; its report is ${file#"$ROOT/"}"
    awk '/^# JRE version:|^# Java VM:|^siginfo:/ { print }
      /^# Problematic frame:/ { getline; print }
      /^Native frames:/ { frames = 1; next }
      frames && frames++ <= 12 && NF { print }
      !NF { frames = 0 }' "$file" | cut -c 1-240 | sed 's/^/    /' >&2
  done < <(crash_reports)
}

# Prints "passed failed skipped" from the testsuite element of each report.
count_reports() {
  reports | xargs -0 -r cat | awk '
    function attribute(name) {
      return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0
    }
    BEGIN { RS = ">" }
    /<testsuite[ \t\n]/ {
      failed += attribute("failures") + attribute("errors")
      skipped += attribute("skipped")
      tests += attribute("tests")
    }
    END { print tests - failed - skipped, failed + 0, skipped + 0 }'
}

add_counts() { # NAME PASSED FAILED SKIPPED
  PASSED=$((PASSED + $2))
  FAILED=$((FAILED + $3))
  SKIPPED=$((SKIPPED + $4))
  SUMMARY+=("$(printf '%-24s %s passed, %s failed, %s skipped, in %s min' "$1:" "$2" "$3" "$4" \
    $(((SECONDS - PASS_STARTED + 59) / 60)))")
}

note_skipped() { # NAME REASON
  SUMMARY+=("$(printf '%-24s not run: %s' "$1:" "$2")")
  say "$1: not run: $2"
}

# Each function test_* of cnf/test/*.sh in a shell and an empty directory of its own. Exit 77 = skipped. Two files at a
# time, because most of a test is waiting; what is in one file runs in its order. Labs have names of their own.
script_pass() {
  local results lane lanes=()
  results=$(mktemp -d)
  say 'tests of the script'
  PASS_STARTED=$SECONDS
  : > "$results/verdicts"
  # What runs in the background does not hear Ctrl-C.
  trap 'kill "${lanes[@]}"; wait; rm -rf "$results"; exit 143' INT TERM HUP
  for ((lane = 1; lane <= SCRIPT_LANES; lane++)); do
    script_lane "$results" "$lane" &
    lanes+=("$!")
  done
  wait "${lanes[@]}" || true
  trap - INT TERM HUP
  end_progress
  add_verdicts "$results/verdicts"
  rm -rf "$results"
}

# A lane that died leaves tests without a verdict: they have failed.
add_verdicts() { # FILE
  local passed failed skipped missing
  passed=$(grep -cx passed "$1") || true
  failed=$(grep -cx failed "$1") || true
  skipped=$(grep -cx skipped "$1") || true
  missing=$(($(cat "$ROOT"/cnf/test/*.sh | test_names | wc -l) - passed - failed - skipped))
  ((missing == 0)) || say "FAILED: $missing tests of the script have not come to an end"
  add_counts 'tests of the script' "$passed" "$((failed + missing))" "$skipped"
}

test_names() {
  sed -n 's/^\(test_[a-z0-9_]*\)().*/\1/p'
}

# Runs the files that no other lane has taken.
script_lane() { # RESULTS LANE
  local file name status log=$1/lane$2.log
  for file in "$ROOT"/cnf/test/*.sh; do
    mkdir "$1/$(basename "$file")" 2> /dev/null || continue
    while IFS= read -r name; do
      progress "testing: $(basename "$file" .sh): $name"
      status=0
      script_test "$file" "$name" > "$log" 2>&1 || status=$?
      case $status in
        0) printf 'passed\n' ;;
        77) printf 'skipped\n' ;;
        *)
          printf 'failed\n'
          say "FAILED: $(basename "$file"): $name"$'\n'"$(sed 's/^/    /' "$log")"
          ;;
      esac >> "$1/verdicts"
    done < <(test_names < "$file")
  done
}

# Bounded: a test that hangs is a failure that shows what it printed, not a run without an end. The bound ends the
# test's whole process group; so does whoever ends this script.
script_test() { # FILE FUNCTION
  local directory status=0 pid
  directory=$(mktemp -d)
  # The outer script's choice of JDK holds inside too: no second search, no second build.
  (cd "$directory" && exec timeout --kill-after=30 "$SCRIPT_TEST_SECONDS" \
    env ROOT="$ROOT" SALLYPORT_JAVA_HOME="$JDK" bash -euo pipefail -c "source '$SCRIPTS/assert.sh'; source '$1'; $2") \
    < /dev/null &
  pid=$!
  trap 'kill "$pid"; wait "$pid" || true; exit 143' INT TERM HUP
  wait "$pid" || status=$?
  trap - INT TERM HUP
  rm -rf "$directory"
  ((status != 124 && status != 137)) || printf 'did not end within %s s\n' "$SCRIPT_TEST_SECONDS"
  return "$status"
}

print_summary() {
  local line
  printf '\n'
  for line in "${SUMMARY[@]}"; do
    printf '%s\n' "$line"
  done
  printf '%s passed, %s failed, %s skipped\n' "$PASSED" "$FAILED" "$SKIPPED"
}
