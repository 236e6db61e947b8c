package io.sallyport.deploy.trust;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which names a vendor may use: a name ({@code com.acme.filter}), all names below one ({@code com.acme.*}, which means
 * {@code com.acme} too), or all ({@code *}).
 */
final class NamePattern {
    private static final Pattern FORM = Pattern.compile("\\*|[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*(\\.\\*)?");

    private NamePattern() {}

    /** True if the text is a pattern. */
    static boolean isPattern(String text) {
        return FORM.matcher(text).matches();
    }

    /** True if one of the patterns allows the name. */
    static boolean allows(List<String> patterns, String name) {
        for (String pattern : patterns) {
            String stem = pattern.endsWith(".*") ? pattern.substring(0, pattern.length() - 2) : pattern;
            boolean isBelow = !stem.equals(pattern) && name.startsWith(stem + '.');
            if (pattern.equals("*") || name.equals(stem) || isBelow) {
                return true;
            }
        }
        return false;
    }
}
