#!/usr/bin/env bash
# Makes scan.pcap anew, as root: record.sh FILE. Two namespaces joined by a veth pair, and nothing else on it.
set -euo pipefail
server=record-server-$$ outside=record-outside-$$
trap 'ip netns pids "$server" | xargs -r kill; ip netns del "$server"; ip netns del "$outside"' EXIT
ip netns add "$server"
ip netns add "$outside"
ip link add eth0 netns "$server" address 02:00:c0:00:02:0a type veth peer name eth0 netns "$outside" address 02:00:c6:33:64:01
ip -n "$server" addr add 192.0.2.10/32 dev eth0
for host in 7 66; do
  ip -n "$outside" addr add "198.51.100.$host/32" dev eth0
done
for namespace in "$server" "$outside"; do
  ip netns exec "$namespace" sysctl -q net.ipv6.conf.all.disable_ipv6=1
  ip netns exec "$namespace" ethtool -K eth0 tx off gso off tso off > /dev/null # checksums as on a wire
  ip -n "$namespace" link set lo up
  ip -n "$namespace" link set eth0 up
done
ip -n "$server" route add 198.51.100.0/24 dev eth0
ip -n "$outside" route add 192.0.2.0/24 dev eth0
ip netns exec "$server" python3 -m http.server -d "$(mktemp -d)" 80 > /dev/null 2>&1 &
until ip netns exec "$server" nc -z 192.0.2.10 80; do sleep 0.1; done
ip netns exec "$server" tcpdump -Z root --immediate-mode -i eth0 -U -w "$1" ip 2> "$1.log" &
until grep -q 'listening on' "$1.log"; do sleep 0.1; done
visitor() { ip netns exec "$outside" curl -s -o /dev/null --interface 198.51.100.7 http://192.0.2.10/; }
for ((i = 0; i < 15; i++)); do visitor; done
ip netns exec "$outside" nc -z -s 198.51.100.66 192.0.2.10 7001-7040 || true
ip netns exec "$outside" nc -z -s 198.51.100.66 192.0.2.10 80
for ((i = 0; i < 15; i++)); do visitor; done
ip netns exec "$outside" nc -z -s 198.51.100.7 192.0.2.10 7001 || true
sleep 0.5
ip netns pids "$server" | xargs kill
wait || true
rm "$1.log"
