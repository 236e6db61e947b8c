# shellcheck shell=bash
# ./sallyport demo: tells the main job as a story and checks each sentence. Where network namespaces can be made the story
# is live (live.sh); elsewhere the same one is told on a shipped capture (capture.sh).

readonly DEMO=$ROOT/cnf/demo
readonly WORD=EVILPAYLOAD
DEMO_DIR=
DEMO_FAILED=0

run_demo() {
  local obstacle
  # Tools of the system are not in the path of every user.
  PATH=$PATH:/usr/sbin:/sbin
  try_tools "${DEMO_TOOLS[@]}"
  DEMO_DIR=$(mktemp -d)
  trap demo_clean_up EXIT
  LAB_DIR=$DEMO_DIR
  # shellcheck source=cnf/lab/lab.sh
  source "$ROOT/cnf/lab/lab.sh"
  obstacle=$(lab_obstacle)
  if [[ -z $obstacle ]]; then
    # shellcheck source=cnf/demo/live.sh
    source "$DEMO/live.sh"
    tell_live_story
  else
    printf 'No live story here: %s. The same story on a capture:\n\n' "$obstacle"
    # shellcheck source=cnf/demo/capture.sh
    source "$DEMO/capture.sh"
    tell_capture_story
  fi
  conclude
}

demo_clean_up() {
  lab_down
  rm -rf "$DEMO_DIR"
}

conclude() {
  printf '\n'
  if ((DEMO_FAILED > 0)); then
    fail "$DEMO_FAILED checks of the demo FAILED"
  fi
  printf 'Each step did what it says.\n'
}

# ---- telling

title() { # NUMBER TEXT
  printf '\n%s. %s\n' "$1" "$2"
}

# Runs a check and prints its sentence with the outcome; a failure does not end the story.
check() { # SENTENCE COMMAND..
  local outcome=ok
  if ! "${@:2}"; then
    outcome=FAILED
    DEMO_FAILED=$((DEMO_FAILED + 1))
  fi
  printf '   %-6s  %s\n' "$outcome" "$1"
}

# Runs several commands, separated by --; true if all are.
all() {
  local command=() word
  for word in "$@" --; do
    if [[ $word == -- ]]; then
      "${command[@]}" || return
      command=()
    else
      command+=("$word")
    fi
  done
}

# True if a command fails.
not() {
  ! "$@"
}

# ---- event lines

# An event line in words.
explain() { # LINE
  printf 'frame %s, %s %s:%s -> %s:%s, was stopped at layer %s by filter "%s" of provider %s in sublayer %s, %s' \
    "$(field frame "$1")" "$(field proto "$1")" "$(field src "$1")" "$(field sport "$1")" "$(field dst "$1")" \
    "$(field dport "$1")" "$(field layer "$1")" "$(field filter "$1")" "$(field provider "$1")" "$(field sublayer "$1")" \
    "which asked callout $(field callout "$1"); the reason: $(field reason "$1")"
}

# The value of a field in a flat JSON line; empty if it is not there.
field() { # NAME LINE
  sed -n 's/.*"'"$1"'" *: *"\{0,1\}\([^",}]*\).*/\1/p' <<< "$2"
}
