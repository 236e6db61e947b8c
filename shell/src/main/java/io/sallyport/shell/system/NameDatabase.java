package io.sallyport.shell.system;

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
 * The system's users and groups. {@code getent} is asked, which also knows those of a directory service; without it
 * {@code /etc/passwd} and {@code /etc/group} are read. Blocks for 3 s at most.
 */
public final class NameDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(NameDatabase.class);
    private static final String USERS = "passwd";
    private static final String GROUPS = "group";
    private static final Path FOLDER = Path.of("/etc");
    private static final long PATIENCE_S = 3;
    private static final int MEMBERS = 3;

    private NameDatabase() {}

    /**
     * The members of a group. Who cannot be found has no group: whatever fails takes rights away and gives none.
     *
     * @param group its name
     * @return login names; empty if there is no such group
     */
    public static Set<String> members(String group) {
        List<String> lines = lines(GROUPS, group);
        return lines == null ? Set.of() : members(group, lines);
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

    /**
     * Whether the database answers that it has no such user.
     *
     * @param user login name
     * @return false also if it cannot be asked
     */
    public static boolean lacksUser(String user) {
        List<String> lines = lines(USERS, user);
        return lines != null && lines.stream().noneMatch(line -> line.startsWith(user + ":"));
    }

    /** Lines about a name, or all of the file; null if nobody can be asked. */
    private static @Nullable List<String> lines(String database, String name) {
        try {
            return asked(database, name);
        } catch (IOException e) {
            LOG.debug("getent cannot be run", e);
            try {
                return Files.readAllLines(FOLDER.resolve(database));
            } catch (IOException unreadable) {
                LOG.warn("{} cannot be found in the database {}", name, database, unreadable);
                return null;
            }
        }
    }

    private static @Nullable List<String> asked(String database, String name) throws IOException {
        Process getent = new ProcessBuilder("getent", "--", database, name)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        try {
            if (!getent.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                LOG.warn("the database {} did not answer within {} s", database, PATIENCE_S);
                return null;
            }
            String text = new String(getent.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return getent.exitValue() == 0 ? text.lines().toList() : List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            getent.destroyForcibly();
        }
    }
}
