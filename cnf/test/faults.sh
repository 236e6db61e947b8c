# shellcheck shell=bash
# The box's own faults, with real clients on either side: interfaces that go and come, a process that is stopped, memory
# that is short or gone. Needs root and namespaces.

pings() {
  in_client ping -c 1 -W 1 "$LAB_SERVER4" > /dev/null
}

expect_no_ping() {
  if in_client ping -c 2 -i 0.2 -W 0.4 "$LAB_SERVER4" > /dev/null; then
    give_up 'a ping passed'
  fi
}

says() { # TEXT
  grep -F -- "$1" "$LAB_DIR/gateway.err"
}

# A value out of the statistics: interfaces wan linkFailed.
count_of() { # SIDE NAME
  lab_shell 'stats show -o json' | tr -d ' \n' | sed -n "s/.*\"$1\":{\"name\":\"[^}]*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p"
}

state_is() { # SIDE STATE
  [[ $(count_of "$1" state) == "$2" ]]
}

# A long transfer through link flaps of either side: every byte arrives, and the gateway drops what comes meanwhile.
test_a_transfer_outlives_links_that_go_down_and_up() {
  local link
  begin_lab
  lab_serve
  lab_gateway
  lab_start client transfer curl -s --max-time 60 --limit-rate 2M -o "$LAB_DIR/bytes" "http://$LAB_SERVER4/bytes/12000000"
  for link in lan0 wan0 lan0 wan0; do
    lab_await 'bytes' test -s "$LAB_DIR/bytes"
    in_gateway ip link set "$link" down
    lab_await 'the fault' says "interface $link went down"
    expect_no_ping
    in_gateway ip link set "$link" up
    lab_await 'frames' pings
  done
  wait "$LAB_STARTED" || give_up "the transfer failed with $?"
  (($(stat -c %s "$LAB_DIR/bytes") == 12000000))
  (($(count_of wan linkFailed) + $(count_of lan linkFailed) > 0))
  lab_stop_gateway
  ((LAB_STATUS == 0))
}

test_an_interface_is_renamed_deleted_and_made_again() {
  begin_lab
  lab_gateway
  lab_await 'frames' pings
  in_gateway ip link set wan0 down
  in_gateway ip link set wan0 name outside
  in_gateway ip link set outside up
  lab_await 'frames by the new name' pings
  lab_shell 'bfe status' > status
  grep -E '^wan +outside$' status > /dev/null || give_up "$(cat status)"
  in_gateway ip link del outside
  lab_await 'the fault' says 'interface outside is gone'
  expect_no_ping
  # By the name of the command line, with IPv6 and offloads as a new interface has them.
  in_gateway ip link add wan0 type veth peer name eth0 netns "$LAB-server"
  lab_host server "$LAB_SERVER4" "$LAB_SERVER6"
  in_client ip neigh flush dev eth0
  lab_await 'frames by the new interface' pings
  [[ $(in_gateway cat /proc/sys/net/ipv6/conf/wan0/disable_ipv6) == 1 ]]
  [[ $(in_gateway nft list ruleset | grep -c 'policy drop') == 2 ]]
  in_gateway ethtool -k wan0 | grep -E '^generic-segmentation-offload: off' > /dev/null
  lab_stop_gateway
  ((LAB_STATUS == 0))
  [[ $(in_gateway cat /proc/sys/net/ipv6/conf/wan0/disable_ipv6) == 0 ]]
  [[ -z $(in_gateway nft list ruleset) ]]
}

test_mtu_and_mac_address_change_and_the_guard_is_kept() {
  begin_lab
  lab_gateway
  lab_await 'frames' pings
  in_gateway ip link set lan0 address 02:00:00:00:77:01
  in_gateway ip link set lan0 mtu 3000
  in_gateway ip link set wan0 mtu 3000
  in_client ip link set eth0 mtu 3000
  in_server ip link set eth0 mtu 3000
  lab_await 'large frames' in_client ping -c 1 -W 1 -M do -s 2900 "$LAB_SERVER4"
  says 'interface lan0: the MAC address is 02:00:00:00:77:01 now' > /dev/null
  says 'interface wan0: the MTU is 3000 now, it was 1500' > /dev/null
  in_gateway nft delete table netdev sallyport_lan0_wan0
  lab_await 'the guard' says 'was changed or deleted by somebody'
  [[ $(in_gateway nft list ruleset | grep -c 'policy drop') == 2 ]]
  lab_await 'frames' pings
}

