package io.sallyport.shell.session;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jline.reader.Candidate;

/** Completes names of files, relative to a folder. */
final class FileNames {
    private static final int MOST = 1_000;

    private FileNames() {}

    static void complete(Path directory, String word, List<Candidate> candidates) {
        String prefix = word.substring(0, word.lastIndexOf('/') + 1);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve(prefix))) {
            int count = 0;
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                boolean isHidden =
                        name.startsWith(".") && !word.substring(prefix.length()).startsWith(".");
                if (isHidden || count++ >= MOST) {
                    continue;
                }
                boolean isFolder = Files.isDirectory(file);
                String value = prefix + name + (isFolder ? "/" : "");
                candidates.add(new Candidate(value, name + (isFolder ? "/" : ""), null, null, null, null, !isFolder));
            }
        } catch (IOException | InvalidPathException e) {
            // Nothing to offer there.
        }
    }
}
