package io.sallyport.stack.shim.testing;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FilterTag;
import org.jspecify.annotations.Nullable;

/** An outcome that only has an identity: shims hand it on and never look. */
public final class TestOutcome implements ClassifyOutcome {

    @Override
    public Action action() {
        throw new AssertionError("shims do not look at outcomes");
    }

    @Override
    public boolean isPermitted() {
        throw new AssertionError("shims do not look at outcomes");
    }

    @Override
    public ClassifyReason reason() {
        throw new AssertionError("shims do not look at outcomes");
    }

    @Override
    public boolean isAbsorbed() {
        throw new AssertionError("shims do not look at outcomes");
    }

    @Override
    public boolean isVeto() {
        throw new AssertionError("shims do not look at outcomes");
    }

    @Override
    public @Nullable FilterTag filter() {
        throw new AssertionError("shims do not look at outcomes");
    }

    @Override
    public long context() {
        throw new AssertionError("shims do not look at outcomes");
    }

    @Override
    public String revision() {
        throw new AssertionError("shims do not look at outcomes");
    }

    @Override
    public StreamAction streamAction() {
        throw new AssertionError("shims do not look at outcomes");
    }

    @Override
    public int bytesEnforced() {
        throw new AssertionError("shims do not look at outcomes");
    }

    @Override
    public int bytesRequired() {
        throw new AssertionError("shims do not look at outcomes");
    }

    @Override
    public int editOffset() {
        return 0;
    }

    @Override
    public int bytesRemoved() {
        return 0;
    }

    @Override
    public byte[] injectedBytes() {
        return new byte[0];
    }

    @Override
    public int injectedLengthBytes() {
        return 0;
    }

    @Override
    public void failClosed(ClassifyReason reason) {
        throw new AssertionError("shims do not change outcomes");
    }
}