# Stopped for longer than its kernel buffers hold, under a flood: no frame passes unjudged, and connections live on.
test_a_stopped_process_goes_on_with_its_flows() {
  local jvm permits
  begin_lab
  lab_serve
  lab_gateway
  lab_shell 'event settings --keyword classify-allow' > settings
  # One that the policy refuses, all the time, and one connection that waits.
  lab_start client waiting bash -c "exec 3<> /dev/tcp/$LAB_SERVER4/80; echo open; read -r go < $LAB_DIR/go
    printf 'GET / HTTP/1.0\r\n\r\n' >&3; cat <&3"
  mkfifo "$LAB_DIR/go"
  lab_await 'the connection' grep -q open "$LAB_DIR/waiting.log"
  lab_start server refused bash -c "while :; do echo x > /dev/udp/$LAB_CLIENT4/9999; done"
  lab_start client flood bash -c "while :; do echo x > /dev/udp/$LAB_SERVER4/7; done"
  jvm=$(lab_jvm)
  : > "$LAB_DIR/inside.log"
  kill -STOP "$jvm"
  expect_no_ping
  sleep 2
  kill -CONT "$jvm"
  lab_await 'the notice' says 'the gateway took no frames for'
  lab_await 'frames' pings
  echo go > "$LAB_DIR/go"
  lab_await 'the page' grep -qF 'Good morning' "$LAB_DIR/waiting.log"
  lab_shell 'stats show -o json' > stats
  expect_no_text stats internal-fault
  expect_empty "$LAB_DIR/inside.log"
  permits=$(lab_shell 'event list --kind permit --last 5000 -o json' | grep -cF '"inbound"' || true)
  ((permits == 0)) || give_up "$permits flows from outside were permitted"
}

