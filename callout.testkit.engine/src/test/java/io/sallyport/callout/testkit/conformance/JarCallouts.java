package io.sallyport.callout.testkit.conformance;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is put into the jars of {@link JarConformanceTest}: each is loaded from there, and not from the class path. */
final class JarCallouts {
    private JarCallouts() {}

    /** Does nothing wrong. */
    public static class Quiet implements Callout {
        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                @Nullable LayerData data,
                RuntimeFilter filter,
                @Nullable Object flowContext,
                ClassifyOut out) {
            // says nothing
        }
    }

    /** Says what only the suite may say. */
    public static final class Printer extends Quiet {
        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                @Nullable LayerData data,
                RuntimeFilter filter,
                @Nullable Object flowContext,
                ClassifyOut out) {
            System.out.println("CleanUninstall: failed: by a line of its own");
        }
    }

    /** Keeps what it had of flows. */
    public static final class Hoarder extends Quiet {
        private final List<Object> kept = new ArrayList<>();

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                @Nullable LayerData data,
                RuntimeFilter filter,
                @Nullable Object flowContext,
                ClassifyOut out) {
            FlowHandle flow = metadata.flow();
            if (flow != null && flowContext == null) {
                Object context = new Object();
                kept.add(context);
                flow.associate(values.layer(), context);
            }
        }
    }

    /** Throws. */
    public static final class Thrower extends Quiet {
        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                @Nullable LayerData data,
                RuntimeFilter filter,
                @Nullable Object flowContext,
                ClassifyOut out) {
            throw new ArithmeticException("of\nmine");
        }
    }

    /** Cannot even be made. */
    public static final class Unmade extends Quiet {
        /** Fails. */
        public Unmade() {
            throw new NoClassDefFoundError("com/example/Gone");
        }
    }

    /** Finds what is behind the kit, if it is given to it. */
    public static final class Peeker extends Quiet {
        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                @Nullable LayerData data,
                RuntimeFilter filter,
                @Nullable Object flowContext,
                ClassifyOut out) {
            for (String name : List.of(
                    "io.sallyport.engine.internal.FilterEngineImpl",
                    "io.sallyport.callout.testkit.gateway.TestGateway",
                    "org.junit.jupiter.api.extension.Extension",
                    "io.sallyport.policy.PolicySession")) {
                try {
                    Class.forName(name, false, getClass().getClassLoader());
                } catch (ClassNotFoundException e) {
                    continue;
                }
                throw new IllegalStateException("it sees " + name);
            }
        }
    }

    /** Never comes back, also when it is interrupted. */
    public static final class Hanger extends Quiet {
        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                @Nullable LayerData data,
                RuntimeFilter filter,
                @Nullable Object flowContext,
                ClassifyOut out) {
            while (true) {
                Thread.onSpinWait();
            }
        }
    }
}
