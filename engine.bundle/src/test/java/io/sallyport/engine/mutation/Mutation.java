package io.sallyport.engine.mutation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A deliberate mistake, from the table in {@code mutations.txt}.
 *
 * @param title the rule that it breaks, and how
 * @param file below {@code io/sallyport/engine/internal}
 * @param from text that occurs there exactly once, whatever the white space
 * @param to what it becomes
 */
record Mutation(String title, String file, String from, String to) {

    static List<Mutation> all() {
        List<String> lines;
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(Mutation.class.getResourceAsStream("mutations.txt"), StandardCharsets.UTF_8))) {
            lines = reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Mutation> all = new ArrayList<>();
        for (int i = 0; i < lines.size(); i += 3) {
            String head = lines.get(i);
            int file = head.lastIndexOf(' ') + 1;
            all.add(new Mutation(
                    head.substring(0, file).strip(),
                    head.substring(file),
                    lines.get(i + 1).substring(1).strip(),
                    lines.get(i + 2).substring(1).strip()));
        }
        return all;
    }

    /** The mutated source; fails unless the text is there once. */
    String apply(String source) {
        String words = Arrays.stream(from.split("\\s+")).map(Pattern::quote).collect(Collectors.joining("\\s+"));
        Matcher matcher = Pattern.compile(words).matcher(source);
        long count = matcher.results().count();
        if (count != 1) {
            throw new AssertionError(count + " occurrences of: " + from);
        }
        return matcher.replaceFirst(Matcher.quoteReplacement(to));
    }

    @Override
    public String toString() {
        return title;
    }
}