# A plug-in of a vendor that takes memory until the old generation is so full, by the word in a file.
make_hoard() {
  mkdir -p hoard/OSGI-INF
  cat > Hoard.java <<'JAVA'
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

public final class Hoard {
    private static final List<byte[]> HELD = new ArrayList<>();

    public Hoard() {
        Thread thread = new Thread(Hoard::run, "hoard");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run() {
        Path file = Path.of(System.getenv("HOARD_FILE"));
        try {
            while (!Files.exists(file)) {
                Thread.sleep(20);
            }
            int percent = Integer.parseInt(Files.readString(file).strip());
            Files.delete(file);
            MemoryPoolMXBean old = ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(MemoryPoolMXBean::isUsageThresholdSupported)
                    .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
                    .findFirst()
                    .orElseThrow();
            long most = old.getUsage().getMax();
            System.gc();
            while (percent > 100 || old.getCollectionUsage().getUsed() * 100 < most * percent) {
                long missing = percent > 100 ? most : most / 100 * percent - old.getCollectionUsage().getUsed();
                for (long taken = 0; taken < missing; taken += 1 << 18) {
                    HELD.add(new byte[1 << 18]);
                }
                System.gc();
            }
        } catch (java.io.IOException | InterruptedException e) {
            e.printStackTrace();
        }
    }
}
JAVA
  "$JDK/bin/javac" --release 17 -d hoard Hoard.java
  cat > hoard/OSGI-INF/hoard.xml <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="hoard" immediate="true">
  <implementation class="Hoard"/>
</scr:component>
XML
  printf 'Bundle-ManifestVersion: 2\nBundle-SymbolicName: hoard\nBundle-Version: 1.0.0\nService-Component: OSGI-INF/hoard.xml\n' > manifest
  "$JDK/bin/jar" cfm hoard.jar manifest -C hoard .
  export HOARD_FILE=$PWD/how-full
}

deploy_hoard() {
  cp hoard.jar "$LAB_HOME/plugins/.hoard.jar"
  mv "$LAB_HOME/plugins/.hoard.jar" "$LAB_HOME/plugins/hoard.jar"
}

arrives() { # URL
  in_client curl -s --max-time 2 "$1" | grep -F 'Good morning' > /dev/null
}

# A connection that a stream filter could match does not begin when memory is short; what needs no inspection does.
test_short_memory_refuses_inspected_connections_only() {
  refuses_inspected_connections_only -Xms160m -Xmx160m
}

test_short_memory_refuses_inspected_connections_only_with_zgc() {
  refuses_inspected_connections_only -XX:+UseZGC -Xms1536m -Xmx1536m
}

refuses_inspected_connections_only() { # JVM OPTION..
  begin_lab
  make_hoard
  lab_serve
  SALLYPORT_JAVA_OPTS="$SALLYPORT_JAVA_OPTS $* -Dsallyport.trust=off" lab_gateway
  cp "$ROOT/target/samples/word-block.jar" "$LAB_HOME/plugins/word-block.jar"
  lab_shell "policy apply $ROOT/cnf/demo/policy.yaml" > applied
  lab_await 'a page' arrives "http://$LAB_SERVER4/"
  deploy_hoard
  echo 96 > "$HOARD_FILE.tmp"
  mv "$HOARD_FILE.tmp" "$HOARD_FILE"
  lab_await 'the notice' says 'memory is short'
  if arrives "http://$LAB_SERVER4/"; then
    give_up 'a connection began that cannot be followed'
  fi
  pings || give_up 'a ping does not pass'
  lab_shell 'event list --kind drop --last 100 -o json' > drops
  expect_text drops limit-heap-inspection
}

runs_anew() { # PID
  local now
  now=$(lab_jvm)
  [[ -n $now && $now != "$1" ]] && kill -0 "$now"
}

test_without_memory_it_ends_and_starts_again_behind_its_guard() {
  local jvm
  begin_lab
  make_hoard
  SALLYPORT_JAVA_OPTS='-Xms128m -Xmx128m -Dsallyport.trust=off' lab_gateway
  deploy_hoard
  lab_await 'frames' pings
  jvm=$(lab_jvm)
  echo 101 > "$HOARD_FILE.tmp"
  mv "$HOARD_FILE.tmp" "$HOARD_FILE"
  lab_await 'the end' says 'the gateway ran out of memory'
  expect_no_ping
  [[ $(in_gateway nft list ruleset | grep -c 'policy drop') == 2 ]]
  lab_await 'another process' runs_anew "$jvm"
  lab_await 'ready again' test "$(grep -cx ready "$LAB_DIR/gateway.out")" -ge 1
  lab_await 'frames' pings
  lab_stop_gateway
  ((LAB_STATUS == 0)) || give_up "exit $LAB_STATUS"
  # What the first one changed, the second one gave back.
  [[ -z $(in_gateway nft list ruleset) ]]
  [[ $(in_gateway cat /proc/sys/net/ipv6/conf/lan0/disable_ipv6) == 0 ]]
  in_gateway ethtool -k lan0 | grep -E '^generic-segmentation-offload: on' > /dev/null
}

# ---- the watch over the process, with a gateway that is none

# Writes its number into the home, as the real one does, and ends with the codes that are asked of it, one after the other.
fake_gateway() {
  mkdir -p home/run
  cat > gateway <<'BASH'
#!/usr/bin/env bash
echo $$ > home/run/lock
echo started >> starts
code=$(sed -n "$(wc -l < starts)p" codes)
[[ $code != clean ]] || { : > home/run/lock; exit 0; }
[[ $code != denied ]] || { : > home/run/lock; exit 3; }
[[ $code != kill ]] || kill -KILL $$
[[ $code != wait ]] || { trap ': > home/run/lock; exit 0' TERM; echo waiting; while :; do sleep 0.05; done; }
exit "$code"
BASH
  chmod +x gateway
}

watch_over() { # CODE..
  local status=0
  printf '%s\n' "$@" > codes
  : > starts
  bash -euo pipefail -c "source '$ROOT/cnf/script/say.sh'; source '$ROOT/cnf/script/run.sh'; RESTART_DELAYS=(0 0 0)
    supervise home ./gateway" > out 2> err < /dev/null || status=$?
  STATUS=$status
}

test_the_watch_starts_again_what_died_and_nothing_else() {
  fake_gateway
  watch_over 3 134 clean
  expect_exit 0
  (($(wc -l < starts) == 3))
  expect_text err 'ran out of memory'
  expect_text err 'crashed (signal 6)'
  watch_over kill clean
  expect_exit 0
  expect_text err 'was killed'
  ! grep -q 'line [0-9]' err || give_up "bash speaks, too: $(cat err)"
  watch_over denied
  expect_exit 3
  (($(wc -l < starts) == 1))
  watch_over 1
  expect_exit 1
  (($(wc -l < starts) == 1))
}

test_the_watch_gives_up_what_dies_again_and_again() {
  fake_gateway
  watch_over 3 3 3 3 3 3 3 3
  expect_exit 1
  (($(wc -l < starts) == 4))
  expect_text err 'it stays down'
}

test_the_watch_hands_signals_on_and_takes_the_gateway_with_it() {
  local watch
  fake_gateway
  echo wait > codes
  : > starts
  bash -euo pipefail -c "source '$ROOT/cnf/script/say.sh'; source '$ROOT/cnf/script/run.sh'; supervise home ./gateway" > out 2> err < /dev/null &
  watch=$!
  await_text out waiting
  kill -TERM "$watch"
  wait "$watch" || give_up "exit $?"
  setpriv --pdeathsig KILL true || skip 'setpriv knows no --pdeathsig'
  : > out
  : > starts
  bash -euo pipefail -c "source '$ROOT/cnf/script/say.sh'; source '$ROOT/cnf/script/run.sh'; supervise home ./gateway" > out 2> err < /dev/null &
  watch=$!
  await_text out waiting
  kill -KILL "$watch"
  wait "$watch" || true
  await_end "$(< home/run/lock)" 'the gateway is still there'
}
