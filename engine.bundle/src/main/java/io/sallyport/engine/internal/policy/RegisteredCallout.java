package io.sallyport.engine.internal.policy;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.engine.api.CalloutAccount;
import io.sallyport.engine.api.FaultKind;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A callout that is registered with one engine, from registering to the last context's deletion. Immutable, but for
 * some marks: the fence, set once by the management plane when a leaving callout could not be drained in time, after which
 * workers drop its contexts without calling it; the quarantine, set by the management plane as well; its faults, counted by
 * workers; and, while a new version takes an old one's place, the two know each other.
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

    /** What it has out. */
    public final CalloutAccount account;

    /** How often it failed, by {@link FaultKind}. */
    private final AtomicLongArray faults = new AtomicLongArray(FaultKind.values().length);

    /** Written by the management plane, read before each call. */
    private volatile boolean isQuarantined;

    private volatile boolean isFenced;
    private volatile @Nullable Throwable firstFault;
    private volatile @Nullable Throwable lastFault;
    private volatile String faultWithoutException = "";
    private final AtomicInteger seenFailing = new AtomicInteger();
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
        this.account = door.account();
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

    /** Has nobody call it any more, or has it called again. Management plane. */
    public void quarantine(boolean isOut) {
        isQuarantined = isOut;
    }

    /** Tells whether it is not to be called for now: its failure policy counts. */
    public boolean isQuarantined() {
        return isQuarantined;
    }

    /** How often it failed. */
    public long faults(FaultKind kind) {
        return faults.get(kind.ordinal());
    }

    /** How often it failed, whatever it was. */
    public long faults() {
        long sum = 0;
        for (int i = 0; i < faults.length(); i++) {
            sum += faults.get(i);
        }
        return sum;
    }

    /** A call took longer than its budget. Management plane. */
    public void overrun() {
        faults.incrementAndGet(FaultKind.TIME.ordinal());
    }

    /** Counts a fault and remembers the first one and the latest; classify plane. The management plane logs when it next looks. */
    public void fault(Throwable fault) {
        faults.incrementAndGet(FaultKind.of(fault).ordinal());
        lastFault = fault;
        if (firstFault == null) {
            firstFault = fault;
        }
    }

    /** Remembers that an answer made no sense; classify plane. */
    public void nonsense() {
        faultWithoutException(
                FaultKind.NONSENSE,
                "an answer that the filter does not allow, such as neither permit nor block for callout-terminating");
    }

    /** Remembers that it injected what had been injected too often; classify plane. */
    public void wentInCircles() {
        faultWithoutException(
                FaultKind.CIRCLE,
                "a packet that it injected again and again; what is injected by itself it must let be");
    }

    private void faultWithoutException(FaultKind kind, String what) {
        faults.incrementAndGet(kind.ordinal());
        faultWithoutException = what;
        lastFault = null; // this is the latest now
    }

    /** The watchdog had seen a worker in a call that then failed; classify plane. */
    public void wasSeenFailing() {
        seenFailing.incrementAndGet();
    }

    /** In how many calls that failed the watchdog has seen a worker: each stands for the time between two of its looks. */
    public int seenFailing() {
        return seenFailing.get();
    }

    public @Nullable Throwable firstFault() {
        return firstFault;
    }

    public @Nullable Throwable lastFault() {
        return lastFault;
    }

    /** What it did wrong last without an exception; empty if nothing. */
    public String faultWithoutException() {
        return faultWithoutException;
    }
}
