package io.sallyport.shell.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows under headings, aligned. If they do not fit, the cells of columns that may shrink are cut, widest first, and show
 * that by two dots; a line is never longer than the width.
 */
final class Table {
    private static final String GAP = "  ";
    private static final String CUT = "..";
    private static final int LEAST = 8;
    private static final String NOTE_INDENT = " ".repeat(8);
    private static final int LEAST_ROOM = 20;

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();
    private final Map<Integer, String> notes = new HashMap<>();

    /** A column of text that is shown whole as long as possible. */
    Table column(String heading) {
        columns.add(new Column(heading, Kind.WHOLE));
        return this;
    }

    /** A column of text that may be cut. */
    Table flexible(String heading) {
        columns.add(new Column(heading, Kind.TEXT));
        return this;
    }

    /** A column of names that may be cut: in the middle, since their ends tell them apart. */
    Table name(String heading) {
        columns.add(new Column(heading, Kind.NAME));
        return this;
    }

    /** A column of numbers: right-aligned. */
    Table number(String heading) {
        columns.add(new Column(heading, Kind.NUMBER));
        return this;
    }

    /** Adds a row; null is shown as a hyphen. */
    Table row(@Nullable Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            String text = cell == null ? "" : printable(cell.toString());
            row.add(text.isEmpty() ? "-" : text);
        }
        rows.add(row);
        return this;
    }

    /** Adds lines below the row that was added last: on as many as it takes, nothing is cut. */
    Table note(String text) {
        notes.put(rows.size() - 1, printable(text));
        return this;
    }

    /** Whether nothing has to be cut. */
    boolean fits(int width) {
        return width <= 0 || Arrays.stream(fit(0)).sum() + (columns.size() - 1) * GAP.length() <= width;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Prints headings and rows. */
    void print(PrintStream out, int width) {
        int[] widths = fit(width);
        printLine(out, columns.stream().map(Column::heading).toList(), widths, width);
        for (int i = 0; i < rows.size(); i++) {
            printLine(out, rows.get(i), widths, width);
            String note = notes.get(i);
            if (note != null) {
                wrapped(note, NOTE_INDENT, width).forEach(out::println);
            }
        }
    }

    /** On as many lines as it takes, broken between words where that is possible. */
    static List<String> wrapped(String text, String indent, int width) {
        int room = width <= 0 ? Integer.MAX_VALUE : Math.max(LEAST_ROOM, width - indent.length());
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (length(rest) > room) {
            int end = rest.offsetByCodePoints(0, room);
            int space = rest.lastIndexOf(' ', end);
            int cut = space > 0 ? space : end;
            lines.add(indent + rest.substring(0, cut).stripTrailing());
            rest = rest.substring(cut).stripLeading();
        }
        lines.add(indent + rest);
        return lines;
    }

    /** {@code kernelDropped} as {@code KERNEL DROPPED}. */
    static String heading(String fieldName) {
        return fieldName.replaceAll("([A-Z])", " $1").toUpperCase(Locale.ROOT);
    }

    /** What came from packets and plug-ins must not steer the terminal. */
    static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> clean.appendCodePoint(Character.isISOControl(c) || isInvisible(c) ? '?' : c));
        return clean.toString();
    }

    private static boolean isInvisible(int c) {
        int type = Character.getType(c);
        return type == Character.FORMAT || type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR;
    }

    private int[] fit(int width) {
        int[] widths = new int[columns.size()];
        int total = (columns.size() - 1) * GAP.length();
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).heading().length();
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
            total += widths[i];
        }
        while (width > 0 && total > width) {
            int widest = widestFlexible(widths);
            if (widest < 0) {
                break;
            }
            widths[widest]--;
            total--;
        }
        return widths;
    }

    private int widestFlexible(int[] widths) {
        int widest = -1;
        for (int i = 0; i < widths.length; i++) {
            int least = Math.max(LEAST, columns.get(i).heading().length());
            if (columns.get(i).kind().isFlexible && widths[i] > least && (widest < 0 || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        return widest;
    }

    private void printLine(PrintStream out, List<String> cells, int[] widths, int width) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String text = columns.get(i).kind() == Kind.NAME
                    ? cutName(cells.get(i), widths[i])
                    : cut(cells.get(i), widths[i]);
            String padding = " ".repeat(widths[i] - length(text));
            line.append(i == 0 ? "" : GAP)
                    .append(columns.get(i).kind() == Kind.NUMBER ? padding + text : text + padding);
        }
        String text = line.toString().stripTrailing();
        out.println(width > 0 ? cut(text, width) : text);
    }

    static String cut(String text, int width) {
        int length = length(text);
        if (length <= width) {
            return text;
        }
        int kept = Math.max(0, width - CUT.length());
        return text.substring(0, text.offsetByCodePoints(0, kept)) + CUT.substring(0, Math.min(width, CUT.length()));
    }

    private static String cutName(String text, int width) {
        int length = length(text);
        int kept = width - CUT.length();
        if (length <= width || kept < 2) {
            return cut(text, width);
        }
        int head = text.offsetByCodePoints(0, (kept + 1) / 2);
        int tail = text.offsetByCodePoints(0, length - kept / 2);
        return text.substring(0, head) + CUT + text.substring(tail);
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private enum Kind {
        WHOLE(false),
        NUMBER(false),
        NAME(true),
        TEXT(true);

        private final boolean isFlexible;

        Kind(boolean isFlexible) {
            this.isFlexible = isFlexible;
        }
    }

    private record Column(String heading, Kind kind) {}
}
