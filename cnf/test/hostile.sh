# shellcheck shell=bash
# Transfers through the gateway over a link that loses, repeats, swaps and damages a tenth of the frames each: 50 of 1 MB here,
# 1,000 by ./sallyport bench hostile. Needs root and namespaces.

begin_hostile() {
  local tool
  ((EUID == 0)) || skip 'network namespaces need root'
  for tool in ip nft ethtool ping traceroute tracepath; do
    command -v "$tool" > /dev/null || PATH=$PATH:/usr/sbin:/sbin command -v "$tool" > /dev/null || skip "$tool is not installed"
  done
  ip netns add "sally-try-$$" 2> /dev/null || skip 'this machine permits no network namespaces'
  ip netns del "sally-try-$$"
}

expect_perfect() { # TRANSFERS
  expect_exit 0
  expect_text out "none 30 s without progress: $1 equal, 0 stalled, 0 failed"
  # That link did what it should.
  grep -qE '"lost" : [1-9]' out || give_up 'nothing was lost'
  grep -qE '"corrupted" : [1-9]' out || give_up 'nothing was damaged'
}

test_hostile_link_inspected_streams_arrive_byte_for_byte() {
  begin_hostile
  sallyport bench hostile --transfers 20 --parallel 20 --no-checks
  expect_perfect 20
}

test_hostile_link_inspected_streams_arrive_byte_for_byte_over_ipv6() {
  begin_hostile
  sallyport bench hostile --transfers 10 --parallel 10 --ipv6 --relay wan --no-checks
  expect_perfect 10
}

test_hostile_link_edited_streams_arrive_as_the_edited_text() {
  begin_hostile
  sallyport bench hostile --transfers 20 --parallel 20 --edit --no-checks
  expect_perfect 20
}

test_path_mtu_discovery_ping_and_traces_work() {
  begin_hostile
  sallyport bench hostile --transfers 0
  expect_exit 0
}

test_relay_stands_on_its_own() {
  local ns=sally-relay-$$
  begin_hostile
  trap 'ip netns del "'"$ns"'-one"; ip netns del "'"$ns"'-two"; ip netns del "'"$ns"'"' EXIT
  ip netns add "$ns" && ip netns add "$ns-one" && ip netns add "$ns-two"
  ip -n "$ns" link add a0 type veth peer name eth0 netns "$ns-one"
  ip -n "$ns" link add b0 type veth peer name eth0 netns "$ns-two"
  ip -n "$ns" link set a0 up && ip -n "$ns" link set b0 up
  ip -n "$ns-one" address add 192.0.2.1/24 dev eth0 && ip -n "$ns-one" link set eth0 up
  ip -n "$ns-two" address add 192.0.2.2/24 dev eth0 && ip -n "$ns-two" link set eth0 up
  ip netns exec "$ns" "$SALLYPORT" bench relay --a a0 --b b0 --duplicate 100 --seed 7 > out 2> err &
  local relay=$!
  for ((i = 0; i < 100; i++)); do
    ip netns exec "$ns-one" ping -c 1 -W 0.2 192.0.2.2 > /dev/null && break
  done
  ip netns exec "$ns-one" ping -c 2 -i 0.2 -W 2 192.0.2.2 > pings || give_up "no ping passes: $(< pings)"
  kill "$relay"
  wait "$relay" || true
  expect_text pings 'duplicates'
  expect_text out '"duplicated"'
}
