# shellcheck shell=bash
# The demo's story in a lab of network namespaces: a real gateway between a client and a server. Each sentence is checked by
# what client and server saw: curl's and dig's answers, and the server's log of what reached it.

readonly PAGE='Good morning, world'
readonly GIVE_UP_S=2

tell_live_story() {
  introduce_lab
  step_closed
  step_default_policy
  step_inbound_refused
  step_callout_missing
  step_hot_deploy
  step_removed
  step_explain_live
  step_clean_up_live
}

introduce_lab() {
  cat << END
A lab of three network namespaces:

   client $LAB_CLIENT4, $LAB_CLIENT6  --[lan0  gateway  wan0]--  server $LAB_SERVER4, $LAB_SERVER6

The server serves pages (port 80), names (port 53) and notes (UDP port 9999). Only the gateway joins the two sides.
END
  lab_up
  lab_serve
}

# ---- the steps

step_closed() {
  title 1 'The gateway is not there: nothing passes.'
  check "the client gets no page" not page_arrives "$LAB_SERVER4" /
}

step_default_policy() {
  local started=$SECONDS
  title 2 'The gateway starts with its default policy: the inside may open connections, over IPv4 and IPv6.'
  tell './sallyport run --lan lan0 --wan wan0 --home HOME'
  if ! lab_gateway; then
    check "it said 'ready'" false
    sed 's/^/   /' "$LAB_DIR/gateway.err"
    fail 'the demo cannot go on without a gateway'
  fi
  check "it said 'ready' after $((SECONDS - started)) s" lab_is_ready
  tell "curl http://$LAB_SERVER4/    curl http://[$LAB_SERVER6]/"
  check "the client got the page over IPv4 and over IPv6" \
    all page_arrives "$LAB_SERVER4" / -- page_arrives "[$LAB_SERVER6]" /
  tell "dig @$LAB_SERVER4 www.example.org    dig @$LAB_SERVER6 www.example.org AAAA"
  check "and the addresses it asked for" \
    all name_resolves "$LAB_SERVER4" A 192.0.2.80 -- name_resolves "$LAB_SERVER6" AAAA 2001:db8::80
}

step_inbound_refused() {
  title 3 'The default policy refuses connections from outside.'
  tell "(on the server) curl http://$LAB_CLIENT4:8080/"
  check "the web server inside answers its own host" \
    in_client curl -s -o "$DEMO_DIR/own" --max-time 5 "http://$LAB_CLIENT4:8080/"
  : > "$LAB_DIR/inside.log"
  check "the server outside gets no answer from it" \
    not in_server curl -s -o "$DEMO_DIR/page" --max-time "$GIVE_UP_S" "http://$LAB_CLIENT4:8080/"
  check "and nothing reached it" not grep -q . "$LAB_DIR/inside.log"
}

step_callout_missing() {
  title 4 'A word filter is added whose callout no plug-in offers: what cannot be inspected is blocked.'
  in_shell "policy apply $DEMO/policy.yaml"
  in_shell 'callout list'
  check "the client gets no page any more" not page_arrives "$LAB_SERVER4" /
  check "the server saw no request for it" not reached 'request'
  check "nor does a note arrive" all not note_is_answered 'nothing to worry' -- not reached 'note'
  check "names still resolve: no filter asks for inspection there" name_resolves "$LAB_SERVER4" A 192.0.2.80
}

step_hot_deploy() {
  title 5 'The plug-in is dropped into the folder of the running gateway.'
  tell 'cp target/samples/word-block.jar HOME/plugins/'
  deploy word-block.jar
  check "the same filter calls it: the page arrives again" lab_await 'the plug-in' page_arrives "$LAB_SERVER4" /
  in_shell 'callout list'
  check "a page with the word $WORD does not" not word_arrives "$LAB_SERVER4"
  check "though the server sent it" reached 'request /word'
  check "over IPv6 the same" all page_arrives "[$LAB_SERVER6]" / -- not word_arrives "[$LAB_SERVER6]"
  check "a harmless note is answered" note_is_answered 'nothing to worry'
  check "a note with the word never reaches the server" \
    all not note_is_answered "say $WORD" -- not reached "$WORD"
}

