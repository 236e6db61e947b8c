package io.sallyport.bench.hostile;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** What is transferred: text that a seed makes, with words in it that an editing plug-in replaces by shorter and longer ones. */
final class TransferText {
    /** What {@link #edited} does, as the context of a policy file. */
    static final String EDITS = "{replace: [{find: colour, with: color}, {find: lorry, with: articulated-truck}]}";

    private static final String[] WORDS = {
        "alpha",
        "bravo",
        "colour",
        "delta",
        "echo",
        "foxtrot",
        "golf",
        "hotel",
        "india",
        "juliet",
        "kilo",
        "lima",
        "lorry",
        "mike",
        "november",
        "oscar",
        "col",
        "lor",
        "colourless",
        "papa"
    };
    private static final int LINE_CHARACTERS = 100;

    private TransferText() {}

    /** Text of exactly so many bytes. */
    static String make(long seed, int bytes) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder(bytes + 32);
        int lineStart = 0;
        while (text.length() < bytes) {
            text.append(WORDS[random.nextInt(WORDS.length)]);
            boolean isLineEnd = text.length() - lineStart > LINE_CHARACTERS;
            text.append(isLineEnd ? '\n' : ' ');
            lineStart = isLineEnd ? text.length() : lineStart;
        }
        // No word is open at the end: a filter that looks for words would wait for the rest of it.
        text.setLength(bytes - 1);
        return text.append('.').toString();
    }

    /** What arrives when the plug-in has edited it. */
    static String edited(String text) {
        return text.replace("colour", "color").replace("lorry", "articulated-truck");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
