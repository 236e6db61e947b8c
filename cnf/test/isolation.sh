# shellcheck shell=bash
# A plug-in that misbehaves in a live gateway: it is told by name and kept out, everybody else goes on, and after its release it
# works again. Needs root and namespaces.

readonly HOSTILE=com.example.hostile

# A plug-in whose callout permits what it is shown, or does what the file says instead.
make_hostile() {
  local api
  api=$(ls "$ROOT"/callout.api/target/callout.api-*.jar)
  mkdir -p hostile/OSGI-INF source
  cat > source/Hostile.java << 'JAVA'
import io.sallyport.callout.*;
import java.nio.file.*;
import java.util.concurrent.locks.LockSupport;

public final class Hostile implements Callout {
    private volatile long spins;

    @Override
    public void classify(IncomingValues values, IncomingMetadata metadata, LayerData data, RuntimeFilter filter,
            Object flowContext, ClassifyOut out) {
        switch (mode()) {
            case "exception" -> throw new IllegalStateException("it is hostile");
            case "nonsense" -> spins++;
            case "loop" -> {
                while (true) {
                    spins++;
                }
            }
            default -> out.permit();
        }
    }

    private static String mode() {
        try {
            return Files.readString(Path.of(System.getenv("HOSTILE_FILE"))).strip();
        } catch (java.io.IOException e) {
            return "";
        }
    }
}
JAVA
  "$JDK/bin/javac" --release 17 -cp "$api" -d hostile source/Hostile.java
  cat > hostile/OSGI-INF/hostile.xml << XML
<?xml version="1.0" encoding="UTF-8"?>
<scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="hostile">
  <implementation class="Hostile"/>
  <property name="sallyport.callout.key" value="$HOSTILE"/>
  <service scope="prototype"><provide interface="io.sallyport.callout.Callout"/></service>
</scr:component>
XML
  printf '%s\n' 'Bundle-ManifestVersion: 2' "Bundle-SymbolicName: $HOSTILE" 'Bundle-Version: 1.0.0' \
    'Import-Package: io.sallyport.callout;version="[1.2,2)",io.sallyport.layer;version="[1.0,2)"' \
    'Service-Component: OSGI-INF/hostile.xml' > manifest
  "$JDK/bin/jar" cfm hostile.jar manifest -C hostile .
  export HOSTILE_FILE=$PWD/mode
  behave good
}

behave() { # MODE
  echo "$1" > "$HOSTILE_FILE.tmp"
  mv "$HOSTILE_FILE.tmp" "$HOSTILE_FILE"
}

# Names are the hostile one's business, pages are not.
resolves() {
  [[ $(in_client dig +short +time=1 +tries=1 "@$LAB_SERVER4" www.example.org A) == 192.0.2.80 ]]
}

arrives() {
  in_client curl -s --max-time 2 "http://$LAB_SERVER4/" | grep -F 'Good morning' > /dev/null
}

# Each datagram is a flow of its own, and a call.
flood() { # COUNT
  in_client bash -c "for ((i = 0; i < $1; i++)); do echo question > /dev/udp/$LAB_SERVER4/53; done" 2> /dev/null || true
}

# What callout top says of it, in one line.
top() {
  lab_shell 'callout top -o json' | tr -d '\n' | tr -s ' '
}

top_says() { # TEXT..
  local text said
  said=$(top)
  for text; do
    [[ $said == *"$text"* ]] || return 1
  done
}

expect_out() { # WHY TEXT..
  lab_await "$1" top_says "${@:2}"
  if resolves; then
    give_up "$1: a name was resolved"
  fi
  arrives || give_up "$1: a page does not arrive"
}

release() {
  behave good
  lab_shell "callout release $HOSTILE" > released
  expect_text released "$HOSTILE called again"
  lab_await 'a name again' resolves
  top_says '"state" : "in-service"' || give_up "$(top)"
}

test_a_hostile_plugin_costs_only_itself() {
  local before after
  begin_lab
  make_hostile
  lab_serve
  SALLYPORT_JAVA_OPTS="$SALLYPORT_JAVA_OPTS -Dsallyport.trust=off" lab_gateway
  cat > policy.yaml << END
apiVersion: sallyport/v1
provider: test
callouts: [{key: $HOSTILE, layer: datagram-data-v4}]
filters:
  - {name: names, layer: datagram-data-v4, action: callout-terminating, callout: $HOSTILE, when: [{ip-remote-port: 53}]}
END
  lab_shell "policy apply $PWD/policy.yaml" > applied
  if resolves; then
    give_up 'a name was resolved without the plug-in'
  fi
  lab_shell "plugin install $PWD/hostile.jar" > installed
  lab_await 'a name' resolves

  behave exception
  before=$(wc -l < "$LAB_HOME/log/sallyport.log")
  flood 300
  expect_out exceptions '"state" : "quarantined"' 'IllegalStateException: it is hostile'
  after=$(wc -l < "$LAB_HOME/log/sallyport.log")
  ((after - before <= 10)) || give_up "$((after - before)) lines for one plug-in"
  grep -F "$HOSTILE is kept out for" "$LAB_HOME/log/sallyport.log" > /dev/null || give_up 'the log does not say it'
  release

  behave nonsense
  flood 100
  expect_out nonsense '"state" : "quarantined"' 'an answer that the filter does not allow'
  release

  lab_shell "callout quarantine $HOSTILE" > quarantined
  expect_text quarantined 'kept out until callout release'
  expect_out 'the operator' '"state" : "quarantined"' '"secondsLeft" : null'
  release

  behave loop
  flood 1
  expect_out 'a thread that is lost' '"state" : "quarantined"' '"stuckThreads" : 1' 'longer than its budget'
  release
  arrives || give_up 'a page does not arrive'
  lab_shell 'stats show -o json' > stats
  expect_no_text stats internal-fault
}