step_removed() {
  title 6 'The plug-in is taken away again.'
  tell 'rm HOME/plugins/word-block.jar'
  rm "$LAB_HOME/plugins/word-block.jar"
  check "its filters block again" lab_await 'the block' not page_arrives "$LAB_SERVER4" / 1
  check "and go on blocking" not page_arrives "$LAB_SERVER4" /
}

step_explain_live() {
  local line
  title 7 'Why was the note with the word dropped?'
  tell "./sallyport shell -c 'event list --kind drop -o json'"
  line=$(lab_shell 'event list --kind drop --last 5000 -o json' | one_line_each | grep -F '"policy"' \
    | grep -F 'datagram-data-v4' | grep -F 9999 | tail -n 1) || line=
  if [[ -z $line ]]; then
    check 'no drop event tells of the note to port 9999' false
    return
  fi
  check "$(explain "$line")" names_the_filter_live "$line"
}

step_clean_up_live() {
  local gateway=$LAB_GATEWAY
  title 8 'The gateway is stopped, and everything is cleaned up.'
  lab_stop_gateway
  check "it ended within a moment, with exit code $LAB_STATUS" test "$LAB_STATUS" -eq 0
  check "nothing passes any more" not page_arrives "$LAB_SERVER4" / 1
  demo_clean_up
  check "no process, no namespace and no file is left" \
    all not is_alive "$gateway" -- no_namespace -- test ! -e "$DEMO_DIR"
}

# ---- what client and server see

page_arrives() { # HOST PATH [SECONDS]
  : > "$LAB_DIR/server.log"
  in_client curl -s -g --max-time "${3:-$GIVE_UP_S}" "http://$1$2" 2> /dev/null | grep -F "$PAGE" > /dev/null
}

word_arrives() { # HOST
  : > "$LAB_DIR/server.log"
  in_client curl -s -g --max-time "$GIVE_UP_S" "http://$1/word" 2> /dev/null | grep -F "$WORD" > /dev/null
}

name_resolves() { # SERVER TYPE ADDRESS
  [[ $(in_client dig +short +time="$GIVE_UP_S" +tries=1 "@$1" www.example.org "$2" 2> /dev/null) == "$3" ]]
}

# A datagram by bash itself, so that no more than curl and dig is needed; dd, since bash would read it byte by byte.
note_is_answered() { # TEXT
  : > "$LAB_DIR/server.log"
  in_client timeout "$GIVE_UP_S" bash -c 'exec 3<> "/dev/udp/$1/9999" && printf "%s\n" "$2" >&3 && [[ $(dd bs=512 count=1 <&3) == noted ]]' \
    note "$LAB_SERVER4" "$1" 2> /dev/null
}

# The server's log of what reached it since the last try.
reached() { # TEXT
  grep -qF -e "$1" "$LAB_DIR/server.log"
}

is_alive() { # PID
  kill -0 "$1" 2> /dev/null
}

no_namespace() {
  [[ $(ip netns list) != *"$LAB-"* ]]
}

# ---- the gateway

tell() { # COMMAND
  printf '   $ %s\n' "$1"
}

in_shell() { # COMMAND
  local status=0
  tell "./sallyport shell -c '${1//"$ROOT/"/}'"
  lab_shell "$1" > "$DEMO_DIR/shell.out" 2>&1 || status=$?
  sed 's/^/     /' "$DEMO_DIR/shell.out"
  ((status == 0)) || check "it ended with exit code $status" false
}

# As a copy under another name that is then renamed: the folder never shows half a jar.
deploy() { # JAR
  cp "$ROOT/target/samples/$1" "$LAB_HOME/plugins/.$1"
  mv "$LAB_HOME/plugins/.$1" "$LAB_HOME/plugins/$1"
}

# A JSON list of flat objects as one object a line.
one_line_each() {
  tr -d '\n' | sed 's/} *, *{/}\n{/g'
}

names_the_filter_live() { # LINE
  [[ $(field filter "$1") == word-filter && $(field sublayer "$1") == words && $(field callout "$1") == *word-block ]]
}
