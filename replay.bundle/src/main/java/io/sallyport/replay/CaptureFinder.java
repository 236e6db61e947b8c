package io.sallyport.replay;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the captures of a folder and the folders in it: by name, so that a broken one is reported, or by content. */
final class CaptureFinder {
    private static final Pattern NAME = Pattern.compile(".*\\.(pcap|pcapng|cap|dmp|ntar)(\\.gz)?");
    private static final Set<Integer> MAGIC_NUMBERS =
            Set.of(0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a);

    private CaptureFinder() {}

    /**
     * Finds captures.
     *
     * @param folder where
     * @param except what is below this folder is left out, unless it is the same
     * @return sorted by path
     */
    static List<Path> find(Path folder, Path except) throws IOException {
        Path excluded = Files.exists(except) ? except.toRealPath() : except.toAbsolutePath();
        boolean isSame = excluded.equals(folder.toRealPath());
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Files.isRegularFile(file) && !isHidden(folder.relativize(file)))
                    .filter(file -> isSame || !isBelow(file, excluded))
                    .filter(CaptureFinder::isCapture)
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static boolean isHidden(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBelow(Path file, Path excluded) {
        try {
            return file.toRealPath().startsWith(excluded);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isCapture(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return NAME.matcher(name).matches() || hasMagicNumber(file);
    }

    private static boolean hasMagicNumber(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(4);
            return start.length == 4
                    && MAGIC_NUMBERS.contains(ByteBuffer.wrap(start).getInt());
        } catch (IOException e) {
            return false;
        }
    }
}
