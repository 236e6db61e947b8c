package io.sallyport.engine.internal.classify;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.internal.policy.CompiledFilter;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The reusable result: a block until somebody writes something else. Owned by one worker. */
final class Outcome implements ClassifyOutcome {
    private static final byte[] NOTHING = new byte[0];

    private Action action = Action.BLOCK;
    private boolean isPermitted;
    private ClassifyReason reason = ClassifyReason.NO_POLICY;
    private boolean isAbsorbed;
    private boolean isVeto;
    private @Nullable FilterTag filter;
    private @Nullable FilterTag faulted;
    private final FilterTag[] endings = new FilterTag[MOST_ENDINGS];
    private final ActionType[] endingActions = new ActionType[MOST_ENDINGS];
    private int endingCount;
    private long context;
    private String revision = "";
    private StreamAction streamAction = StreamAction.NONE;
    private int bytesEnforced;
    private int bytesRequired;
    private int editOffset;
    private int bytesRemoved;
    private byte[] injected = NOTHING;
    private int injectedLength;

    /** Back to a block, of which nobody is the author yet. */
    void reset(String policyRevision) {
        failClosed(ClassifyReason.INTERNAL_FAULT);
        revision = policyRevision;
    }

    /** Writes what arbitration ends with where no filter matches. */
    void unmatched(Layer layer, String policyRevision) {
        decide(Action.NONE_NO_MATCH, !layer.isLookupOnly(), ClassifyReason.POLICY, null);
        mark(false, false);
        stream(StreamAction.NONE, 0, 0);
        endingCount = 0;
        faulted = null;
        revision = policyRevision;
    }

    /** Writes what arbitration ended with. */
    void decide(Action result, boolean permitted, ClassifyReason why, @Nullable CompiledFilter by) {
        action = result;
        isPermitted = permitted;
        reason = why;
        filter = by == null ? null : by.tag;
        context = by == null ? 0 : by.runtime.rawContext();
    }

    /** Notes that a filter's callout failed. */
    void faulted(CompiledFilter by) {
        faulted = by.tag;
    }

    /** Notes that a filter ended its sublayer. */
    void ended(CompiledFilter by) {
        if (endingCount < MOST_ENDINGS) {
            endings[endingCount] = by.tag;
            endingActions[endingCount] = by.action;
            endingCount++;
        }
    }

    void mark(boolean absorbed, boolean veto) {
        isAbsorbed = absorbed;
        isVeto = veto;
    }

    void stream(StreamAction what, int enforced, int required) {
        streamAction = what;
        bytesEnforced = enforced;
        bytesRequired = required;
    }

    /** Replaces bytes; the outcome keeps the array until it is overwritten. */
    void edit(int at, int removed, byte[] with, int added) {
        stream(StreamAction.EDIT, 0, 0);
        editOffset = at;
        bytesRemoved = removed;
        injected = with;
        injectedLength = added;
    }

    boolean isBlock() {
        return action == Action.BLOCK
                && streamAction != StreamAction.NEED_MORE_DATA
                && streamAction != StreamAction.DEFER;
    }

    boolean isWithoutMatch() {
        return action == Action.NONE_NO_MATCH;
    }

    @Override
    public void failClosed(ClassifyReason why) {
        decide(Action.BLOCK, false, why, null);
        mark(false, false);
        stream(StreamAction.NONE, 0, 0);
        endingCount = 0;
        faulted = null;
        revision = "";
    }

    @Override
    public Action action() {
        return action;
    }

    @Override
    public boolean isPermitted() {
        return isPermitted;
    }

    @Override
    public ClassifyReason reason() {
        return reason;
    }

    @Override
    public boolean isAbsorbed() {
        return isAbsorbed;
    }

    @Override
    public boolean isVeto() {
        return isVeto;
    }

    @Override
    public @Nullable FilterTag filter() {
        return filter;
    }

    @Override
    public @Nullable FilterTag faulted() {
        return faulted;
    }

    @Override
    public int endings() {
        return endingCount;
    }

    @Override
    public FilterTag ending(int index) {
        return endings[Objects.checkIndex(index, endingCount)];
    }

    @Override
    public ActionType endingAction(int index) {
        return endingActions[Objects.checkIndex(index, endingCount)];
    }

    @Override
    public long context() {
        return context;
    }

    @Override
    public String revision() {
        return revision;
    }

    @Override
    public StreamAction streamAction() {
        return streamAction;
    }

    @Override
    public int bytesEnforced() {
        return bytesEnforced;
    }

    @Override
    public int bytesRequired() {
        return bytesRequired;
    }

    @Override
    public int editOffset() {
        return editOffset;
    }

    @Override
    public int bytesRemoved() {
        return bytesRemoved;
    }

    @Override
    public byte[] injectedBytes() {
        return injected;
    }

    @Override
    public int injectedLengthBytes() {
        return injectedLength;
    }
}
