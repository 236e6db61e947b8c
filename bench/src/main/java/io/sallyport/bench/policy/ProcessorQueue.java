package io.sallyport.bench.policy;

import io.sallyport.bench.KernelThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * How long the kernel has kept a thread waiting for a processor, though it was ready to run: the second number of {@code schedstat}
 * in procfs. For the thread that makes it. A kernel without scheduler statistics says 0.
 */
final class ProcessorQueue implements AutoCloseable {
    private final FileChannel file;
    private final ByteBuffer text = ByteBuffer.allocateDirect(64);

    /** Of the calling thread. */
    ProcessorQueue() throws IOException {
        this.file = FileChannel.open(Path.of("/proc/self/task", KernelThread.own(), "schedstat"));
    }

    /** Nanoseconds since the thread began. */
    long waitedNs() throws IOException {
        text.clear();
        file.read(text, 0);
        text.flip();
        long number = 0;
        boolean isSecond = false;
        while (text.hasRemaining()) {
            byte next = text.get();
            if (next >= '0' && next <= '9') {
                number = isSecond ? 10 * number + next - '0' : 0;
            } else if (isSecond) {
                return number;
            } else {
                isSecond = true;
            }
        }
        return number;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
