package io.sallyport.bfe.internal.file;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What somebody may have meant. */
final class Suggestions {
    private static final int MAX_SHOWN = 5;

    /** Longer words are no misspelt names. */
    private static final int MAX_LENGTH = 100;

    private Suggestions() {}

    /** {@code , did you mean "x"?} if one of the right words is close enough, else nothing. */
    static String didYouMean(String word, Collection<String> right) {
        if (word.length() > MAX_LENGTH) {
            return "";
        }
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
        if (right.size() <= 2 * MAX_SHOWN || word.length() > MAX_LENGTH) {
            return right.stream().limit(2L * MAX_SHOWN).toList();
        }
        String lower = word.toLowerCase(Locale.ROOT);
        Stream<String> best = right.stream()
                .sorted(Comparator.comparingInt((String it) -> distance(lower, it)))
                .limit(MAX_SHOWN);
        return Stream.concat(best, Stream.of("...")).toList();
    }

    /** How many characters must be put in, taken out, replaced, or swapped with their neighbour. */
    private static int distance(String a, String b) {
        int[][] table = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    table[i][j] = i + j;
                    continue;
                }
                int replaced = table[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replaced, Math.min(table[i - 1][j], table[i][j - 1]) + 1);
                boolean isSwapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                table[i][j] = isSwapped ? Math.min(best, table[i - 2][j - 2] + 1) : best;
            }
        }
        return table[a.length()][b.length()];
    }
}
