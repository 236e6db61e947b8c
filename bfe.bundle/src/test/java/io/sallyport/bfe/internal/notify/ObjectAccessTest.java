package io.sallyport.bfe.internal.notify;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.bfe.security.Principal;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.WfpError;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Subscriptions of somebody who may subscribe to providers only, and read some of them. */
class ObjectAccessTest {
    private static final Set<ChangeType> BOTH = EnumSet.allOf(ChangeType.class);
    private static final UUID OPEN = new UUID(1, 1);
    private static final UUID SECRET = new UUID(1, 2);
    private static final SessionId READER = new SessionId(1, "reader", false);
    private static final SessionId WRITER = new SessionId(2, "writer", false);

    private final BlockingQueue<ChangeNotice> heard = new LinkedBlockingQueue<>();

    private static final class Limited implements ObjectAccess {
        @Override
        public void checkSubscribe(ObjectType type) throws PolicyException {
            if (type != ObjectType.PROVIDER) {
                throw new PolicyException(WfpError.INVALID_PARAMETER, "denied on purpose");
            }
        }

        @Override
        public boolean mayRead(PolicyState policy, ObjectType type, UUID key) {
            assertThat(policy.provider(key))
                    .as("the policy in which the object is")
                    .isNotNull();
            return !key.equals(SECRET);
        }
    }

    @Test
    @Tag("NOTE-5")
    void shouldTellOnlyWhatTheSubscriberMayReadOfContainersThatItMaySubscribeTo() throws Exception {
        try (PolicyChanges changes = new PolicyChanges()) {
            SessionInfo session =
                    new SessionInfo(new UUID(9, 9), "reader", Principal.SYSTEM, false, 0, Instant.EPOCH, null, 0);
            assertRefused(
                    WfpError.INVALID_PARAMETER,
                    () -> changes.subscribe(
                            READER, session, new Limited(), new EnumTemplate.Sublayers(null), BOTH, heard::add));
            assertThat(changes.list()).isEmpty();
            changes.subscribe(READER, session, new Limited(), new EnumTemplate.Providers(), BOTH, heard::add);

            PolicyState empty = PolicyState.initial();
            Draft adding = new Draft(empty, WRITER);
            for (UUID key : new UUID[] {SECRET, OPEN}) {
                adding.add(new Provider(key, DisplayData.of("p" + key), false, null, Map.of()));
            }
            PolicyState both = adding.freeze();
            changes.tell(adding.changes(), WRITER, empty, both);
            Draft deleting = new Draft(both, WRITER);
            deleting.delete(ObjectType.PROVIDER, SECRET);
            deleting.delete(ObjectType.PROVIDER, OPEN);
            changes.tell(deleting.changes(), WRITER, both, deleting.freeze());

            for (ChangeType change : new ChangeType[] {ChangeType.ADD, ChangeType.DELETE}) {
                assertThat(heard.poll(20, SECONDS)).isEqualTo(new ChangeNotice(change, ObjectType.PROVIDER, OPEN, 0));
            }
        }
    }
}
