# shellcheck shell=bash
# What the tests in cnf/test use. A test fails when one of these fails, or any other command does.

SALLYPORT=$ROOT/sallyport
STATUS=0

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
