package io.sallyport.itest.evasion;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.itest.wire.Ends;
import io.sallyport.stack.port.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Many conversations through one gateway after the other, each between ends of its own: from either side, opened by either end.
 * Keeps the first failures with what happened in them.
 */
final class Trials implements AutoCloseable {
    private static final int CONVERSATIONS_PER_GATEWAY = 4_000;
    private static final int MAX_SHOWN = 3;

    private final List<String> failures = new ArrayList<>();
    private final Random random;
    private Gateway gateway;
    private int played;
    private int failed;

    Trials(long seed) {
        random = new Random(seed);
    }

    Random random() {
        return random;
    }

    int played() {
        return played;
    }

    /** No receiver may read the word, nor choose between versions of anything. */
    void attack(String name, boolean isV6, Consumer<Attacker> attack) throws Exception {
        Attacker attacker = new Attacker(gateway(), nextEnds(isV6), Reading.random(random), base());
        attack.accept(attacker);
        check(name, attacker);
    }

    /** As well, the traffic says itself that it has arrived. */
    void harmless(String name, boolean isV6, Predicate<Attacker> traffic) throws Exception {
        Attacker attacker = new Attacker(gateway(), nextEnds(isV6), Reading.usual(), base());
        if (!traffic.test(attacker)) {
            fail(name + ": does not arrive: " + attacker.victim().tcp() + "\n" + attacker.log());
        }
        check(name, attacker);
    }

    /** Without a gateway: whatever the victim reads, its witness must see. True if it read the word. */
    boolean onOpenWire(String name, boolean isV6, Consumer<Attacker> attack) {
        Attacker attacker = new Attacker(Medium.OPEN_WIRE, nextEnds(isV6), Reading.random(random), base());
        attack.accept(attacker);
        played++;
        boolean hasRead = attacker.victim().hasReadWord();
        if (hasRead && attacker.findings().isEmpty()) {
            fail(name + ": read, and not seen: " + attacker.victim().tcp() + "\n" + attacker.log());
        }
        return hasRead;
    }

    private void check(String name, Attacker attacker) {
        played++;
        List<String> findings = attacker.findings();
        if (!findings.isEmpty() || attacker.victim().hasReadWord()) {
            fail(name + ": " + findings + " " + attacker.victim().tcp() + "\n" + attacker.log());
        }
        if (!gateway.isBalanced()) {
            fail(name + ": the ledger does not balance\n" + attacker.log());
        }
    }

    private Ends nextEnds(boolean isV6) {
        return new Ends(isV6, played, (played & 1) == 0 ? Side.LAN : Side.WAN, (played & 2) == 0);
    }

    /** Now and then a message lies over the place where sequence numbers begin anew. */
    private int base() {
        return played % 5 == 0 ? -3 - random.nextInt(12) : 0x1000_0000 + played * 64;
    }

    private Gateway gateway() throws Exception {
        if (gateway == null || played % CONVERSATIONS_PER_GATEWAY == 0) {
            close();
            gateway = new Gateway();
        }
        return gateway;
    }

    private void fail(String failure) {
        failed++;
        if (failures.size() < MAX_SHOWN) {
            failures.add(failure);
        }
    }

    /** Ends the trials. */
    void mustAllHaveGoneWell(int atLeast) {
        assertThat(failures).as("%d of %d failed, e.g.", failed, played).isEmpty();
        assertThat(played).isGreaterThanOrEqualTo(atLeast);
    }

    @Override
    public void close() {
        if (gateway != null) {
            gateway.close();
            gateway = null;
        }
    }
}
