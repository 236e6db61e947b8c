package io.sallyport.sample.ids;

import io.sallyport.callout.FilterRefusedException;
import io.sallyport.sample.parts.Contexts;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads one rule of Suricata's language. What is not understood is refused, never left out: a rule that means less than it says
 * protects nobody. Management path.
 */
final class RuleParser {

    static final int MAX_CONTENTS = 16;
    static final int MAX_CONTENT_BYTES = 255;

    /** {@code distance}, {@code within} and the content's length together: so far back are ends remembered. */
    static final int MAX_REACH = 1_024;

    private static final List<String> REMARKS =
            List.of("msg", "rev", "gid", "classtype", "priority", "reference", "metadata");

    private final String text;
    private Rule.Sender sender = Rule.Sender.ANYBODY;
    private long sid = -1;
    private int leastBytes;
    private int mostBytes = Integer.MAX_VALUE;
    private final List<Content> contents = new ArrayList<>();

    // The content that options are being read of.
    private byte[] bytes = {};
    private boolean isAnyCase;
    private int offset = -1;
    private int depth = -1;
    private int distance = -1;
    private int within = -1;

    private RuleParser(String text) {
        this.text = text;
    }

    static Rule parse(String text) throws FilterRefusedException {
        return new RuleParser(text.strip()).parse();
    }

    private FilterRefusedException refuse(String why) {
        return new FilterRefusedException("rule " + Contexts.quote(text) + ": " + why);
    }

    private Rule parse() throws FilterRefusedException {
        int open = text.indexOf('(');
        if (open < 0 || !text.endsWith(")")) {
            throw refuse("must be ACTION PROTOCOL SOURCE PORT -> TARGET PORT (OPTIONS)");
        }
        Rule.Header header = header(text.substring(0, open).strip().split("\\s+"));
        for (String option : options(text.substring(open + 1, text.length() - 1))) {
            int colon = option.indexOf(':');
            String name = (colon < 0 ? option : option.substring(0, colon)).strip();
            option(name, colon < 0 ? "" : option.substring(colon + 1).strip());
        }
        endContent();
        if (sid < 0) {
            throw refuse("needs a sid");
        }
        if (contents.isEmpty()) {
            throw refuse("needs a content; what has none is a matter of filters");
        }
        return new Rule(header, sid, sender, leastBytes, mostBytes, contents);
    }

    private Rule.Header header(String[] words) throws FilterRefusedException {
        if (words.length != 7 || !(words[4].equals("->") || words[4].equals("<>"))) {
            throw refuse("must begin ACTION PROTOCOL SOURCE PORT -> TARGET PORT");
        }
        Rule.Header header = new Rule.Header(PortSet.parse(words[3]), PortSet.parse(words[6]));
        header.action = switch (words[0]) {
            case "alert" -> Rule.Action.ALERT;
            case "drop", "reject" -> Rule.Action.DROP;
            case "pass" -> Rule.Action.PASS;
            default -> throw refuse("knows alert, drop, reject and pass, not " + Contexts.quote(words[0]));
        };
        header.isTcp = words[1].equals("tcp") || words[1].equals("ip");
        header.isUdp = words[1].equals("udp") || words[1].equals("ip");
        if (!header.isTcp && !header.isUdp) {
            throw refuse("knows tcp, udp and ip, not " + Contexts.quote(words[1]));
        }
        header.source = side(words[2]);
        header.target = side(words[5]);
        header.isBothWays = words[4].equals("<>");
        return header;
    }

    private Rule.Side side(String word) throws FilterRefusedException {
        return switch (word) {
            case "any" -> Rule.Side.ANY;
            case "$HOME_NET", "!$EXTERNAL_NET" -> Rule.Side.INSIDE;
            case "$EXTERNAL_NET", "!$HOME_NET" -> Rule.Side.OUTSIDE;
            default ->
                throw refuse("knows any, $HOME_NET (the inside) and $EXTERNAL_NET (the outside); other addresses are"
                        + " conditions of the filter");
        };
    }

