package io.sallyport.deploy;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What tells without reading that a file may have changed: every write, rename and change of its times is seen in it.
 *
 * @param size in bytes
 * @param modified time of the last write; it may go back, as {@code cp -p} does
 * @param changed time that nobody can set back, or null where there is none
 * @param inode number of the file, or null
 */
record FileStamp(
        @Nullable Object size,
        @Nullable Object modified,
        @Nullable Object changed,
        @Nullable Object inode) {

    /** Names that count as plug-ins: {@code *.jar}, not hidden. */
    static boolean isPluginName(String name) {
        return name.endsWith(".jar") && !name.startsWith(".");
    }

    /** The plug-in files of a folder, by name. */
    static Map<String, FileStamp> list(Path folder) throws IOException {
        Map<String, FileStamp> stamps = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (isPluginName(name) && Files.isRegularFile(entry)) {
                    FileStamp stamp = of(entry);
                    if (stamp != null) {
                        stamps.put(name, stamp);
                    }
                }
            }
        }
        return stamps;
    }

    /** The stamp of a file, or null if it is gone. */
    static @Nullable FileStamp of(Path file) throws IOException {
        boolean isUnix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
        try {
            Map<String, Object> found =
                    Files.readAttributes(file, isUnix ? "unix:size,lastModifiedTime,ctime,ino" : "*");
            return new FileStamp(
                    found.get("size"), found.get("lastModifiedTime"), found.get("ctime"), found.get("ino"));
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
