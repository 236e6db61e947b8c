package io.sallyport.sample.nets;

import io.sallyport.callout.FilterRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a provider context for a callout, and refuses what makes no sense with words for the operator. Management plane. */
public final class Settings {

    private static final int MOST_QUOTED_CHARS = 80;

    private final String callout;
    private final Map<String, Object> context;

    /**
     * The settings of one filter.
     *
     * @param callout who reads them, for messages
     * @param context as the filter has it
     * @param known every key that the callout reads; another one is most likely misspelt
     * @throws FilterRefusedException if there is another key
     */
    public Settings(String callout, Map<String, Object> context, Set<String> known) throws FilterRefusedException {
        this.callout = callout;
        this.context = context;
        for (String key : new TreeSet<>(context.keySet())) {
            if (!known.contains(key)) {
                throw refusal("does not know " + quote(key) + " in its context, only "
                        + String.join(", ", new TreeSet<>(known)));
            }
        }
    }

    /**
     * A refusal with the callout's name in front.
     *
     * @param what is wrong, as in "needs a context"
     * @return to be thrown
     */
    public FilterRefusedException refusal(String what) {
        return new FilterRefusedException(callout + " " + what);
    }

    /**
     * Tells whether a key is there.
     *
     * @param key its name
     * @return true if it is
     */
    public boolean has(String key) {
        return context.containsKey(key);
    }

    /**
     * A whole number.
     *
     * @param key its name
     * @param lowest it may be
     * @param highest it may be
     * @param otherwise if the key is not there
     * @return the number
     * @throws FilterRefusedException if it is none, or out of these bounds
     */
    public long number(String key, long lowest, long highest, long otherwise) throws FilterRefusedException {
        Object value = context.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof Long number) || number < lowest || number > highest) {
            throw refusal("needs for " + key + " a whole number from " + lowest + " to " + highest + ", not "
                    + quote(value.toString()));
        }
        return number;
    }

    /**
     * One of several words.
     *
     * @param key its name
     * @param otherwise if the key is not there
     * @param allowed the words
     * @return one of them
     * @throws FilterRefusedException if it is another
     */
    public String word(String key, String otherwise, List<String> allowed) throws FilterRefusedException {
        Object value = context.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof String word) || !allowed.contains(word)) {
            throw refusal(
                    "needs for " + key + " one of " + String.join(", ", allowed) + ", not " + quote(value.toString()));
        }
        return word;
    }

    /**
     * A text.
     *
     * @param key its name
     * @return null if it is not there
     * @throws FilterRefusedException if it is no text
     */
    public @Nullable String text(String key) throws FilterRefusedException {
        Object value = context.get(key);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw refusal("needs for " + key + " a text: put it in quotes");
    }

    /**
     * A list of texts.
     *
     * @param key its name
     * @param most how many there may be
     * @return empty if the key is not there
     * @throws FilterRefusedException if it is something else, or too long
     */
    public List<String> texts(String key, int most) throws FilterRefusedException {
        Object value = context.get(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list) || list.size() > most) {
            throw refusal("needs for " + key + " a list of " + most + " texts at most");
        }
        List<String> texts = new ArrayList<>(list.size());
        for (Object item : list) {
            if (!(item instanceof String text)) {
                throw refusal(
                        "needs texts in " + key + ", but number " + (texts.size() + 1) + " is none: put it in quotes");
            }
            texts.add(text);
        }
        return texts;
    }

    /**
     * A text for a message, cut if it is long.
     *
     * @param text any
     * @return in quotes
     */
    public static String quote(String text) {
        return "'" + (text.length() > MOST_QUOTED_CHARS ? text.substring(0, MOST_QUOTED_CHARS) + "..." : text) + "'";
    }
}
