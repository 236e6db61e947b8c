# shellcheck shell=bash
# What clients are told about what does not pass, by what their own tools say. Needs root and namespaces.

# shellcheck source=cnf/test/gateway.sh
source "$ROOT/cnf/test/gateway.sh"

policy() { # POLITE_LAYERS
  cat << EOF
apiVersion: sallyport/v1
provider: operator
sublayers:
  - {name: rules, weight: 30000}
filters:
  - name: closed-out
    layer: [ale-auth-connect-v4, ale-auth-connect-v6]
    sublayer: rules
    when: [{ip-protocol: {in: [tcp, udp]}}, {ip-remote-port: {in: [53, 80]}}]
    action: block
  - {name: polite, layer: [$1], sublayer: rules, action: permit}
EOF
}

# curl says how it ended: 7 = refused, 28 = no answer in time.
curl_status() { # SIDE URL SECONDS
  local status=0
  page "$@" > /dev/null || status=$?
  printf '%s' "$status"
}

is_refused() { # SIDE URL
  [[ $(curl_status "$1" "$2" 10) == 7 ]]
}

is_met_with_silence() { # SIDE URL
  [[ $(curl_status "$1" "$2" 1) == 28 ]]
}

dig_says() { # SERVER SECONDS
  in_client dig +tries=1 +time="$2" "@$1" www.example.org A 2>&1 || true
}

test_refusals_are_silent_or_told_at_once_as_policy_says() {
  begin_lab
  lab_serve
  lab_gateway
  # Silence to both sides: what the default policy blocks from outside, and what this one blocks from inside.
  policy inbound-icmp-error-v4-discard > policy.yaml
  lab_shell "policy apply $PWD/policy.yaml" > applied
  is_met_with_silence client "http://$LAB_SERVER4/"
  is_met_with_silence client "http://[$LAB_SERVER6]/"
  is_met_with_silence server "http://$LAB_CLIENT4:8080/"
  [[ $(dig_says "$LAB_SERVER4" 1) == *'timed out'* ]]
  # Hosts inside are told, hosts outside are not.
  policy ale-auth-connect-v4-discard,ale-auth-connect-v6-discard > policy.yaml
  lab_shell "policy apply $PWD/policy.yaml" > applied
  is_refused client "http://$LAB_SERVER4/"
  is_refused client "http://[$LAB_SERVER6]/"
  is_met_with_silence server "http://$LAB_CLIENT4:8080/"
  is_met_with_silence server "http://[$LAB_CLIENT6]:8080/"
  dig_says "$LAB_SERVER4" 10 > dig4
  expect_text dig4 'host unreachable'
  dig_says "$LAB_SERVER6" 10 > dig6
  expect_no_text dig6 'timed out'
  # And the other way round.
  policy ale-auth-recv-accept-v4-discard,ale-auth-recv-accept-v6-discard > policy.yaml
  lab_shell "policy apply $PWD/policy.yaml" > applied
  is_refused server "http://$LAB_CLIENT4:8080/"
  is_refused server "http://[$LAB_CLIENT6]:8080/"
  is_met_with_silence client "http://$LAB_SERVER4/"
  lab_shell 'stats show -o json' > stats
  expect_text stats answers-reset
  expect_no_text stats internal-fault
}

test_senders_learn_what_fits() {
  need ping
  begin_lab
  ip -n "$LAB-gateway" link set wan0 mtu 1400
  ip -n "$LAB-server" link set eth0 mtu 1400
  lab_serve
  lab_gateway
  # Without "don't fragment", and before the sender knows better, it arrives in pieces, and so does the answer.
  in_client ping -c 1 -W 2 -M 'dont' -s 1400 "$LAB_SERVER4" > ping || give_up "$(cat ping)"
  in_client ping -c 1 -W 2 -M 'do' -s 1400 "$LAB_SERVER4" > ping4 || true
  expect_text ping4 'mtu = 1400'
  in_client ping -c 1 -W 2 -M 'do' -s 1400 "$LAB_SERVER6" > ping6 || true
  expect_text ping6 'mtu=1400'
  # The sender has learnt it, and sends smaller pieces by itself.
  in_client ping -c 1 -W 2 -s 1400 "$LAB_SERVER6" > ping || give_up "$(cat ping)"
  (($(page client "http://$LAB_SERVER4/bytes/2000000" 20 | wc -c) == 2000000))
  (($(page client "http://[$LAB_SERVER6]/bytes/2000000" 20 | wc -c) == 2000000))
  lab_shell 'stats show -o json' > stats
  expect_text stats answers-too-big
  expect_text stats packets-fragmented
  expect_no_text stats internal-fault
}
