package io.sallyport.codegen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A numbered rule of cnf/wfp/semantics.md.
 *
 * @param section number of its section
 * @param sectionTitle title of its section
 * @param id e.g. {@code ARB-4}
 * @param statement its first sentence
 */
record Rule(int section, String sectionTitle, String id, String statement) {

    private static final Pattern SECTION = Pattern.compile("## (\\d+)\\. (.+)");
    private static final Pattern RULE = Pattern.compile("- \\*\\*([A-Z]+-\\d+)\\*\\* (.+)");

    /** Reads all rules, in their order. */
    static List<Rule> read(Path semantics) throws IOException {
        List<Rule> rules = new ArrayList<>();
        int section = 0;
        String title = "";
        for (String line : Files.readAllLines(semantics)) {
            Matcher heading = SECTION.matcher(line);
            Matcher rule = RULE.matcher(line);
            if (heading.matches()) {
                section = Integer.parseInt(heading.group(1));
                title = heading.group(2);
            } else if (rule.matches()) {
                rules.add(new Rule(section, title, rule.group(1), firstSentence(rule.group(2))));
            }
        }
        return rules;
    }

    private static String firstSentence(String text) {
        String plain = text.replaceFirst("^(\\[[A-Z]\\] ?)+", "").replace("|", "\\|");
        int end = plain.indexOf(". ");
        return end < 0 ? plain : plain.substring(0, end + 1);
    }
}
