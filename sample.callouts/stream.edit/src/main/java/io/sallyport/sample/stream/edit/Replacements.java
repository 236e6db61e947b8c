package io.sallyport.sample.stream.edit;

import io.sallyport.callout.FilterRefusedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is to be replaced by what, as the context of a filter says it. Immutable. */
final class Replacements {

    static final int MAX_PAIRS = 64;
    static final int MAX_FIND_BYTES = 256;
    static final int MAX_WITH_BYTES = 4_096;

    /** One pair. Nobody writes into its arrays. */
    static final class Pair {
        private final byte[] find;
        private final byte[] with;

        Pair(byte[] find, byte[] with) {
            this.find = find;
            this.with = with;
        }

        byte[] find() {
            return find;
        }

        byte[] with() {
            return with;
        }
    }

    private final List<Pair> pairs;
    private final boolean[] isFirst = new boolean[256];
    private final boolean isOutOfBand;

    private Replacements(List<Pair> pairs, boolean isOutOfBand) {
        this.pairs = List.copyOf(pairs);
        this.isOutOfBand = isOutOfBand;
        for (Pair pair : pairs) {
            isFirst[pair.find[0] & 0xFF] = true;
        }
    }

    /**
     * Reads a provider context.
     *
     * @param context {@code {replace: [{find, with}], mode: in-band | out-of-band}}
     * @return what it says
     * @throws FilterRefusedException if it makes no sense
     */
    static Replacements parse(Map<String, Object> context) throws FilterRefusedException {
        if (!(context.get("replace") instanceof List<?> list)) {
            throw new FilterRefusedException(
                    "stream-edit needs a context with replace, e.g. {replace: [{find: colour, with: color}]}");
        }
        if (list.isEmpty() || list.size() > MAX_PAIRS) {
            throw new FilterRefusedException("replace must have 1 to " + MAX_PAIRS + " entries, not " + list.size());
        }
        List<Pair> pairs = new ArrayList<>();
        for (Object item : list) {
            int number = pairs.size() + 1;
            if (!(item instanceof Map<?, ?> pair)) {
                throw new FilterRefusedException("replace " + number + " must be a pair {find: .., with: ..}");
            }
            pairs.add(new Pair(
                    bytes(pair.get("find"), "find", number, 1, MAX_FIND_BYTES),
                    bytes(pair.get("with"), "with", number, 0, MAX_WITH_BYTES)));
        }
        return new Replacements(pairs, isOutOfBand(context.get("mode")));
    }

    private static byte[] bytes(@Nullable Object value, String name, int number, int least, int most)
            throws FilterRefusedException {
        if (!(value instanceof String text)) {
            throw new FilterRefusedException(name + " of replace " + number + " is no text: put it in quotes");
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < least || bytes.length > most) {
            throw new FilterRefusedException(name + " of replace " + number + " must be " + least + " to " + most
                    + " bytes long, not " + bytes.length);
        }
        return bytes;
    }

    private static boolean isOutOfBand(@Nullable Object mode) throws FilterRefusedException {
        String name = Objects.requireNonNullElse(mode, "in-band").toString();
        return switch (name) {
            case "in-band" -> false;
            case "out-of-band" -> true;
            default -> throw new FilterRefusedException("mode must be in-band or out-of-band, not " + name);
        };
    }

    boolean isOutOfBand() {
        return isOutOfBand;
    }

    /**
     * Finds the first place where something is to be replaced, or could be once more has come.
     *
     * @param data the bytes
     * @param from where to begin
     * @return an index; the length if there is none
     */
    int place(Text data, int from) {
        int length = data.length();
        for (int at = from; at < length; at++) {
            if (isFirst[data.at(at)] && (at(data, at) != null || isStart(data, at))) {
                return at;
            }
        }
        return length;
    }

    /**
     * Tells what is to be replaced at a place.
     *
     * @param data the bytes
     * @param at the place
     * @return the first pair whose text lies there as a whole, or null
     */
    @Nullable Pair at(Text data, int at) {
        for (Pair pair : pairs) {
            if (data.length() - at >= pair.find.length && common(data, at, pair.find) == pair.find.length) {
                return pair;
            }
        }
        return null;
    }

    /** Whether the data ends in the start of a text. */
    private boolean isStart(Text data, int at) {
        int rest = data.length() - at;
        for (Pair pair : pairs) {
            if (rest < pair.find.length && common(data, at, pair.find) == rest) {
                return true;
            }
        }
        return false;
    }

    private static int common(Text data, int at, byte[] text) {
        int most = Math.min(text.length, data.length() - at);
        int count = 0;
        while (count < most && data.at(at + count) == (text[count] & 0xFF)) {
            count++;
        }
        return count;
    }
}
