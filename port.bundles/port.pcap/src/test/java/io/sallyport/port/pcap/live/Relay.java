package io.sallyport.port.pcap.live;

import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.port.LivePort.LiveHandler;
import io.sallyport.stack.port.Side;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The simplest handler: what comes in by one side leaves by the other. Completes checksums, as the stack does. */
final class Relay implements LiveHandler {
    final AtomicLong ticks = new AtomicLong();
    final AtomicLong frames = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong cut = new AtomicLong();
    final AtomicInteger largestBytes = new AtomicInteger();

    private final FrameTransmitter toLan;
    private final FrameTransmitter toWan;
    private final @Nullable Consumer<byte[]> look;

    Relay(LivePort port) {
        this(port, null);
    }

    /** Shows a copy of each frame as it came. */
    Relay(LivePort port, @Nullable Consumer<byte[]> look) {
        this.look = look;
        toLan = port.toLan();
        toWan = port.toWan();
    }

    @Override
    public void onBatch(Side side, FrameBatch batch) {
        FrameTransmitter out = side == Side.LAN ? toWan : toLan;
        int refusedNow = 0;
        int cutNow = 0;
        for (int i = 0; i < batch.count(); i++) {
            int length = batch.lengthBytes(i);
            if (length > largestBytes.getPlain()) {
                largestBytes.set(length);
            }
            if (length < batch.wireLengthBytes(i)) {
                cutNow++;
            }
            Consumer<byte[]> looker = look;
            if (looker != null) {
                byte[] bytes = new byte[length];
                batch.memory().get(batch.offset(i), bytes);
                looker.accept(bytes);
            }
            Checksums.complete(batch.memory(), batch.offset(i), length);
            if (!out.transmit(batch.memory(), batch.offset(i), length, batch.timestampNs(i))) {
                refusedNow++;
            }
        }
        out.flush();
        frames.lazySet(frames.getPlain() + batch.count());
        refused.lazySet(refused.getPlain() + refusedNow);
        cut.lazySet(cut.getPlain() + cutNow);
    }

    @Override
    public void onTick(long nowNs) {
        ticks.lazySet(ticks.getPlain() + 1);
    }
}
