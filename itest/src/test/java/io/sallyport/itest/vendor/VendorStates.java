package io.sallyport.itest.vendor;

import io.sallyport.callout.BfeState;
import io.sallyport.callout.BfeStateListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Learns the state of the base filtering engine, and shows a test what it was told. */
public final class VendorStates implements BfeStateListener, Supplier<List<String>> {
    private final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void bfeStateChanged(BfeState state) {
        told.add(state.name());
    }

    @Override
    public List<String> get() {
        return List.copyOf(told);
    }
}