    /** Cuts at semicolons that are neither quoted nor escaped. */
    private List<String> options(String list) throws FilterRefusedException {
        List<String> options = new ArrayList<>();
        StringBuilder option = new StringBuilder();
        boolean isQuoted = false;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '\\' && i + 1 < list.length()) {
                option.append(c).append(list.charAt(++i));
            } else if (c == ';' && !isQuoted) {
                options.add(option.toString().strip());
                option.setLength(0);
            } else {
                isQuoted ^= c == '"';
                option.append(c);
            }
        }
        if (!option.toString().isBlank() || isQuoted) {
            throw refuse("each option ends with a semicolon");
        }
        return options;
    }

    private void option(String name, String value) throws FilterRefusedException {
        switch (name) {
            case "sid" -> sid = number(name, value);
            case "flow" -> flow(value);
            case "dsize" -> size(value);
            case "content" -> {
                endContent();
                bytes = content(value);
            }
            case "nocase" -> isAnyCase = true;
            case "fast_pattern" -> requireContent(name); // all of them are
            case "startswith" -> {
                offset = 0;
                depth = bytes.length;
            }
            case "offset" -> offset = number(name, value);
            case "depth" -> depth = number(name, value);
            case "distance" -> distance = number(name, value);
            case "within" -> within = number(name, value);
            default -> {
                if (!REMARKS.contains(name)) {
                    throw refuse("option " + Contexts.quote(name) + " is not known here");
                }
            }
        }
        if (List.of("nocase", "startswith", "offset", "depth", "distance", "within")
                .contains(name)) {
            requireContent(name);
        }
    }

    private void requireContent(String name) throws FilterRefusedException {
        if (bytes.length == 0) {
            throw refuse(name + " must stand behind a content");
        }
    }

    private int number(String name, String value) throws FilterRefusedException {
        if (!value.matches("[0-9]{1,9}")) {
            throw refuse(name + " must be a number of up to nine digits, not " + Contexts.quote(value));
        }
        return Integer.parseInt(value);
    }

    private void flow(String value) throws FilterRefusedException {
        for (String word : value.split(",", -1)) {
            switch (word.strip()) {
                case "to_server", "from_client" -> sender = Rule.Sender.CLIENT;
                case "to_client", "from_server" -> sender = Rule.Sender.SERVER;
                case "established", "stateless" -> {
                    // what is shown here always is
                }
                default ->
                    throw refuse(
                            "flow knows to_server, to_client, from_server, from_client, established and stateless");
            }
        }
    }

    private void size(String value) throws FilterRefusedException {
        int between = value.indexOf("<>");
        if (between > 0) {
            leastBytes = number("dsize", value.substring(0, between).strip()) + 1;
            mostBytes = number("dsize", value.substring(between + 2).strip()) - 1;
        } else if (value.startsWith(">")) {
            leastBytes = number("dsize", value.substring(1).strip()) + 1;
        } else if (value.startsWith("<")) {
            mostBytes = number("dsize", value.substring(1).strip()) - 1;
        } else {
            leastBytes = number("dsize", value);
            mostBytes = leastBytes;
        }
    }

    /** Text in quotes, with bytes in hexadecimal between bars. */
    private byte[] content(String value) throws FilterRefusedException {
        if (value.length() < 3 || !value.startsWith("\"") || !value.endsWith("\"")) {
            throw refuse(
                    value.startsWith("!")
                            ? "a content that must be missing is not known here"
                            : "content must be quoted");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String body = value.substring(1, value.length() - 1);
        for (int i = 0; i < body.length(); i++) {
            char c = body.charAt(i);
            if (c == '|') {
                int end = body.indexOf('|', i + 1);
                String hex = end < 0 ? "" : body.substring(i + 1, end).replace(" ", "");
                if (!hex.matches("([0-9A-Fa-f]{2})+")) {
                    throw refuse("bytes between bars are pairs of hexadecimal digits");
                }
                for (int at = 0; at < hex.length(); at += 2) {
                    out.write(Integer.parseInt(hex.substring(at, at + 2), 16));
                }
                i = end;
            } else {
                char plain = c == '\\' && i + 1 < body.length() ? body.charAt(++i) : c;
                if (plain > 0xFF) {
                    throw refuse("a content has bytes; write others than ASCII between bars");
                }
                out.write(plain);
            }
        }
        if (out.size() > MAX_CONTENT_BYTES) {
            throw refuse("a content has " + MAX_CONTENT_BYTES + " bytes at most");
        }
        return out.toByteArray();
    }

    private void endContent() throws FilterRefusedException {
        if (bytes.length == 0) {
            return;
        }
        boolean isRelative = distance >= 0 || within >= 0;
        int least = Math.max(isRelative ? distance : offset, 0);
        int span = isRelative ? within : depth;
        if (isRelative && (offset >= 0 || depth >= 0 || contents.isEmpty())) {
            throw refuse("distance and within follow another content, and exclude offset and depth");
        }
        if (span >= 0 && span < bytes.length) {
            throw refuse("depth and within must have room for the content");
        }
        if (isRelative && span >= 0 && (long) least + span > MAX_REACH) {
            throw refuse("distance and within must be " + MAX_REACH + " at most together");
        }
        if (contents.size() == MAX_CONTENTS) {
            throw refuse("may have " + MAX_CONTENTS + " contents");
        }
        byte[] wanted = bytes;
        if (isAnyCase) {
            wanted = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)
                    .toLowerCase(Locale.ROOT)
                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = bytes[i] < 0 ? bytes[i] : wanted[i]; // letters of ASCII only
            }
        }
        contents.add(new Content(wanted, isAnyCase, isRelative, least, span < 0 ? Content.ANYWHERE : least + span));
        bytes = new byte[0];
        isAnyCase = false;
        offset = -1;
        depth = -1;
        distance = -1;
        within = -1;
    }
}
