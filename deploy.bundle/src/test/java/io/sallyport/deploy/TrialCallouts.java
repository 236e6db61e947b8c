package io.sallyport.deploy;

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

/** What is put into the jars of {@link ConformanceTrialTest}. */
final class TrialCallouts {
    private TrialCallouts() {}

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

    /** Ends the process that it is in, with the code of a success. */
    public static final class Ender extends Quiet {
        /** Ends it. */
        public Ender() throws ReflectiveOperationException {
            Class<?> runtime = Class.forName("java.lang.Runtime");
            runtime.getMethod("halt", int.class)
                    .invoke(runtime.getMethod("getRuntime").invoke(null), 0);
        }
    }

    /** Never comes back. */
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
