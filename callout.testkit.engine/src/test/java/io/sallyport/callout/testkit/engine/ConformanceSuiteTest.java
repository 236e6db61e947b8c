package io.sallyport.callout.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;
import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;

/** Each check can fail: a callout or plug-in for each that does what it forbids, and one that does nothing of it. */
class ConformanceSuiteTest {
    private static final String EVERYWHERE = """
        apiVersion: sallyport/v1
        provider: probe
        callouts:
          - {key: com.example.probe, layer: [stream-v4, datagram-data-v4, ale-auth-connect-v4]}
        filters:
          - {name: probe, layer: [stream-v4, datagram-data-v4, ale-auth-connect-v4], action: callout-unknown,
             callout: com.example.probe}
        """;

    /** Key of the sublayer of somebody else that the suite puts beside: made of its name and its provider's. */
    private static final String THIRD_PARTY = "3dd5c173-1efc-53bb-81ea-1f9bd7612823";

    /** As a vendor writes it. */
    private static class Suite extends ConformanceSuite {
        private final Supplier<? extends Callout> callout;
        private final String policy;

        Suite(Supplier<? extends Callout> callout) {
            this(callout, EVERYWHERE);
        }

        Suite(Supplier<? extends Callout> callout, String policy) {
            this.callout = callout;
            this.policy = policy;
        }

        @Override
        protected TestGateway gateway() {
            return TestGateway.with(Probe.KEY, callout).policy(policy);
        }
    }

    /** The checks that fail, with what they say. */
    private static Map<String, String> failures(ConformanceSuite suite) throws Exception {
        Map<String, String> failures = new LinkedHashMap<>();
        for (DynamicTest test : tests(suite)) {
            try {
                test.getExecutable().execute();
            } catch (AssertionError e) {
                failures.put(test.getDisplayName(), e.getMessage());
            } catch (Throwable e) {
                throw new IllegalStateException(test.getDisplayName(), e);
            }
        }
        return failures;
    }

    @SuppressWarnings("unchecked")
    private static List<DynamicTest> tests(ConformanceSuite suite) throws Exception {
        var checks = ConformanceSuite.class.getDeclaredMethod("checks");
        checks.setAccessible(true); // JUnit's to call
        return ((Stream<DynamicTest>) checks.invoke(suite)).toList();
    }

    private static String failure(ConformanceSuite suite, String check) throws Exception {
        Map<String, String> failures = failures(suite);
        assertThat(failures).containsOnlyKeys(check);
        return failures.get(check);
    }

    @Test
    void shouldPassWhoDoesNothingWrong() throws Exception {
        assertThat(tests(new Suite(Probe::new)))
                .extracting(DynamicTest::getDisplayName)
                .containsExactly(
                        "CleanUninstall",
                        "MaintainOneTerminating",
                        "AssociateWithObjects",
                        "UseOwnOrBuiltIn",
                        "NoTamperingWith3rdPartyObjects",
                        "PacketInjection-NoDeadlocks",
                        "StreamInjection-NoStreamStarvation",
                        "NoAccessViolations",
                        "WFPObjectACLs");
        assertThat(failures(new Suite(Probe::new))).isEmpty();
    }

    @Test
    void shouldNotPassWhoIsNeverCalled() throws Exception {
        assertThat(failures(new Suite(Probe::new, "{apiVersion: sallyport/v1, provider: probe}")))
                .hasSize(9)
                .allSatisfy((check, message) -> assertThat(message).contains("the traffic does not reach the callout"));
    }

    // ---- CleanUninstall

    private static final List<Callout> NEVER_FORGOTTEN = new ArrayList<>();

    @Test
    void shouldFindAnInstanceThatIsHeld() throws Exception {
        Supplier<Callout> remembering = () -> {
            Callout made = new Probe();
            NEVER_FORGOTTEN.add(made);
            return made;
        };
        assertThat(failure(new Suite(remembering), "CleanUninstall")).contains("something still holds the instance");
        NEVER_FORGOTTEN.clear();
    }

    private static final class Threaded extends Probe {
        Threaded(CountDownLatch end) {
            Thread thread = new Thread(() -> await(end), "left behind");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldFindAThreadThatGoesOn() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        assertThat(failure(new Suite(() -> new Threaded(end)), "CleanUninstall"))
                .contains("its thread 'left behind' goes on");
        end.countDown();
    }

    // ---- MaintainOneTerminating

    private abstract static class Classifier extends Probe {
        @Override
        public abstract void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out);
    }

