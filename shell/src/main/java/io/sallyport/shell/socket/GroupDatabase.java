package io.sallyport.shell.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The system's groups. {@code getent} is asked, which also knows those of a directory service; without it {@code /etc/group} is
 * read. Who cannot be found has no group: whatever fails takes rights away and gives none.
 */
final class GroupDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(GroupDatabase.class);
    private static final Path FILE = Path.of("/etc/group");
    private static final long PATIENCE_S = 3;
    private static final int MEMBERS = 3;

    private GroupDatabase() {}

    /** Login names of the members of a group; empty if there is no such group. */
    static Set<String> members(String group) {
        try {
            return members(group, asked(group));
        } catch (IOException e) {
            LOG.debug("getent cannot be run", e);
            try {
                return members(group, Files.readAllLines(FILE));
            } catch (IOException unreadable) {
                LOG.warn("the members of group {} cannot be found", group, unreadable);
                return Set.of();
            }
        }
    }

    /** Out of lines such as {@code name:x:1000:alice,bob}. */
    static Set<String> members(String group, List<String> lines) {
        for (String line : lines) {
            String[] parts = line.split(":", -1);
            if (parts.length > MEMBERS && parts[0].equals(group) && !parts[MEMBERS].isBlank()) {
                return Set.of(parts[MEMBERS].strip().split(","));
            }
        }
        return Set.of();
    }

    private static List<String> asked(String group) throws IOException {
        Process getent = new ProcessBuilder("getent", "group", group)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        try {
            if (!getent.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                LOG.warn("the group database did not answer within {} s", PATIENCE_S);
                return List.of();
            }
            @Nullable String text = getent.exitValue() == 0
                    ? new String(getent.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    : null;
            return text == null ? List.of() : text.lines().toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            getent.destroyForcibly();
        }
    }
}
