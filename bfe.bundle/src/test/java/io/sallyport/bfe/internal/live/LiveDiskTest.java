package io.sallyport.bfe.internal.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.PolicyException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway whose store is on a small disk of its own, which fills up or can only be read. Needs root. */
class LiveDiskTest {
    /** Many enough for more room than the store's file has inside. */
    private static final int FILTERS = 1_000;

    @TempDir
    Path home;

    private LiveHarness gateway;
    private int mounts;

    @BeforeEach
    void mountAndStart() throws Exception {
        Path store = Files.createDirectory(home.resolve("store"));
        mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", store.toString());
        gateway = new LiveHarness(home).start(null);
    }

    @AfterEach
    void stopAndUnmount() throws Exception {
        if (gateway != null) {
            gateway.close();
        }
        while (mounts > 0) {
            unmount();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8 << 10})
    @Tag("TXN-4")
    void shouldChangeNothingWhenTheDiskIsFullAndCommitOnceThereIsRoom(int roomBytes) throws Exception {
        Path ballast = gateway.store().resolve("ballast");
        fill(ballast);
        if (roomBytes > 0) {
            try (var file = Files.newByteChannel(ballast, StandardOpenOption.WRITE)) {
                file.truncate(file.size() - roomBytes);
            }
        }
        requireRefused("No space left on device");
        Files.delete(ballast);
        requireCommitted();
    }

    @Test
    @Tag("TXN-4")
    void shouldChangeNothingWhenTheDiskIsReadOnlyAndCommitOnceItIsNot() throws Exception {
        String store = gateway.store().toString();
        mount("--bind", store, store);
        mount("-o", "remount,bind,ro", store);
        mounts--;
        requireRefused("Read-only file system");
        unmount();
        requireCommitted();
    }

    private void requireRefused(String reason) throws PolicyException {
        String revision = gateway.bfe().revision();
        int published = gateway.engine.published.size();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(this::commit).isInstanceOf(PolicyException.class).hasMessageContaining(reason);
        }
        assertThat(gateway.bfe().revision()).isEqualTo(revision);
        assertThat(gateway.engine.published).hasSize(published);
    }

    /** By the same gateway, and it is there after a restart. */
    private void requireCommitted() throws PolicyException {
        commit();
        String revision = gateway.bfe().revision();
        gateway.stop();
        gateway.start(null);
        assertThat(gateway.bfe().revision()).isEqualTo(revision);
        assertThat(gateway.bfe().current().filters()).hasSizeGreaterThan(FILTERS);
    }

    private void commit() throws PolicyException {
        try (Session session = gateway.bfe().openSession(SessionOptions.named("test"));
                Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            for (int i = 0; i < FILTERS; i++) {
                transaction.add(Filter.builder("filter " + i, Layer.STREAM_V4, ActionType.PERMIT)
                        .flags(FilterFlags.PERSISTENT)
                        .build());
            }
            transaction.commit();
        }
    }

    private static void fill(Path file) throws IOException {
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (file.toFile().getUsableSpace() > 0) {
                out.write(page);
            }
        }
    }

    private void mount(String... arguments) throws Exception {
        Assumptions.assumeTrue(run("mount", arguments) == 0, "needs the right to mount a file system");
        mounts++;
    }

    private void unmount() throws Exception {
        assertThat(run("umount", home.resolve("store").toString())).isZero();
        mounts--;
    }

    private static int run(String command, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
