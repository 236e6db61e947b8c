# shellcheck shell=bash
# The demo's story on a shipped capture, in five steps. The checks of what left the gateway are PcapCheck's, which shares
# no code with the gateway.

readonly INSIDE=192.168.1.0/24,2001:db8:1::/64

tell_capture_story() {
  "$JDK/bin/javac" -d "$DEMO_DIR/witness" "$DEMO/PcapCheck.java"
  introduce
  step_permit_all
  step_without_plugin
  step_with_plugin
  step_explain
  step_clean_up
}

introduce() {
  cat << END
The capture cnf/demo/demo.pcap holds $(witness count "$DEMO/demo.pcap") frames: a client inside talks to servers outside. There is ARP, DNS, web
traffic over IPv4 and IPv6, and notes over UDP. One upload and one note hold the forbidden word $WORD;
the upload has it cut over two TCP segments.
END
}

# ---- the steps

step_permit_all() {
  title 1 'No policy: everything that is well-formed passes.'
  replay permit
  check "$(out_count permit) of $(witness count "$DEMO/demo.pcap") frames left, byte for byte as they came" \
    left_unchanged permit
}

step_without_plugin() {
  title 2 'A policy with a word filter for ports 80 and 9999, but no plug-in that can look for words.'
  replay missing --policy cnf/demo/policy.yaml
  check "the word did not leave" leaves missing "$WORD" 0
  check "nor did harmless web pages and notes: who cannot be inspected is blocked" \
    all leaves missing 'Good morning' 0 -- leaves missing 'nothing to worry' 0
  check "$(drops missing callout-unregistered) frames were dropped with the reason callout-unregistered" \
    has_drops missing callout-unregistered
  check "DNS and other ports went on: no filter asks for inspection there" \
    all leaves missing example 2 -- leaves missing 'tagged hello' 1
  check "the counter's plug-in is missing too, and blocked nothing: inspection only watches" \
    no_drop_by missing count-traffic
}

step_with_plugin() {
  title 3 'The same policy, with the plug-ins from target/samples.'
  replay present --policy cnf/demo/policy.yaml --plugins target/samples
  check "the word did not leave, cut over two segments or whole" leaves present "$WORD" 0
  check "both web pages and the harmless note arrived" \
    all leaves present 'Good morning' 2 -- leaves present 'nothing to worry' 1
  check "$(drops present policy) frames were dropped with the reason policy, none for a missing plug-in" \
    all has_drops present policy -- no_drop_for present callout-unregistered
}

step_explain() {
  local line
  title 4 'Why was one of them dropped?'
  line=$(drop_lines present | grep -F '"reason":"policy"' | grep -F '"dport":9999' | head -n 1) || line=
  if [[ -z $line ]]; then
    check 'no drop line tells of the note to port 9999' false
    return
  fi
  printf '   %s\n' "$line"
  check "$(explain "$line")" names_the_filter "$line"
}

step_clean_up() {
  title 5 'Clean up.'
  demo_clean_up
  check "nothing is left behind" test ! -e "$DEMO_DIR"
}

# ---- the gateway

replay() { # NAME OPTION..
  local status=0 command=(replay cnf/demo/demo.pcap --inside "$INSIDE" "${@:2}")
  printf '   $ ./sallyport %s\n' "${command[*]}"
  (cd "$ROOT" && launch "${command[@]}" --out "$DEMO_DIR/$1.pcap" --events "$DEMO_DIR/$1.jsonl") \
    > "$DEMO_DIR/$1.txt" 2>&1 || status=$?
  if ((status != 0)); then
    sed 's/^/   /' "$DEMO_DIR/$1.txt"
  fi
  check "it ended with exit code $status" test "$status" -eq 0
}

drop_lines() { # NAME
  grep -F '"kind":"drop"' "$DEMO_DIR/$1.jsonl" 2> /dev/null
}

drops() { # NAME REASON
  drop_lines "$1" | grep -cF "\"reason\":\"$2\"" || true
}

has_drops() { # NAME REASON
  (($(drops "$1" "$2") > 0))
}

no_drop_for() { # NAME REASON
  (($(drops "$1" "$2") == 0))
}

no_drop_by() { # NAME FILTER
  [[ -e $DEMO_DIR/$1.jsonl ]] && ! drop_lines "$1" | grep -qF "\"filter\":\"$2\""
}

names_the_filter() { # LINE
  [[ $(field filter "$1") == word-filter && $(field layer "$1") == datagram-data-v4 && $(field sublayer "$1") == words ]]
}

# ---- the witness

witness() {
  "$JDK/bin/java" -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$DEMO_DIR/witness" PcapCheck "$@"
}

out_count() { # NAME
  witness count "$DEMO_DIR/$1.pcap" 2> /dev/null || printf 'none'
}

left_unchanged() { # NAME
  witness same "$DEMO/demo.pcap" "$DEMO_DIR/$1.pcap" 2> /dev/null
}

# As many datagrams and streams that left hold this text.
leaves() { # NAME TEXT COUNT
  [[ $(witness words "$DEMO_DIR/$1.pcap" "$2" 2> /dev/null) == "$3" ]]
}
