package io.sallyport.bfe.internal.file;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What somebody may have meant. */
final class Suggestions {
    private static final int MAX_SHOWN = 5;

    private Suggestions() {}

    /** {@code , did you mean "x"?} if one of the right words is close enough, else nothing. */
    static String didYouMean(String word, Collection<String> right) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : right) {
            int distance = distance(word.toLowerCase(Locale.ROOT), candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        boolean isClose = bestDistance <= Math.max(1, word.length() / 3);
        return isClose ? ", did you mean \"" + best + "\"?" : "";
    }

    /** All right words if there are few, else those that are nearest. */
    static List<String> nearest(String word, Collection<String> right) {
        if (right.size() <= 2 * MAX_SHOWN) {
            return List.copyOf(right);
        }
        String lower = word.toLowerCase(Locale.ROOT);
        return right.stream()
                .sorted(Comparator.comparingInt((String it) -> distance(lower, it)))
                .limit(MAX_SHOWN)
                .toList();
    }

    /** Levenshtein distance: how many characters must be put in, taken out or replaced. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(previous[j], row[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = row;
            row = swap;
        }
        return previous[b.length()];
    }
}
