package io.sallyport.bfe.internal.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.gateway.api.Notices;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AuditLinesTest {
    private final List<String> lines = new ArrayList<>();
    private final AtomicLong clockNs = new AtomicLong(Long.MAX_VALUE - 5);
    private final AuditLines audit = new AuditLines(
            new Operator(() -> new Notices() {
                @Override
                public void state(String line) {
                    lines.add(line);
                }

                @Override
                public void fault(String line) {
                    throw new AssertionError(line);
                }
            }),
            clockNs::get);

    @Test
    void shouldCountWhatWouldWashTheHistoryAway() {
        for (int i = 0; i < AuditLines.MOST + 5; i++) {
            audit.denied("attempt " + i);
        }
        assertThat(lines).hasSize(AuditLines.MOST).startsWith("denied: attempt 0");
        clockNs.addAndGet(TimeUnit.MINUTES.toNanos(1));
        audit.denied("the next");
        audit.denied("and one more");
        assertThat(lines)
                .hasSize(AuditLines.MOST + 2)
                .contains("denied: the next; before it, 5 more were denied", "denied: and one more");
    }

    @Test
    void shouldAlwaysTellOfLongTransactions() {
        for (int i = 0; i < AuditLines.MOST + 5; i++) {
            audit.overdue("long");
        }
        assertThat(lines).hasSize(AuditLines.MOST + 5);
    }
}
