package io.sallyport.sample.http.filter;

import io.sallyport.callout.FilterRefusedException;
import io.sallyport.sample.parts.Contexts;
import io.sallyport.sample.parts.HostNames;
import io.sallyport.sample.parts.http.HttpHead;
import io.sallyport.sample.parts.pattern.PatternMatcher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the context of a filter says. Immutable. */
final class HttpRules {

    static final int MAX_WORDS = 10_000;
    static final int MAX_WORD_BYTES = 1_024;
    private static final int MAX_TOTAL_BYTES = 1 << 20;
    private static final Set<String> KEYS = Set.of("hosts", "paths", "words", "unreadable", "tunnels");

    private final HostNames hosts;
    private final PathSet paths;
    private final PatternMatcher words;
    private final boolean hasWords;
    private final boolean isUnreadablePermitted;
    private final boolean isTunnelPermitted;

    private HttpRules(
            HostNames hosts,
            PathSet paths,
            List<byte[]> words,
            boolean isUnreadablePermitted,
            boolean isTunnelPermitted) {
        this.hosts = hosts;
        this.paths = paths;
        this.words = new PatternMatcher(words);
        this.hasWords = !words.isEmpty();
        this.isUnreadablePermitted = isUnreadablePermitted;
        this.isTunnelPermitted = isTunnelPermitted;
    }

    /**
     * Reads a provider context.
     *
     * @param context {@code {hosts: [..], paths: [..], words: [..], unreadable: block, tunnels: block}}
     * @return what it says
     * @throws FilterRefusedException if it makes no sense
     */
    static HttpRules parse(Map<String, Object> context) throws FilterRefusedException {
        Contexts.requireKnown("http-filter", context, KEYS);
        HostNames hosts = HostNames.parse("hosts", context.get("hosts"));
        PathSet paths = PathSet.parse(context.get("paths"));
        List<byte[]> words = new ArrayList<>();
        int totalBytes = 0;
        for (String word : Contexts.texts("words", context.get("words"), MAX_WORDS)) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            if (bytes.length == 0 || bytes.length > MAX_WORD_BYTES) {
                throw new FilterRefusedException("words must be 1 to " + MAX_WORD_BYTES + " bytes long each, not "
                        + bytes.length + ": " + Contexts.quote(word));
            }
            totalBytes += bytes.length;
            words.add(bytes);
        }
        if (totalBytes > MAX_TOTAL_BYTES) {
            throw new FilterRefusedException(
                    "words must be " + MAX_TOTAL_BYTES + " bytes at most, all together, not " + totalBytes);
        }
        if (hosts.isEmpty() && paths.isEmpty() && words.isEmpty()) {
            throw new FilterRefusedException(
                    "http-filter needs a context with hosts, paths or words, e.g. {hosts: [bad.example]}");
        }
        return new HttpRules(
                hosts,
                paths,
                words,
                Contexts.isPermit(context, "unreadable", false),
                Contexts.isPermit(context, "tunnels", false));
    }

    PatternMatcher words() {
        return words;
    }

    boolean hasWords() {
        return hasWords;
    }

    /** Whether another protocol may follow on the same connection. */
    boolean isTunnelPermitted() {
        return isTunnelPermitted;
    }

    /** Judges the head of a message. */
    boolean permit(HttpHead head) {
        if (hasWords && head.coding() == HttpHead.Coding.OTHER && !isUnreadablePermitted) {
            return false;
        }
        return !head.isRequest() || (permitHost(head.bytes(), head.hostOffset(), head.hostEnd()) && permitTarget(head));
    }

    /** A target is a path, a whole URL, an authority (CONNECT), or an asterisk (OPTIONS); RFC 9112, section 3.2. */
    private boolean permitTarget(HttpHead head) {
        byte[] bytes = head.bytes();
        int at = head.targetOffset();
        int end = head.targetEnd();
        if (bytes[at] == '/') {
            return permitPath(bytes, at, end);
        }
        if (head.isMethod("CONNECT")) {
            return permitHost(bytes, at, end);
        }
        if (bytes[at] == '*') {
            return end == at + 1 && head.isMethod("OPTIONS");
        }
        int host = afterScheme(bytes, at, end);
        if (host < 0) {
            return false;
        }
        int hostEnd = host;
        while (hostEnd < end && bytes[hostEnd] != '/' && bytes[hostEnd] != '?' && bytes[hostEnd] != '#') {
            hostEnd++;
        }
        boolean isNamed = hostEnd > host && permitHost(bytes, host, hostEnd);
        return isNamed && (hostEnd == end || bytes[hostEnd] != '/' || permitPath(bytes, hostEnd, end));
    }

    /** Where the authority of a URL begins, or -1. */
    private static int afterScheme(byte[] bytes, int start, int end) {
        int at = start;
        while (at < end && HostNames.isHostByte(bytes[at])) {
            at++;
        }
        boolean isUrl = at > start && at + 3 <= end && bytes[at] == ':' && bytes[at + 1] == '/' && bytes[at + 2] == '/';
        return isUrl ? at + 3 : -1;
    }

    private boolean permitPath(byte[] bytes, int from, int to) {
        if (paths.isEmpty()) {
            return true;
        }
        byte[] path = new byte[to - from];
        int length = PathSet.normalize(bytes, from, to, path);
        return length != PathSet.MALFORMED && !paths.containParentOf(path, length);
    }

    /** A host with or without port; an IPv6 address in brackets. Nothing, as old clients send it, is no forbidden name. */
    private boolean permitHost(byte[] bytes, int from, int to) {
        int end = from;
        boolean isAddress = from < to && bytes[from] == '[';
        while (end < to && (isAddress ? bytes[end] != ']' : bytes[end] != ':')) {
            if (!isAddress && !HostNames.isHostByte(bytes[end])) {
                return false;
            }
            end++;
        }
        if (isAddress && end == to) {
            return false;
        }
        int at = isAddress ? end + 1 : end;
        if (at < to && bytes[at] != ':') {
            return false;
        }
        for (int i = at + 1; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
        }
        return isAddress || !hosts.containParentOf(bytes, from, end - from);
    }
}
