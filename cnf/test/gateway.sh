# shellcheck shell=bash
# The gateway between two networks, by what real clients and servers on either side see. Needs root and namespaces.

page() { # SIDE URL [SECONDS]
  "in_$1" curl -s -g --max-time "${3:-5}" "$2"
}

arrives() { # SIDE URL [SECONDS]
  page "$@" | grep -F 'Good morning' > /dev/null
}

word_arrives() { # SIDE URL [SECONDS]
  page "$@" | grep -F EVILPAYLOAD > /dev/null
}

pings() { # SIDE ADDRESS
  "in_$1" ping -c 3 -i 0.2 -W 1 "$2" > pings || return
  grep -F ' 3 received' pings > /dev/null
}

iperf() { # NAME ARG..
  in_client iperf3 -c "${@:2}" > "$1" || give_up "iperf3 ${*:2}: $(cat "$1")"
  expect_text "$1" 'iperf Done'
}

test_what_the_inside_opens_passes_and_what_the_outside_opens_does_not() {
  need dig ping iperf3
  begin_lab
  lab_serve
  lab_start server iperf3 iperf3 -s
  lab_gateway
  # IPv4 and IPv6: address resolution, web, names, echo.
  arrives client "http://$LAB_SERVER4/"
  arrives client "http://[$LAB_SERVER6]/"
  [[ $(ip -n "$LAB-client" neigh show "$LAB_SERVER4") == *lladdr* ]]
  [[ $(ip -n "$LAB-client" neigh show "$LAB_SERVER6") == *lladdr* ]]
  [[ $(in_client dig +short +time=2 "@$LAB_SERVER4" www.example.org A) == 192.0.2.80 ]]
  [[ $(in_client dig +short +time=2 "@$LAB_SERVER6" www.example.org AAAA) == 2001:db8::80 ]]
  pings client "$LAB_SERVER4"
  pings client "$LAB_SERVER6"
  # Bulk, both ways; frames of up to 64 KiB with unfinished checksums, as veth hands them over.
  (($(page client "http://$LAB_SERVER4/bytes/5000000" 20 | wc -c) == 5000000))
  (($(page client "http://[$LAB_SERVER6]/bytes/5000000" 20 | wc -c) == 5000000))
  iperf iperf4 "$LAB_SERVER4" -n 20M
  iperf iperf6 "$LAB_SERVER6" -n 20M
  iperf iperf4r "$LAB_SERVER4" -R -n 20M
  iperf iperfu "$LAB_SERVER4" -u -b 5M -t 2
  # From outside: nothing reaches the server inside, which does answer its own host.
  arrives client "http://$LAB_CLIENT4:8080/"
  : > "$LAB_DIR/inside.log"
  expect_failure arrives server "http://$LAB_CLIENT4:8080/" 1
  expect_failure arrives server "http://[$LAB_CLIENT6]:8080/" 1
  in_server bash -c "echo hello > /dev/udp/$LAB_CLIENT4/9999"
  expect_failure pings server "$LAB_CLIENT4"
  expect_failure pings server "$LAB_CLIENT6"
  expect_empty "$LAB_DIR/inside.log"
  # And it is still all right.
  arrives client "http://$LAB_SERVER4/"
  lab_stop_gateway
  ((LAB_STATUS == 0))
  expect_failure arrives client "http://$LAB_SERVER4/" 1
}

# The frames of the other side that a side saw, as tcpdump shows them, without address resolution.
foreign_frames() { # CAPTURE FROM_ADDRESS4 FROM_ADDRESS6
  tcpdump -nn -r "$1" "(src host $2 or src host $3) and not arp and not (icmp6 and ip6[40] >= 133 and ip6[40] <= 136)" 2> /dev/null
}

start_captures() {
  local side
  for side in client server; do
    lab_start "$side" "tcpdump-$side" tcpdump -i eth0 -U -w "$LAB_DIR/$side.pcap"
    lab_await 'tcpdump' grep -q 'listening on' "$LAB_DIR/tcpdump-$side.log"
  done
}

# Traffic of every kind, from both sides, until its process is ended.
start_noise() {
  lab_start client noise-client bash -c "while :; do ping -c 2 -i 0.05 -W 1 $LAB_SERVER4; ping -c 2 -i 0.05 -W 1 $LAB_SERVER6
    echo x > /dev/udp/$LAB_SERVER4/9999; done"
  lab_start server noise-server bash -c "while :; do ping -c 2 -i 0.05 -W 1 $LAB_CLIENT4; ping -c 2 -i 0.05 -W 1 $LAB_CLIENT6
    echo x > /dev/udp/$LAB_CLIENT4/9999; done"
}

