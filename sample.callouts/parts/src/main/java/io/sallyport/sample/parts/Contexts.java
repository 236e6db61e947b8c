package io.sallyport.sample.parts;

import io.sallyport.callout.FilterRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads parts of provider contexts, and refuses what makes no sense with words for the operator. Management path. */
public final class Contexts {

    private static final int MAX_QUOTED = 80;

    private Contexts() {}

    /**
     * Refuses keys that nobody reads: most are misspelt.
     *
     * @param callout who reads the context, for the message
     * @param context the context
     * @param known every key that is read
     * @throws FilterRefusedException if there is another
     */
    public static void requireKnown(String callout, Map<String, Object> context, Set<String> known)
            throws FilterRefusedException {
        for (String key : new TreeSet<>(context.keySet())) {
            if (!known.contains(key)) {
                throw new FilterRefusedException(callout + " knows no " + quote(key) + " in its context, only "
                        + String.join(", ", new TreeSet<>(known)));
            }
        }
    }

    /**
     * Reads a list of texts.
     *
     * @param key what it is called, for messages
     * @param value the list; null is an empty one
     * @param most how many there may be
     * @return the texts
     * @throws FilterRefusedException if it is something else, or too long
     */
    public static List<String> texts(String key, @Nullable Object value, int most) throws FilterRefusedException {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw new FilterRefusedException(key + " must be a list, e.g. {" + key + ": [..]}");
        }
        if (list.size() > most) {
            throw new FilterRefusedException(key + " must be " + most + " at most, not " + list.size());
        }
        List<String> texts = new ArrayList<>();
        for (Object item : list) {
            if (!(item instanceof String text)) {
                throw new FilterRefusedException(
                        "number " + (texts.size() + 1) + " of " + key + " is no text: put it in quotes");
            }
            texts.add(text);
        }
        return texts;
    }

    /**
     * Reads a choice between permit and block.
     *
     * @param context the context
     * @param key what it is called
     * @param otherwise what counts if it is not there
     * @return true: permit
     * @throws FilterRefusedException if it is neither
     */
    public static boolean isPermit(Map<String, Object> context, String key, boolean otherwise)
            throws FilterRefusedException {
        Object value = context.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value.equals("permit")) {
            return true;
        }
        if (value.equals("block")) {
            return false;
        }
        throw new FilterRefusedException(key + " must be permit or block, not " + quote(value.toString()));
    }

    /**
     * A text for a message, cut if it is long.
     *
     * @param text any
     * @return in quotes
     */
    public static String quote(String text) {
        return "'" + (text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "..." : text) + "'";
    }
}
