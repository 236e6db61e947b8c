package io.sallyport.bench.crash;

import io.sallyport.bfe.internal.disk.PolicyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of a store at one time. */
final class StoreImage {
    private final byte[] store;
    private final byte[] seal;

    /** Both belong to the caller still, who may change them when the image is of no use any more. */
    StoreImage(byte[] store, byte[] seal) {
        this.store = store;
        this.seal = seal;
    }

    static StoreImage read(Path folder) throws IOException {
        return new StoreImage(
                Files.readAllBytes(folder.resolve(PolicyStore.FILE)),
                Files.readAllBytes(folder.resolve(PolicyStore.SEAL)));
    }

    void write(Path folder) throws IOException {
        Files.write(folder.resolve(PolicyStore.FILE), store);
        Files.write(folder.resolve(PolicyStore.SEAL), seal);
    }

    /** The records: not a copy. */
    byte[] store() {
        return store;
    }

    /** Which revision is the newest: not a copy. */
    byte[] seal() {
        return seal;
    }
}
