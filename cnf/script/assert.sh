# shellcheck shell=bash
# What the tests in cnf/test use. A test fails when one of these fails, or any other command does.

SALLYPORT=$ROOT/sallyport
STATUS=0
# Memory is touched as it is used: to touch all of it costs each start of a gateway seconds on some virtual machines, and what
# it saves is a matter of packets' milliseconds. What users get is tested by large.sh.
export SALLYPORT_JAVA_OPTS=-XX:-AlwaysPreTouch

# Runs the script; its output is in the files out and err, its exit code in STATUS.
sallyport() {
  STATUS=0
  "$SALLYPORT" "$@" > out 2> err || STATUS=$?
}

expect_exit() { # CODE
  ((STATUS == $1)) || give_up "exit $STATUS instead of $1"
}

expect_text() { # FILE TEXT
  grep -qF -e "$2" "$1" || give_up "'$2' is missing in $1"
}

expect_no_text() { # FILE TEXT
  ! grep -qF -e "$2" "$1" || give_up "'$2' should not be in $1"
}

expect_empty() { # FILE
  [[ ! -s $1 ]] || give_up "$1 should be empty"
}

# A plain "! command" would not end the test: bash takes no notice of an inverted failure.
expect_failure() { # COMMAND..
  if "$@"; then
    give_up "this should have failed: $*"
  fi
}

await_text() { # FILE TEXT
  local i
  for ((i = 0; i < 500; i++)); do
    ! grep -qsF -e "$2" "$1" || return 0
    sleep 0.02
  done
  give_up "no '$2' in $1"
}

await_end() { # PID MESSAGE
  local i
  for ((i = 0; i < 500; i++)); do
    kill -0 "$1" 2> /dev/null || return 0
    sleep 0.02
  done
  give_up "$2"
}

need() { # TOOL..
  local tool
  for tool; do
    command -v "$tool" > /dev/null || skip "$tool is not installed"
  done
}

skip() { # REASON
  printf 'skipped: %s\n' "$1"
  exit 77
}

give_up() { # MESSAGE
  printf '%s\n' "$1"
  local file
  for file in out err; do
    [[ ! -e $file ]] || { printf -- '--- %s\n' "$file"; head -n 20 "$file"; }
  done
  exit 1
}

# ---- tests in a lab

# Makes a lab of namespaces, which goes with the test; skips where there can be none.
begin_lab() {
  local obstacle
  JDK=$SALLYPORT_JAVA_HOME
  LAB_DIR=$PWD/lab
  mkdir -p "$LAB_DIR"
  # shellcheck source=cnf/lab/lab.sh
  source "$ROOT/cnf/lab/lab.sh"
  obstacle=$(lab_obstacle)
  [[ -z $obstacle ]] || skip "$obstacle"
  trap end_lab EXIT
  lab_up
}

# Shows what gateway and servers said if the test failed.
end_lab() { # [STATUS]
  local status=${1:-$?}
  ((status == 0)) || tail -n 20 "$LAB_DIR"/*.log "$LAB_DIR"/gateway.{out,err} "$LAB_HOME/log/sallyport.log" 2> /dev/null || true
  lab_down
}
