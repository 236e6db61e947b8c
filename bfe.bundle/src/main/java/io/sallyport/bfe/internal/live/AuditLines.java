package io.sallyport.bfe.internal.live;

import io.sallyport.bfe.internal.session.Audit;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What is denied and what takes long, as events. Whoever may try may try often: after {@value #MOST} lines in a minute, the
 * others are counted only, so that nobody washes the history away.
 */
final class AuditLines implements Audit {
    static final int MOST = 30;
    private static final long WINDOW_NS = TimeUnit.MINUTES.toNanos(1);

    private final Operator operator;
    private final LongSupplier clockNs;
    private long windowNs; // guarded by this, as are the others
    private int said;
    private long unsaid;

    AuditLines(Operator operator, LongSupplier clockNs) {
        this.operator = operator;
        this.clockNs = clockNs;
        this.windowNs = clockNs.getAsLong();
    }

    @Override
    public void denied(String line) {
        long missed;
        synchronized (this) {
            long nowNs = clockNs.getAsLong();
            if (nowNs - windowNs >= WINDOW_NS) {
                windowNs = nowNs;
                said = 0;
            }
            if (said == MOST) {
                unsaid++;
                return;
            }
            said++;
            missed = unsaid;
            unsaid = 0;
        }
        operator.state("denied: " + line + (missed == 0 ? "" : "; before it, " + missed + " more were denied"));
    }

    @Override
    public void overdue(String line) {
        operator.state(line);
    }
}
