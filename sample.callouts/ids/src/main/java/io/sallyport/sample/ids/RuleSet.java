package io.sallyport.sample.ids;

import io.sallyport.callout.FilterRefusedException;
import io.sallyport.sample.parts.Contexts;
import io.sallyport.sample.parts.pattern.PatternMatcher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The rules of a filter's context, and the two automata that look for all their contents in one pass: one for bytes as they are,
 * one for letters of any case. Immutable but for the counters.
 */
final class RuleSet {

    static final int MAX_RULES = 2_000;

    /** A content at its place in a rule. */
    static final class Link {
        final int number;
        final int rule;
        final Content content;
        final boolean isLast;

        Link(int number, int rule, Content content, boolean isLast) {
            this.number = number;
            this.rule = rule;
            this.content = content;
            this.isLast = isLast;
        }
    }

    private final Rule[] rules;
    private final int[] chains;
    private final int links;
    private final PatternMatcher exact;
    private final PatternMatcher anyCase;
    private final Link[][] exactLinks;
    private final Link[][] anyCaseLinks;
    private final AtomicLongArray matches;

    private RuleSet(List<Rule> list) {
        rules = list.toArray(new Rule[0]);
        chains = new int[rules.length];
        matches = new AtomicLongArray(rules.length);
        Map<ByteBuffer, List<Link>> exactPatterns = new LinkedHashMap<>();
        Map<ByteBuffer, List<Link>> anyCasePatterns = new LinkedHashMap<>();
        int count = 0;
        for (int r = 0; r < rules.length; r++) {
            List<Content> contents = rules[r].contents();
            for (int c = 0; c < contents.size(); c++) {
                Content content = contents.get(c);
                boolean isLast =
                        c + 1 == contents.size() || !contents.get(c + 1).isRelative();
                chains[r] += isLast ? 1 : 0;
                (content.isAnyCase() ? anyCasePatterns : exactPatterns)
                        .computeIfAbsent(ByteBuffer.wrap(content.bytes()), key -> new ArrayList<>())
                        .add(new Link(count++, r, content, isLast));
            }
        }
        links = count;
        exact = matcher(exactPatterns);
        anyCase = matcher(anyCasePatterns);
        exactLinks = links(exactPatterns);
        anyCaseLinks = links(anyCasePatterns);
    }

    private static PatternMatcher matcher(Map<ByteBuffer, List<Link>> patterns) {
        return new PatternMatcher(
                patterns.keySet().stream().map(ByteBuffer::array).toList());
    }

    private static Link[][] links(Map<ByteBuffer, List<Link>> patterns) {
        return patterns.values().stream().map(list -> list.toArray(new Link[0])).toArray(Link[][]::new);
    }

    /**
     * Reads a provider context.
     *
     * @param context {@code {rules: [..]}}
     * @return the rules
     * @throws FilterRefusedException if one of them is not understood
     */
    static RuleSet parse(Map<String, Object> context) throws FilterRefusedException {
        Contexts.requireKnown("ids", context, Set.of("rules"));
        List<Rule> rules = new ArrayList<>();
        Set<Long> sids = new HashSet<>();
        for (String text : Contexts.texts("rules", context.get("rules"), MAX_RULES)) {
            Rule rule = RuleParser.parse(text);
            if (!sids.add(rule.sid())) {
                throw new FilterRefusedException("sid " + rule.sid() + " is there twice");
            }
            rules.add(rule);
        }
        if (rules.isEmpty()) {
            throw new FilterRefusedException(
                    "ids needs a context with rules, e.g. {rules: ['drop tcp any any -> any any"
                            + " (content:\"evil\"; sid:1;)']}");
        }
        return new RuleSet(rules);
    }

    int size() {
        return rules.length;
    }

    int links() {
        return links;
    }

    Rule rule(int number) {
        return rules[number];
    }

    /** How many chains of contents must be found before a rule matches. */
    int chains(int rule) {
        return chains[rule];
    }

    PatternMatcher exact() {
        return exact;
    }

    PatternMatcher anyCase() {
        return anyCase;
    }

    Link[] exactLinks(int pattern) {
        return exactLinks[pattern];
    }

    Link[] anyCaseLinks(int pattern) {
        return anyCaseLinks[pattern];
    }

    void count(int rule) {
        matches.incrementAndGet(rule);
    }

    /** How often a rule has matched since this was asked last. */
    long takeNew(int rule) {
        return matches.getAndSet(rule, 0);
    }
}
