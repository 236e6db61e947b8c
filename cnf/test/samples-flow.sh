# shellcheck shell=bash
# The samples that look at flows and packets, by what real clients and servers on either side see; and over captures whose
# contents are known. Needs root and namespaces for the first.

arrives() { # URL [SECONDS]
  in_client curl -s -g --max-time "${2:-5}" "$1" | grep -F 'Good morning' > /dev/null
}

# Puts a sample into the hot-deploy folder and waits for it; then applies a policy, its own if none is given.
with_sample() { # FOLDER [POLICY]
  local name=${1//./-}
  cp "$ROOT/target/samples/$name.jar" "$LAB_HOME/plugins/.$name.jar"
  mv "$LAB_HOME/plugins/.$name.jar" "$LAB_HOME/plugins/$name.jar"
  lab_shell "policy apply ${2:-$ROOT/sample.callouts/$1/policy.yaml}" > applied || give_up "$(cat applied)"
  lab_await "$name" is_registered "$name"
}

is_registered() { # NAME
  lab_shell 'callout list -o json' | tr -d ' \n' | grep -q "io.sallyport.sample.$1\"[^}]*\"registered\":true"
}

without_sample() { # FOLDER PROVIDER
  lab_shell "provider delete $2" > deleted || give_up "$(cat deleted)"
  rm "$LAB_HOME/plugins/${1//./-}.jar"
}

# One policy for a sample: key, layers, context as YAML in one line, further keys of the filter.
write_policy() { # NAME LAYERS CONTEXT [FILTER_KEYS]
  cat > "$1.yaml" << END
apiVersion: sallyport/v1
provider: $1-test
callouts: [{key: io.sallyport.sample.$1, layer: [$2]}]
contexts: [{name: settings, data: $3}]
filters:
  - {name: $1, layer: [$2], action: callout-unknown, callout: io.sallyport.sample.$1, context: settings${4:+, $4}}
END
}

test_samples_of_flows_with_real_clients_and_servers() {
  need dig ping iperf3
  begin_lab
  lab_serve
  lab_gateway
  arrives "http://$LAB_SERVER4/"
  count_counts
  geo_block_closes_networks
  rate_limit_limits_flows_and_bytes
  flow_monitor_accounts_for_flows
  port_scan_finds_and_hides
  redirect_sends_to_a_proxy
  arrives "http://$LAB_SERVER4/"
  expect_failure grep -E 'Exception|Error|stuck' "$LAB_HOME/log/sallyport.log"
  lab_shell 'stats show -o json' > stats
  expect_no_text stats internal-fault
}

# The policy of count, for a test.
write_count_policy() { # FILE
  cat > "$1" << 'END'
apiVersion: sallyport/v1
provider: count-test
callouts: [{key: io.sallyport.sample.count, layer: [stream-v4, stream-v6, datagram-data-v4]}]
filters:
  - {name: all, layer: [stream-v4, stream-v6, datagram-data-v4], action: callout-inspection, callout: io.sallyport.sample.count}
END
}

# What it has seen is in the log when it goes: a transfer of 300,000 bytes with its head and its request, and a question with its answer.
count_counts() {
  write_count_policy count.yaml
  with_sample count "$PWD/count.yaml"
  (($(in_client curl -s --max-time 20 "http://$LAB_SERVER4/bytes/300000" | wc -c) == 300000))
  [[ $(in_client dig +short +time=2 "@$LAB_SERVER4" www.example.org A) == 192.0.2.80 ]]
  without_sample count count-test
  lab_await 'the sums' grep -E 'counted stream-v4: [0-9]+ items, 300[0-9]{3} bytes; datagram-data-v4: 2 items, [0-9]+ bytes' \
    "$LAB_HOME/log/sallyport.log"
}

geo_block_closes_networks() {
  printf '# the server\n%s/32, a remark\n' "$LAB_SERVER4" > zone
  write_policy geo-block 'ale-auth-connect-v4, ale-auth-connect-v6' "{files: [$PWD/zone]}"
  with_sample geo.block "$PWD/geo-block.yaml"
  expect_failure arrives "http://$LAB_SERVER4/" 1
  expect_failure in_client dig +time=1 +tries=1 "@$LAB_SERVER4" www.example.org
  arrives "http://[$LAB_SERVER6]/"
  write_policy geo-block 'ale-auth-connect-v4, ale-auth-connect-v6' "{mode: only, networks: [$LAB_SERVER4]}"
  lab_shell "policy apply $PWD/geo-block.yaml" > applied
  arrives "http://$LAB_SERVER4/"
  expect_failure arrives "http://[$LAB_SERVER6]/" 1
  without_sample geo.block geo-block-test
}

rate_limit_limits_flows_and_bytes() {
  local i answers=0
  write_policy rate-limit ale-auth-connect-v4 '{packets-per-second: 1, burst-packets: 5}' 'when: [{ip-protocol: udp}]'
  with_sample rate.limit "$PWD/rate-limit.yaml"
  for i in {1..20}; do
    in_client dig +short +time=1 +tries=1 "@$LAB_SERVER4" www.example.org > answer || continue
    ! grep -qx 192.0.2.80 answer || answers=$((answers + 1))
  done
  ((answers >= 5 && answers < 20)) || give_up "$answers of 20 answers"
  arrives "http://$LAB_SERVER4/"
  write_policy rate-limit 'outbound-transport-v4' '{bytes-per-second: 250000, burst-bytes: 100000}'
  lab_shell "policy apply $PWD/rate-limit.yaml" > applied
  lab_start server iperf3 iperf3 -s --forceflush
  lab_await 'iperf3' grep -q listening "$LAB_DIR/iperf3.log"
  in_client iperf3 -c "$LAB_SERVER4" -t 3 -J > iperf || give_up "$(cat iperf)"
  # 2 Mbit/s, and the burst; the link carries gigabits.
  (($(sed -n '/sum_received/,/}/s/.*"bits_per_second":[[:space:]]*\([0-9]*\).*/\1/p' iperf | head -n 1) < 4000000)) || give_up "$(tail -n 40 iperf)"
  without_sample rate.limit rate-limit-test
}

flow_monitor_accounts_for_flows() {
  with_sample flow.monitor
  (($(in_client curl -s --max-time 20 "http://$LAB_SERVER4/bytes/300000" | wc -c) == 300000))
  in_client ping -c 3 -i 0.2 "$LAB_SERVER4" > /dev/null
  lab_shell 'flow-monitor:flows 5' > flows || give_up "$(cat flows)"
  # The biggest is the transfer: IP packets with their headers, for 300,000 bytes and what stands before them.
  awk -v server="$LAB_SERVER4" 'NR == 2 && $1 == 6 && $5 == server && $6 == 80 && $8 > 300000 && $8 < 340000 { ok = 1 }
    END { exit !ok }' flows || give_up "$(cat flows)"
  grep -q '^1 ' flows || give_up "no ICMP: $(cat flows)"
  without_sample flow.monitor flow-monitor
  # Its contexts are deleted with it: the end of each flow is in the log.
  lab_await 'the report' grep -E '"proto":6,.*"remote":"'"$LAB_SERVER4"'","rport":80,.*"bytesIn":3[0-3][0-9]{4}}' "$LAB_HOME/log/sallyport.log"
}

# 40 ports of the inside are tried; then even the one that is open is closed to who did so.
port_scan_finds_and_hides() {
  local port
  cat > open.yaml << 'END'
apiVersion: sallyport/v1
provider: open-test
sublayers: [{name: open, weight: 30000}]
filters:
  - {name: open, layer: ale-auth-recv-accept-v4, sublayer: open, when: [{ip-protocol: tcp}], action: permit, flags: [clear-action-right]}
END
  lab_shell "policy apply $PWD/open.yaml" > applied || give_up "$(cat applied)"
  in_server nc -z -w 2 "$LAB_CLIENT4" 8080
  is_refused
  with_sample port.scan
  in_server nc -z -w 2 "$LAB_CLIENT4" 8080
  expect_failure is_refused
  for ((port = 7001; port <= 7040; port++)); do
    in_server bash -c "exec 3<> /dev/tcp/$LAB_CLIENT4/$port" 2> /dev/null &
    LAB_PIDS+=($!)
  done
  lab_await 'the scanner' is_closed
  arrives "http://[$LAB_SERVER6]/"
  without_sample port.scan port-scan
  in_server nc -z -w 2 "$LAB_CLIENT4" 8080
  lab_shell 'provider delete open-test' > deleted
}

# The reset of the closed port has come; without it nc gives up after a while.
is_refused() {
  in_server nc -z -v -w 3 "$LAB_CLIENT4" 7000 2> said || true
  grep -F refused said > /dev/null
}

is_closed() {
  ! in_server nc -z -w 1 "$LAB_CLIENT4" 8080
}

# The client asks for an address where nobody is, and is answered by the server.
redirect_sends_to_a_proxy() {
  in_client ip route add 203.0.113.0/24 via "$LAB_SERVER4"
  expect_failure arrives http://203.0.113.7/ 1
  write_policy redirect ale-connect-redirect-v4 "{proxy: $LAB_SERVER4, port: 80}" 'when: [{ip-protocol: tcp}, {ip-remote-port: {in: [80, 8000]}}]'
  with_sample redirect "$PWD/redirect.yaml"
  arrives http://203.0.113.7/
  arrives http://203.0.113.7:8000/
  (($(in_client curl -s --max-time 20 http://203.0.113.7/bytes/3000000 | wc -c) == 3000000))
  without_sample redirect redirect-test
  in_client ip route del 203.0.113.0/24
}

# Whoever speaks with a host that is not there speaks with nginx, a proxy that asks the web server beside it.
test_redirect_to_nginx_as_a_proxy() {
  need nginx
  begin_lab
  lab_serve
  lab_nginx 'server { listen 3128; location / { proxy_pass http://127.0.0.1:80; add_header X-Proxy "$http_host"; } }'
  lab_gateway
  in_client ip route add 203.0.113.0/24 via "$LAB_SERVER4"
  expect_failure arrives http://203.0.113.7/ 1
  write_policy redirect ale-connect-redirect-v4 "{proxy: $LAB_SERVER4, port: 3128}" 'when: [{ip-protocol: tcp}, {ip-remote-port: 80}]'
  with_sample redirect "$PWD/redirect.yaml"
  in_client curl -s -i --max-time 5 http://203.0.113.7/ | tr -d '\r' > page
  grep -qx 'X-Proxy: 203.0.113.7' page || give_up "$(cat page)"
  expect_text page 'Good morning'
  (($(in_client curl -s --max-time 20 http://203.0.113.7/bytes/3000000 | wc -c) == 3000000))
  expect_text "$LAB_DIR/asked.log" 'GET /bytes/3000000'
  without_sample redirect redirect-test
  expect_failure arrives http://203.0.113.7/ 1
}

# The client has an address that the server knows no way to: only what is translated can be answered.
test_nat_with_real_clients_and_servers() {
  need ping iperf3 tcpdump nc
  local outside=192.0.2.99
  begin_lab
  lab_serve
  ip -n "$LAB-client" address add 10.9.8.7/32 dev eth0
  in_client ip route replace "$LAB_SERVER4/32" dev eth0 src 10.9.8.7
  lab_gateway
  expect_failure arrives "http://$LAB_SERVER4/" 1
  with_sample nat
  lab_start server tcpdump tcpdump -i eth0 -nn -U -w "$LAB_DIR/server.pcap"
  lab_await 'tcpdump' grep -q 'listening on' "$LAB_DIR/tcpdump.log"
  arrives "http://$LAB_SERVER4/"
  [[ $(ip -n "$LAB-server" neigh show "$outside") == *lladdr\ 02:00:c0:00:02:63* ]]
  [[ $(in_client dig +short +time=2 "@$LAB_SERVER4" www.example.org A) == 192.0.2.80 ]]
  # Echo, also in fragments both ways; a closed port, which an ICMP error tells; bulk, both ways.
  in_client ping -c 3 -i 0.2 -W 1 "$LAB_SERVER4" | grep -F ' 3 received'
  in_client ping -c 3 -i 0.2 -W 1 -s 4000 "$LAB_SERVER4" | grep -F ' 3 received'
  nat_tells_of_closed_ports
  (($(in_client curl -s --max-time 20 "http://$LAB_SERVER4/bytes/5000000" | wc -c) == 5000000))
  lab_start server iperf3 iperf3 -s --forceflush
  lab_await 'iperf3' grep -q listening "$LAB_DIR/iperf3.log"
  in_client iperf3 -c "$LAB_SERVER4" -n 5M > iperf || give_up "$(cat iperf)"
  # Nothing from outside, and no inside address outside.
  expect_failure in_server ping -c 2 -i 0.2 -W 1 "$outside"
  expect_failure in_server nc -z -w 1 "$outside" 8080
  tcpdump -nn -r "$LAB_DIR/server.pcap" 'ip and host 10.9.8.7' 2> /dev/null > leaked
  expect_empty leaked
  expect_failure grep -E 'Exception|Error|stuck' "$LAB_HOME/log/sallyport.log"
  lab_shell 'stats show -o json' > stats
  expect_no_text stats internal-fault
}

# bash says "connection refused" only if the error found its way back to the socket.
nat_tells_of_closed_ports() {
  in_client bash -c "exec 3<> /dev/udp/$LAB_SERVER4/9; echo x >&3; sleep 0.3; echo x >&3" 2> refused && give_up 'no ICMP error'
  expect_text refused 'onnection refused'
}

# The demo's capture: 192.168.1.9 asks 203.0.113.53 for a name (2 frames), and speaks with 203.0.113.9 (2 connections to port 80
# over IPv4, 11 and 12 frames; 2 datagrams to port 9999), and with 2001:db8:2::9.
test_samples_over_a_capture_with_known_contents() {
  need tcpdump
  replay_with geo.block "{networks: [203.0.113.53]}" ale-auth-connect-v4
  (($(frames_with 'host 203.0.113.53') == 0 && $(frames_with 'tcp and host 203.0.113.9') > 20))
  replay_with geo.block '{mode: only, networks: [203.0.113.53]}' ale-auth-connect-v4
  (($(frames_with 'host 203.0.113.53') == 2 && $(frames_with 'host 203.0.113.9') == 0 && $(frames_with ip6) > 5))
  # Three flows at once, then one a second, which the capture's clock does not come to.
  replay_with rate.limit '{packets-per-second: 1, burst-packets: 3}' ale-auth-connect-v4
  (($(frames_with 'host 203.0.113.53') == 2 && $(frames_with 'tcp port 80 and host 203.0.113.9') > 20 && $(frames_with 'port 9999') == 0))
  replay_with redirect '{proxy: 192.0.2.80, port: 3128}' ale-connect-redirect-v4 'when: [{ip-protocol: tcp}]'
  (($(frames_with 'dst host 192.0.2.80 and dst port 3128') > 5 && $(frames_with 'tcp and dst host 203.0.113.9') == 0))
  replay_with nat '{address: 192.0.2.99}' ipforward-v4
  (($(frames_with 'src host 192.168.1.9 and not arp') == 0 && $(frames_with 'src host 192.0.2.99') > 10))
  # The datagram to 9999 keeps its port: it was free.
  (($(frames_with 'src host 192.0.2.99 and src port 40090 and dst port 9999') == 1))
  SALLYPORT_LOG=$PWD/log replay_with_policy flow.monitor "$ROOT/sample.callouts/flow.monitor/policy.yaml"
  # Question and answer: 20 + 8 + 33 bytes out, 20 + 8 + 49 in.
  grep -F '"remote":"203.0.113.53","rport":53,' log | grep -F '"packetsOut":1,"bytesOut":61,"packetsIn":1,"bytesIn":77}'
}

# What is in scan.pcap is said beside it: a visitor of port 80, who tries one closed port; a scanner, who
# tries 40 closed ports and then port 80.
test_port_scan_over_a_capture_of_a_scan() {
  need tcpdump
  local folder=$ROOT/sample.callouts/port.scan
  local scan=$folder/src/test/captures/scan.pcap
  sallyport replay "$scan" --inside 192.0.2.0/24 --out out.pcap
  expect_exit 0
  local all visits
  all=$(frames_with '')
  visits=$(frames_with 'host 198.51.100.7 and port 80')
  ((all == $(tcpdump -nn -r "$scan" 2> /dev/null | wc -l) && visits > 300))
  (($(frames_with 'host 198.51.100.66 and tcp[13] & 4 != 0') == 40 && $(frames_with 'host 198.51.100.66 and port 80') > 5))
  CAPTURE=$scan replay_with_policy port.scan "$folder/policy.yaml" --inside 192.0.2.0/24
  # The scanner is let go on until it has tried about 20 ports, of none of which it hears; then also the open one is closed to it.
  local tries
  tries=$(frames_with 'src host 198.51.100.66 and tcp[13] & 2 != 0')
  ((tries > 15 && tries < 30)) || give_up "$tries tries passed"
  (($(frames_with 'dst host 198.51.100.66') == 0 && $(frames_with 'host 198.51.100.66 and port 80') == 0))
  grep -F '"filter":"scanners"' events.jsonl | grep -F 198.51.100.66 > /dev/null
  # The visitor loses nothing but the reset of the closed port.
  (($(frames_with 'host 198.51.100.7 and port 80') == visits))
  (($(frames_with 'src host 198.51.100.7 and dst port 7001') == 1 && $(frames_with 'src port 7001') == 0))
  ! grep -F '"filter":"scanners"' events.jsonl | grep -F 198.51.100.7: || give_up 'the visitor is called a scanner'
  # Nor does anybody scan in the demo's capture.
  replay_with_policy port.scan "$folder/policy.yaml"
  (($(frames_with 'tcp and host 203.0.113.9') > 20))
  expect_no_text events.jsonl '"filter":"scanners"'
}

# The same capture: of the connections to port 80 the first says "Good morning, gateway", the second EVILPAYLOAD, cut over two
# segments; the third is over IPv6. One of the datagrams to port 9999 says EVILPAYLOAD as well.
test_samples_of_streams_over_a_capture_with_known_contents() {
  need tcpdump
  replay_with stream.edit '{replace: [{find: EVILPAYLOAD, with: finepayload}], mode: in-band}' 'stream-v4, stream-v6'
  text_of_capture > text
  expect_text text 'finepayload&end=1'
  expect_text text 'note: EVILPAYLOAD'
  (($(grep -c EVILPAYLOAD text) == 1 && $(grep -c 'Good morning' text) == 2))
  write_count_policy count.yaml
  SALLYPORT_LOG=$PWD/log replay_with_policy count "$PWD/count.yaml"
  # 46 + 60 bytes of the first connection, 79 + 11 + 27 of the second, 47 + 60 of the third; 33 + 49 + 24 + 28 + 12 of datagrams.
  grep -E 'counted stream-v4: [0-9]+ items, 223 bytes; stream-v6: [0-9]+ items, 107 bytes; datagram-data-v4: 5 items, 146 bytes' log
  (($(frames_with '') == 39))
  # A replay does not wait for a scanner (with one, see ClamAvCaptureTest); without its answer no byte of a page leaves.
  replay_with clamav "{socket: $PWD/nowhere}" 'stream-v4, stream-v6' 'when: [{ip-remote-port: 80}]'
  text_of_capture > text
  expect_no_text text 'Good morning'
  expect_text text 'note: EVILPAYLOAD'
}

replay_with() { # FOLDER CONTEXT LAYERS [FILTER_KEYS]
  write_policy "${1//./-}" "$3" "$2" "${4:-}"
  replay_with_policy "$1" "$PWD/${1//./-}.yaml"
}

# Over the demo's capture, or over CAPTURE.
replay_with_policy() { # FOLDER POLICY [ARG..]
  rm -rf plugins
  mkdir plugins
  cp "$ROOT/target/samples/${1//./-}.jar" plugins
  sallyport replay "${CAPTURE:-$ROOT/cnf/demo/demo.pcap}" --policy "$2" --plugins plugins --out out.pcap --events events.jsonl "${@:3}"
  expect_exit 0
  expect_no_text events.jsonl '"kind":"fault"'
}

frames_with() { # TCPDUMP_EXPRESSION
  tcpdump -nn -r out.pcap "$1" 2> /dev/null | wc -l
}

text_of_capture() {
  tr -c '[:print:]' '\n' < out.pcap
}
