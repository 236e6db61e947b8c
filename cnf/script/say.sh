# shellcheck shell=bash
# What the script says goes to stderr: stdout belongs to the verb.

say() {
  end_progress
  printf 'sallyport: %s\n' "$*" >&2
}

fail() { # MESSAGE [EXIT]
  say "$1"
  exit "${2:-1}"
}

usage_error() { # VERB MESSAGE; VERB may be empty
  fail "$2; try: ./sallyport ${1:+$1 }--help" 2
}

# One line that is rewritten on a terminal, a line per step elsewhere (a log must not hold control characters).
PROGRESS_OPEN=false
progress() {
  if [[ -t 2 ]]; then
    printf '\r\033[K%s' "$*" >&2
    PROGRESS_OPEN=true
  else
    printf '%s\n' "$*" >&2
  fi
}

end_progress() {
  if $PROGRESS_OPEN; then
    printf '\r\033[K' >&2
    PROGRESS_OPEN=false
  fi
}