    private static final class Insisting extends Classifier {
        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            out.permit();
        }
    }

    @Test
    void shouldFindAnswersWithoutEffect() throws Exception {
        String datagrams = EVERYWHERE.replace("[stream-v4, datagram-data-v4, ale-auth-connect-v4]", "datagram-data-v4");
        assertThat(failure(new Suite(Insisting::new, datagrams), "MaintainOneTerminating"))
                .contains("answers without effect behind another's hard permit");
    }

    @Test
    void shouldFindATerminatingCalloutThatDoesNotDecide() throws Exception {
        String terminating = EVERYWHERE.replace("callout-unknown", "callout-terminating");
        assertThat(failures(new Suite(Probe::new, terminating)).get("MaintainOneTerminating"))
                .contains("faults alone")
                .contains("neither permit nor block");
    }

    // ---- AssociateWithObjects

    private static final class Hoarder extends Classifier {
        private final List<Object> kept = new ArrayList<>();

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            Object context = new Object();
            kept.add(context);
            associate(values.layer(), metadata, flowContext, context);
        }
    }

    @Test
    void shouldFindContextsThatOutliveTheirFlows() throws Exception {
        assertThat(failure(new Suite(Hoarder::new), "AssociateWithObjects"))
                .contains("what it keeps grows with every flow that has ended");
    }

    /** Gets contexts back late, as one whose own thread reports about them first. */
    private static final class Pooling extends Classifier {
        private static final int LATE = 500;

        private final Deque<Object> free = new ArrayDeque<>();
        private final Deque<Object> used = new ArrayDeque<>();

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            FlowHandle flow = metadata.flow();
            if (flow != null && flowContext == null) {
                Object context = free.isEmpty() ? new Object() : free.pop();
                flow.associate(values.layer(), context);
            }
        }

        @Override
        public void flowDelete(Layer layer, long flowId, Object context) {
            used.add(context);
            while (used.size() > LATE) {
                free.push(used.remove());
            }
        }
    }

    @Test
    void shouldNotMindAPool() throws Exception {
        assertThat(failures(new Suite(Pooling::new))).isEmpty();
    }

    // ---- UseOwnOrBuiltIn, NoTamperingWith3rdPartyObjects, WFPObjectACLs

    private static UUID foreign(TestGateway gateway, String type) {
        return gateway.underTest().objects().stream()
                .filter(note -> note.type().equals(type) && note.name().startsWith("third-party"))
                .map(note -> UUID.fromString(note.key()))
                .findFirst()
                .orElseThrow();
    }

    /** A plug-in's own session is refused that anyway; a policy file is the operator's, and may. */
    @Test
    void shouldFindAFilterInTheSublayerOfSomebodyElse() throws Exception {
        String guest = EVERYWHERE.replace(
                "callout-unknown,", "callout-unknown, lifetime: static, sublayer: " + THIRD_PARTY + ",");
        assertThat(failure(new Suite(Probe::new, guest), "UseOwnOrBuiltIn"))
                .contains("filter probe is in the sublayer third-party of third-party");
        Suite suite = new Suite(Probe::new) {
            @Override
            protected void addPolicy(PolicySession session) throws PolicyException {
                session.apply(edit -> edit.add(Filter.builder("guest", Layer.ALE_AUTH_CONNECT_V4, ActionType.PERMIT)
                        .build()));
            }
        };
        assertThat(failures(suite)).isEmpty();
    }

    @Test
    void shouldFindThatObjectsOfOthersWereReplaced() throws Exception {
        Suite suite = new Suite(Probe::new) {
            @Override
            protected void traffic(TestGateway gateway) {
                super.traffic(gateway);
                gateway.apply("{apiVersion: sallyport/v1, provider: third-party}");
            }
        };
        assertThat(failures(suite).get("NoTamperingWith3rdPartyObjects")).contains("filter third-party-4 is gone");
    }

    @Test
    void shouldFindThatRightsOfOthersWereChanged() throws Exception {
        Suite suite = new Suite(Probe::new) {
            @Override
            protected void traffic(TestGateway gateway) {
                super.traffic(gateway);
                RealGateway real = (RealGateway) gateway.underTest();
                SecurityTarget target = SecurityTarget.object(ObjectType.FILTER, foreign(gateway, "filter"));
                try (Session session = real.bfe().openSession(SessionOptions.named("intruder"))) {
                    session.setSecurity(
                            target,
                            new SecurityInfo(
                                    session.security(target).owner(),
                                    List.of(AccessEntry.deny(
                                            Trustee.EVERYONE, AccessRights.DELETE, AccessEntry.Scope.THIS)),
                                    false));
                } catch (PolicyException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        assertThat(failure(suite, "WFPObjectACLs")).contains("filter third-party-4 was changed");
    }

    // ---- PacketInjection-NoDeadlocks

    private static final class Forgetful extends Classifier {
        private CalloutHost host;

        @Override
        public void open(CalloutHost door) {
            host = door;
        }

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            if (values.layer() == Layer.ALE_AUTH_CONNECT_V4 && out.hasWriteRight()) {
                host.pend(metadata);
                out.block();
                out.absorb();
                out.clearWriteRight();
            }
        }
    }

    @Test
    void shouldFindAPendThatIsNeverCompleted() throws Exception {
        assertThat(failure(new Suite(Forgetful::new), "PacketInjection-NoDeadlocks"))
                .contains("it pended a packet and never completed it");
    }

    // ---- StreamInjection-NoStreamStarvation

    private static final class Deferring extends Classifier {
        /** With an end or a reset nothing can be deferred. */
        private static final int ENDS = StreamFlags.RECEIVE_DISCONNECT | StreamFlags.RECEIVE_ABORT;

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            if (data instanceof StreamData stream
                    && (stream.flags() & StreamFlags.RECEIVE) != 0
                    && (stream.flags() & ENDS) == 0
                    && stream.lengthBytes() > 0
                    && out.hasWriteRight()) {
                stream.defer();
                out.block();
            }
        }
    }

    @Test
    void shouldFindAStreamThatNobodyContinues() throws Exception {
        assertThat(failure(new Suite(Deferring::new), "StreamInjection-NoStreamStarvation"))
                .contains("the connection 192.0.2.10:20000 > 203.0.113.9:80 neither comes to its end nor is refused");
    }

    // ---- NoAccessViolations

    private static final class Trusting extends Classifier {
        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            if (values.layer() == Layer.DATAGRAM_DATA_V4) {
                data.u32(4); // of whatever length
            }
        }
    }

    @Test
    void shouldFindReadsBehindTheEnd() throws Exception {
        assertThat(failure(new Suite(Trusting::new), "NoAccessViolations"))
                .contains("it throws java.lang.IndexOutOfBoundsException");
    }
}
