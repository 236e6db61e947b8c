package io.sallyport.shell.command;

import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.policy.ObjectType;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change of policy in a line. The columns have fixed places, since nobody knows what will come; the key comes last, and gets
 * a line of its own where it does not fit, since neither it nor the name is of use if it is cut.
 */
final class ChangeLine {
    private static final String INDENT = " ".repeat(14);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final int width;

    ChangeLine(int width) {
        this.width = width;
    }

    String heading() {
        String whole = line("TIME", "CHANGE", "TYPE", "ID", "NAME") + "  KEY";
        return width > 0 ? Table.cut(whole, width) : whole;
    }

    /** For people. */
    String text(Instant at, ChangeNotice notice, @Nullable String name) {
        String head = Table.printable(line(
                TIME.format(at),
                EventChoice.word(notice.change()),
                notice.type().word(),
                notice.id() == 0 ? "-" : Long.toString(notice.id()),
                name == null ? "-" : name));
        String key = notice.key().toString();
        boolean fits = width <= 0 || head.length() + 2 + key.length() <= width;
        return fits ? head + "  " + key : head.stripTrailing() + System.lineSeparator() + INDENT + key;
    }

    /** For programs. */
    static Map<String, @Nullable Object> fields(Instant at, ChangeNotice notice, @Nullable String name) {
        return Json.object(
                "ts", TIMESTAMP.format(at),
                "change", EventChoice.word(notice.change()),
                "type", notice.type().word(),
                "key", notice.key(),
                "id", notice.id() == 0 ? null : notice.id(),
                "name", name);
    }

    /** The same for changes of which nobody was told, in their place. */
    static Map<String, @Nullable Object> fieldsOfLost(Instant at, ObjectType type, long lost) {
        return Json.object(
                "ts",
                TIMESTAMP.format(at),
                "change",
                "lost",
                "type",
                type.word(),
                "lost",
                lost,
                "error",
                "NOTIFICATION_DROPPED");
    }

    private static String line(String time, String change, String type, String id, String name) {
        return String.format("%-12s  %-6s  %-16s  %4s  %-16s", time, change, type, id, name);
    }
}
