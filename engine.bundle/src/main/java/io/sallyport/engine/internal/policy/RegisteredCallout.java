package io.sallyport.engine.internal.policy;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutFlags;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A callout that is registered with one engine, from registering to the last context's deletion. Immutable, but for
 * three marks: the fence, set once by the management plane when a leaving callout could not be drained in time, after which
 * workers drop its contexts without calling it; the first fault, set by a worker; and, while a new version takes an old
 * one's place, the two know each other.
 */
public final class RegisteredCallout {
    /** The name under which it registered. */
    public final String name;

    /** This engine's own instance. */
    public final Callout instance;

    /** Its door into the packet path. */
    public final CalloutDoor door;

    /** CONDITIONAL_ON_FLOW (CALL-17). */
    public final boolean isConditionalOnFlow;

    /** ALLOW_MID_STREAM_INSPECTION (STR-17). */
    public final boolean isMidStreamAllowed;

    /** ENABLE_COMMIT_ADD_NOTIFY (TXN-17). */
    public final boolean wantsCommitNotice;

    /**
     * Never given twice, but for a new version that takes over: it goes by the number of the old one. What outlives the
     * callout remembers this and not the object: answers on streams and marks of injected packets are the new version's own.
     */
    public final long serial;

    /** Small number, unique among the callouts whose contexts may exist: index into each worker's tables. */
    public final int index;

    /** Where workers count it; the same for all that ever registered under this name. */
    public final int counterSlot;

    private volatile boolean isFenced;
    private volatile @Nullable Throwable firstFault;
    private volatile boolean hasAnsweredNonsense;
    private volatile @Nullable RegisteredCallout heir;
    private volatile @Nullable RegisteredCallout predecessor;
    private final LongAdder inherited = new LongAdder();
    private final LongAdder notInherited = new LongAdder();

    public RegisteredCallout(
            String name, int flags, Callout instance, CalloutDoor door, long serial, int index, int counterSlot) {
        this.name = name;
        this.serial = serial;
        this.instance = instance;
        this.isConditionalOnFlow = (flags & CalloutFlags.CONDITIONAL_ON_FLOW) != 0;
        this.isMidStreamAllowed = (flags & CalloutFlags.ALLOW_MID_STREAM_INSPECTION) != 0;
        this.wantsCommitNotice = (flags & CalloutFlags.ENABLE_COMMIT_ADD_NOTIFY) != 0;
        this.index = index;
        this.counterSlot = counterSlot;
        this.door = door;
        door.registered(this);
    }

    /** Has a new version inherit the contexts of this one; before both are published. Management plane. */
    public void isSucceededBy(RegisteredCallout newVersion) {
        heir = newVersion;
        newVersion.predecessor = this;
    }

    /** Nothing is handed over any more: this one has left, or its heir leaves. Management plane. */
    public void forgetHeir() {
        RegisteredCallout newVersion = heir;
        heir = null;
        if (newVersion != null) {
            newVersion.predecessor = null;
        }
    }

    /** Who gets the contexts of this callout, which is leaving; null: nobody, they are only deleted. */
    public @Nullable RegisteredCallout heir() {
        return heir;
    }

    /** Who leaves contexts to this callout; null: nobody, or all are handed over. */
    public @Nullable RegisteredCallout predecessor() {
        return predecessor;
    }

    /** Counts a context of the predecessor: handed over, or only deleted. Classify plane, seldom. */
    public void countInheritance(boolean isHandedOver) {
        (isHandedOver ? inherited : notInherited).increment();
    }

    /** How many contexts were handed over to this one. */
    public long inherited() {
        return inherited.sum();
    }

    /** How many contexts of the predecessor could not be handed over. */
    public long notInherited() {
        return notInherited.sum();
    }

    /** Keeps everybody out from now on. */
    public void fence() {
        isFenced = true;
    }

    public boolean isFenced() {
        return isFenced;
    }

    /** Remembers the first fault; classify plane. The management plane logs it when it next looks. */
    public void fault(Throwable fault) {
        if (firstFault == null) {
            firstFault = fault;
        }
    }

    /** Remembers that an answer made no sense; classify plane. */
    public void nonsense() {
        hasAnsweredNonsense = true;
    }

    public @Nullable Throwable firstFault() {
        return firstFault;
    }

    /** Says that it answers nonsense; empty if it has not. */
    public String describeNonsense() {
        return hasAnsweredNonsense
                ? "an answer that the filter does not allow, such as neither permit nor block for callout-terminating"
                : "";
    }
}
