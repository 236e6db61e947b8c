package io.sallyport.bfe.internal.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A store that the first version of the format has left. */
final class FirstFormat {
    private FirstFormat() {}

    static void copyTo(Path folder) throws IOException {
        for (String name : new String[] {PolicyStore.FILE, PolicyStore.SEAL}) {
            try (InputStream in = FirstFormat.class.getResourceAsStream("/store-format-1/" + name)) {
                Files.copy(in, folder.resolve(name));
            }
        }
    }
}
