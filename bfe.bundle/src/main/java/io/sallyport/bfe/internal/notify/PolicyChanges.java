package io.sallyport.bfe.internal.notify;

import io.sallyport.bfe.api.ChangeListener;
import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate.Flag;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.api.Subscription;
import io.sallyport.bfe.internal.store.ChangeLog;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.bfe.internal.template.Selection;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscriptions to changes of policy (NOTE-1 to NOTE-8). Whoever commits only puts notices into bounded mailboxes, under
 * the writer lock, so that all subscribers see the commits in one order.
 */
public final class PolicyChanges implements AutoCloseable {

    /** A replaced policy of some thousand filters fits. */
    private static final int CAPACITY = 16_384;

    private static final Logger LOG = LoggerFactory.getLogger(PolicyChanges.class);

    private final int capacity;
    private volatile CommitListener onCommit = (session, before, after, changes) -> {};
    private final CopyOnWriteArrayList<Entry> entries = new CopyOnWriteArrayList<>();

    /** Nobody is subscribed. */
    public PolicyChanges() {
        this(CAPACITY);
    }

    PolicyChanges(int capacity) {
        this.capacity = capacity;
    }

    /** One subscription. */
    private final class Entry implements Subscription {
        private final SessionId owner;
        private final SessionInfo session;
        private final ObjectAccess access;
        private final EnumTemplate<?> template;
        private final Set<ChangeType> changes;
        private final Selection selection;
        private final Mailbox<Consumer<ChangeListener>> mailbox;

        Entry(
                SessionId owner,
                SessionInfo session,
                ObjectAccess access,
                EnumTemplate<?> template,
                Set<ChangeType> changes,
                Selection selection,
                ChangeListener listener) {
            this.owner = owner;
            this.session = session;
            this.access = access;
            this.template = template;
            this.changes = Set.copyOf(changes);
            this.selection = selection;
            this.mailbox = new Mailbox<>(
                    "sallyport-changes-listener",
                    capacity,
                    call -> call.accept(listener),
                    (count, last) -> it -> it.dropped(count),
                    () -> entries.remove(this));
        }

        @Override
        public SessionInfo session() {
            return session;
        }

        @Override
        public EnumTemplate<?> template() {
            return template;
        }

        @Override
        public Set<ChangeType> changes() {
            return changes;
        }

        @Override
        public int waiting() {
            return mailbox.waiting();
        }

        @Override
        public long lost() {
            return mailbox.lost();
        }

        @Override
        public void close() {
            mailbox.close();
        }

        void tell(ChangeType change, ChangeLog.Change it, PolicyState view) {
            if (selection.type() == it.type()
                    && changes.contains(change)
                    && selection.test(view, it.object())
                    && access.mayRead(view, it.type(), it.key())) {
                ChangeNotice notice = new ChangeNotice(change, it.type(), it.key(), it.id());
                mailbox.offer(listener -> listener.changed(notice));
            }
        }
    }

    /**
     * Subscribes.
     *
     * @param owner whose subscription it is
     * @param session the same session, as others see it
     * @param access what it may learn
     * @param template which objects
     * @param changes what to tell
     * @param listener whom
     * @return the subscription
     * @throws PolicyException NEVER_MATCH if there can be nothing to tell; INVALID_FLAGS; IN_USE if there are too many; what
     *     {@code access} says
     */
    public Subscription subscribe(
            SessionId owner,
            SessionInfo session,
            ObjectAccess access,
            EnumTemplate<?> template,
            Set<ChangeType> changes,
            ChangeListener listener)
            throws PolicyException {
        if (changes.isEmpty()) {
            throw new PolicyException(WfpError.NEVER_MATCH, "the subscription asks neither for adds nor for deletes");
        }
        if (template instanceof EnumTemplate.Layers || template instanceof EnumTemplate.Sessions) {
            throw new PolicyException(
                    WfpError.NEVER_MATCH,
                    "layers never change, and sessions are no objects of policy: nothing to tell");
        }
        if (template instanceof EnumTemplate.Filters filters
                && filters.template().flags().contains(Flag.BEST_TERMINATING_MATCH)) {
            throw new PolicyException(
                    WfpError.INVALID_FLAGS, "best-terminating-match chooses among filters; a change is about one");
        }
        Selection selection = Selection.of(template);
        access.checkSubscribe(selection.type());
        long own = entries.stream().filter(it -> it.owner.equals(owner)).count();
        if (own >= Subscription.MOST_OPEN) {
            throw new PolicyException(
                    WfpError.IN_USE, "this session has " + own + " subscriptions; close those that are done");
        }
        Entry entry = new Entry(owner, session, access, template, EnumSet.copyOf(changes), selection, listener);
        entries.add(entry);
        entry.mailbox.start();
        return entry;
    }

    /**
     * Sets who is told of each commit as a whole.
     *
     * @param listener called by whoever commits, which waits for it
     */
    public void onCommit(CommitListener listener) {
        onCommit = listener;
    }

    /**
     * Puts the changes of a commit on their way. By the holder of the writer lock, when they are in force (NOTE-8).
     *
     * @param changes what was changed
     * @param session the session that did it: its own subscriptions are not told (NOTE-3)
     * @param before what was in force before: deleted objects are held against templates there
     * @param after what is in force now
     */
    public void tell(ChangeLog changes, SessionId session, PolicyState before, PolicyState after) {
        try {
            onCommit.committed(session, before, after, changes);
            for (Entry entry : entries) {
                if (!entry.owner.equals(session)) {
                    changes.deleted().forEach(it -> entry.tell(ChangeType.DELETE, it, before));
                    changes.added().forEach(it -> entry.tell(ChangeType.ADD, it, after));
                }
            }
        } catch (RuntimeException e) {
            // The policy is in force: whoever made it must not be told that it failed.
            LOG.error("not everybody was told of policy {}", after.revision(), e);
        }
    }

    /**
     * All subscriptions.
     *
     * @return in order of creation
     */
    public List<Subscription> list() {
        return List.copyOf(entries);
    }

    /**
     * A session is over, and its subscriptions with it (NOTE-7). Waits for no listener.
     *
     * @param session which one
     */
    public void sessionEnded(SessionId session) {
        entries.stream().filter(it -> it.owner.equals(session)).forEach(it -> it.mailbox.end());
    }

    /** Ends all subscriptions. Waits for no listener. */
    @Override
    public void close() {
        entries.forEach(it -> it.mailbox.end());
    }
}
