package io.sallyport.shell.command;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds names that somebody who wrote another one probably meant. */
final class Near {
    private static final int MOST = 5;

    private Near() {}

    /** What to append to "there is no X": near names, or all of them if they are few; empty if there are none. */
    static String hint(String wrong, Collection<String> names) {
        List<String> near = to(wrong, names);
        if (!near.isEmpty()) {
            return "; did you mean " + String.join(", ", near) + "?";
        }
        if (!names.isEmpty() && names.size() <= MOST) {
            return "; there is: " + String.join(", ", names);
        }
        return "";
    }

    static List<String> to(String wrong, Collection<String> names) {
        String word = wrong.toLowerCase(Locale.ROOT);
        List<String> near = new ArrayList<>();
        for (String name : names) {
            String other = name.toLowerCase(Locale.ROOT);
            boolean isPart =
                    word.length() > 2 && (other.contains(word) || (word.contains(other) && other.length() > 2));
            if (isPart || distance(word, other) <= Math.max(1, word.length() / 3)) {
                near.add(name);
            }
        }
        near.sort(Comparator.comparingInt(name -> distance(word, name.toLowerCase(Locale.ROOT))));
        return near.stream().distinct().limit(MOST).toList();
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
