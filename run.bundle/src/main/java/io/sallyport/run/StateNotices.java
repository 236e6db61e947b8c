package io.sallyport.run;

import io.sallyport.callout.BfeState;
import io.sallyport.callout.BfeStateListener;
import java.util.Locale;

/** Tells the operator of the base filtering engine's states, but not of those that every start goes through. */
final class StateNotices implements BfeStateListener {
    private final NoticeBoard notices;
    private volatile boolean isReady;
    private volatile BfeState latest = BfeState.STOPPED;

    StateNotices(NoticeBoard notices) {
        this.notices = notices;
    }

    /** The start is over: from now on a change is news. */
    void setReady() {
        isReady = true;
    }

    /** Whether it is away because it was stopped, and not because of a failure. */
    boolean isStopped() {
        return latest == BfeState.STOPPED;
    }

    @Override
    public void bfeStateChanged(BfeState state) {
        latest = state;
        String line = "base filtering engine: "
                + state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        if (isReady) {
            notices.state(line);
        } else {
            notices.note(line);
        }
    }
}
