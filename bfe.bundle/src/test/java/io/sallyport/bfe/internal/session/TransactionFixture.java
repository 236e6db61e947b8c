package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of transactions have: an engine without filters, its sessions, threads for those who wait for each other. */
abstract class TransactionFixture {
    static final TransactionMode READ = TransactionMode.READ_ONLY;
    static final TransactionMode WRITE = TransactionMode.READ_WRITE;

    @TempDir
    Path folder;

    final ExecutorService threads = Executors.newCachedThreadPool();
    Bench bench;

    @BeforeEach
    void setUp() {
        bench = new Bench(folder);
    }

    @AfterEach
    void tearDown() {
        threads.shutdownNow();
    }

    final Session open(String name) throws PolicyException {
        return bench.bfe.openSession(SessionOptions.named(name));
    }

    final Session openImpatient(String name) throws PolicyException {
        return bench.bfe.openSession(new SessionOptions(name, false, 1));
    }

    static Filter filter(String name) {
        return Filter.builder(name, Layer.STREAM_V4, ActionType.BLOCK).build();
    }

    final List<String> inForce() {
        return bench.engine.current().filters().stream().map(FilterImage::name).toList();
    }
}
