package io.sallyport.bfe.internal.live;

import io.sallyport.gateway.api.Notices;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator, or at least the log while there is nobody who could tell him. */
final class Operator {
    private static final Logger LOG = LoggerFactory.getLogger("io.sallyport.bfe");

    private final Supplier<@Nullable Notices> notices;

    Operator(Supplier<@Nullable Notices> notices) {
        this.notices = notices;
    }

    void state(String line) {
        Notices now = notices.get();
        if (now == null) {
            LOG.info("{}", line);
        } else {
            now.state(line);
        }
    }

    void fault(String line) {
        Notices now = notices.get();
        if (now == null) {
            LOG.error("{}", line);
        } else {
            now.fault(line);
        }
    }
}