test_nothing_passes_before_the_policy_is_in_force_nor_after_kill_9() {
  local running first
  need tcpdump ping
  begin_lab
  start_captures
  start_noise
  lab_launch_gateway
  lab_await_ready
  lab_await 'the first echo' grep -qF "bytes from $LAB_SERVER4" "$LAB_DIR/noise-client.log"
  lab_stop_gateway KILL
  ((LAB_STATUS == 137))
  # The guard outlives the process: the kernel forwards nothing for it.
  [[ $(in_gateway nft list ruleset) == *'policy drop'* ]]
  lab_await 'frames after the end' frames_after_end
  # Inbound: nothing at any time but answers to what the inside sent.
  foreign_frames "$LAB_DIR/client.pcap" "$LAB_SERVER4" "$LAB_SERVER6" | { grep -vE 'echo reply|udp port 9999 unreachable' || true; } > inbound
  expect_empty inbound
  # Outbound: nothing before the run-time policy.
  running=$(sed -n 's/^\([0-9T:., -]*\) .*base filtering engine: running.*/\1/p' "$LAB_HOME/log/sallyport.log" | head -n 1)
  first=$(tcpdump -nn -tttt -r "$LAB_DIR/server.pcap" "src host $LAB_CLIENT4 and not arp" 2> /dev/null | head -n 1 | cut -d ' ' -f 1,2)
  [[ -n $running && -n $first ]] || give_up "running at '$running', first frame at '$first'"
  (($(date -d "${first}" +%s%3N) >= $(date -d "${running/,/.}" +%s%3N) - 20))  || give_up "running at $running, first frame at $first"
}

# Both sides have sent for a while since the gateway died, and saw nothing of each other.
frames_after_end() {
  local before after
  before=$(foreign_frames "$LAB_DIR/server.pcap" "$LAB_CLIENT4" "$LAB_CLIENT6" | wc -l)
  sleep 1
  after=$(foreign_frames "$LAB_DIR/server.pcap" "$LAB_CLIENT4" "$LAB_CLIENT6" | wc -l)
  ((before == after)) || { echo "frames passed after kill -9"; return 1; }
}

# With the plug-in in place pages with the word fail and others pass; without it all are blocked. The gateway has no
# class loader of the plug-in left afterwards.
test_two_hundred_hot_deploys_under_load() {
  local cycle
  begin_lab
  lab_serve
  lab_gateway
  lab_shell "policy apply $ROOT/cnf/demo/policy.yaml" > applied
  start_load
  for ((cycle = 1; cycle <= 200; cycle++)); do
    cp "$ROOT/target/samples/word-block.jar" "$LAB_HOME/plugins/.word-block.jar"
    mv "$LAB_HOME/plugins/.word-block.jar" "$LAB_HOME/plugins/word-block.jar"
    lab_await "the plug-in, cycle $cycle" arrives client "http://$LAB_SERVER4/" 0.5
    if ((cycle % 20 == 0)); then
      arrives client "http://$LAB_SERVER4/"
      expect_failure word_arrives client "http://$LAB_SERVER4/word" 1
    fi
    rm "$LAB_HOME/plugins/word-block.jar"
    lab_await "the block, cycle $cycle" is_blocked
  done
  expect_failure arrives client "http://$LAB_SERVER4/" 1
  expect_no_text "$LAB_DIR/load.log" EVILPAYLOAD
  expect_failure grep -E 'Exception|Error|stuck' "$LAB_HOME/log/sallyport.log"
  lab_await 'the class loaders' no_class_left
  lab_shell 'stats show -o json' > stats
  expect_no_text stats internal-fault
}

is_blocked() {
  ! arrives client "http://$LAB_SERVER4/" 0.3
}

# Pages with and without the word, again and again, all the time.
start_load() {
  lab_start client load bash -c "while :; do curl -s --max-time 1 http://$LAB_SERVER4/; curl -s --max-time 1 http://$LAB_SERVER4/word; done"
}

no_class_left() {
  "$JDK/bin/jcmd" "$(lab_jvm)" GC.run > /dev/null || return
  "$JDK/bin/jcmd" "$(lab_jvm)" GC.class_histogram > classes || return
  # A list without our own classes says nothing about the plug-in's.
  grep -F io.sallyport.stack classes > /dev/null || return
  ! grep -F io.sallyport.sample.word classes
}
