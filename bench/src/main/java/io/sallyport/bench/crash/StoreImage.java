package io.sallyport.bench.crash;

import io.sallyport.bfe.internal.disk.PolicyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of a store at one time.
 *
 * @param store its records; owned by the image
 * @param seal which revision is the newest; owned by the image
 */
record StoreImage(byte[] store, byte[] seal) {

    static StoreImage read(Path folder) throws IOException {
        return new StoreImage(
                Files.readAllBytes(folder.resolve(PolicyStore.FILE)),
                Files.readAllBytes(folder.resolve(PolicyStore.SEAL)));
    }

    void write(Path folder) throws IOException {
        Files.write(folder.resolve(PolicyStore.FILE), store);
        Files.write(folder.resolve(PolicyStore.SEAL), seal);
    }
}
