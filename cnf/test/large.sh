# shellcheck shell=bash
# A policy of 100,000 filters on a live gateway with the memory that it gets by itself.

FILTERS=100000

# Addresses spread over all there are; the ports differ from one policy to the next.
large_policy() { # FIRST_PORT
  printf 'apiVersion: sallyport/v1\nprovider: large\nsublayers:\n  - {name: bulk, weight: 100}\nfilters:\n'
  awk -v first="$1" -v count="$FILTERS" 'BEGIN {
    for (i = 0; i < count; i++) {
      a = (i * 40503) % 65536
      printf "  - {name: f%d, layer: ale-auth-connect-v4, sublayer: bulk, action: block, when: [{ip-remote-address: 10.%d.%d.%d}, {ip-remote-port: {range: [%d, %d]}}]}\n",
        i, i / 65536, a / 256, a % 256, first + i % 50000, first + i % 50000 + 5000
    }
  }'
}

packets_pass() {
  in_client ping -c 1 -W 1 "$LAB_SERVER4" > /dev/null
}

# Whoever replaces all of them has the old and the new ones in memory; and packets go on meanwhile.
test_a_hundred_thousand_filters_come_and_go_without_a_standstill() {
  local mib
  need ping
  # shellcheck source=cnf/script/memory.sh
  mib=$(source "$ROOT/cnf/script/memory.sh" && machine_mib)
  ((mib >= 4096)) || skip 'the machine is one of those that get a small heap'
  begin_lab
  SALLYPORT_JAVA_OPTS='' lab_gateway
  lab_await 'frames' packets_pass
  large_policy 1 > one.yaml
  large_policy 9 > other.yaml
  lab_shell "policy apply $PWD/one.yaml" > out
  expect_text out "filters $FILTERS"
  packets_pass
  lab_shell 'filter list -o json' > listed
  (($(grep -o '"layer"' listed | wc -l) >= FILTERS)) || give_up 'not all are listed'
  lab_shell 'policy export --provider large' > exported
  (($(grep -c 'name: "\?f[0-9]' exported) == FILTERS)) || give_up 'not all are exported'
  lab_shell "policy apply $PWD/other.yaml" > out
  expect_text out "filters $FILTERS"
  packets_pass
  lab_stop_gateway
  ((LAB_STATUS == 0)) || give_up "exit $LAB_STATUS"
  # A second without a frame taken is told; so is an end for lack of memory, and a start after it.
  expect_no_text "$LAB_DIR/gateway.err" 'took no frames'
  expect_no_text "$LAB_DIR/gateway.err" 'memory'
}
