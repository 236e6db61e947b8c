package io.sallyport.itest.corpus;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names that can be read in streams and datagrams.
 *
 * @param dns asked for in DNS
 * @param tls server names of ClientHellos
 * @param http Host headers of requests
 */
record Names(Set<String> dns, Set<String> tls, Set<String> http) {
    private static final Pattern REQUEST = Pattern.compile("(?m)^[A-Za-z_-]+ [^\r\n]+ HTTP/1\\.[01]\r?$");
    private static final Pattern HOST = Pattern.compile("(?mi)^host[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r?$");
    private static final int DNS_PORT = 53;
    private static final int SSDP_PORT = 1900;
    private static final int MAX_QUESTIONS = 32;
    private static final int LISTED = 4;

    static Names in(List<Piece> streams, List<Piece> datagrams) {
        Names names = new Names(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        for (Piece stream : streams) {
            names.readTls(stream.payload());
            names.readHttp(stream.payload());
            if (stream.isOn(DNS_PORT)) {
                names.readDnsStream(stream.payload());
            }
        }
        for (Piece datagram : datagrams) {
            if (datagram.isOn(DNS_PORT)) {
                names.readDns(datagram.payload(), 0, datagram.payload().length);
            }
            if (datagram.isOn(SSDP_PORT)) {
                names.readHttp(datagram.payload());
            }
        }
        return names;
    }

    /** Whether these are the names of the manifest: it counts those of DNS, and lists four of the others at most. */
    boolean isAsIn(Manifest.Row row) {
        return dns.size() == row.number("dns_names")
                && firstOf(tls).equals(row.set("tls_sni"))
                && firstOf(http).equals(row.set("http_hosts"));
    }

    private static Set<String> firstOf(Set<String> names) {
        return names.stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .sorted()
                .distinct()
                .limit(LISTED)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void readHttp(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Matcher request = REQUEST.matcher(text);
        while (request.find()) {
            int end = text.indexOf("\r\n\r\n", request.end());
            int endOfLines = text.indexOf("\n\n", request.end());
            int headers = end < 0 ? endOfLines : endOfLines < 0 ? end : Math.min(end, endOfLines);
            Matcher host = HOST.matcher(text.substring(request.end(), headers < 0 ? text.length() : headers + 1));
            while (host.find()) {
                http.add(host.group(1));
            }
        }
    }

    /** Looks for ClientHellos anywhere, since TLS may begin behind other words. */
    private void readTls(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        for (int at = 0; at + 44 < bytes.length; at++) {
            if (bytes[at] == 22 && bytes[at + 1] == 3 && bytes[at + 5] == 1 && bytes[at + 9] == 3) {
                readHello(buffer, at + 9);
            }
        }
    }

    private void readHello(ByteBuffer bytes, int hello) {
        int at = hello + 34;
        try {
            at += 1 + (bytes.get(at) & 0xFF); // session
            at += 2 + (bytes.getShort(at) & 0xFFFF); // ciphers
            at += 1 + (bytes.get(at) & 0xFF); // compressions
            int end = at + 2 + (bytes.getShort(at) & 0xFFFF);
            at += 2;
            while (at + 4 <= end) {
                int type = bytes.getShort(at) & 0xFFFF;
                int length = bytes.getShort(at + 2) & 0xFFFF;
                if (type == 0 && length > 5) {
                    byte[] name = new byte[bytes.getShort(at + 7) & 0xFFFF];
                    bytes.get(at + 9, name);
                    tls.add(new String(name, StandardCharsets.ISO_8859_1));
                }
                at += 4 + length;
            }
        } catch (IndexOutOfBoundsException e) {
            // no ClientHello, or not the whole of it
        }
    }

    /** DNS over TCP: each message has its length before it. Whatever does not add up to the end is no DNS. */
    private void readDnsStream(byte[] bytes) {
        int at = 0;
        while (at + 14 <= bytes.length) {
            int length = ReferenceStreams.port(bytes, at);
            boolean isDns =
                    length >= 12 && at + 2 + length <= bytes.length && ReferenceStreams.port(bytes, at + 6) <= 2;
            if (!isDns || !readDns(bytes, at + 2, at + 2 + length)) {
                return;
            }
            at += 2 + length;
        }
    }

    /** Adds the names of the questions; false if this is no DNS message. */
    private boolean readDns(byte[] bytes, int from, int to) {
        if (from + 12 > to) {
            return false;
        }
        int questions = ReferenceStreams.port(bytes, from + 4);
        int at = from + 12;
        for (int i = 0; i < Math.min(questions, MAX_QUESTIONS); i++) {
            StringBuilder name = new StringBuilder();
            at = readName(bytes, from, at, to, name);
            if (at < 0 || at + 4 > to) {
                return false;
            }
            dns.add(name.length() == 0 ? "<Root>" : name.toString());
            at += 4;
        }
        return true;
    }

    /** Appends a name and tells where it ends; -1 if it is none. */
    private static int readName(byte[] bytes, int message, int start, int to, StringBuilder name) {
        int at = start;
        int end = -1;
        for (int jumps = 0; jumps < 256; ) {
            if (at >= to) {
                return -1;
            }
            int length = bytes[at] & 0xFF;
            if (length == 0) {
                return end < 0 ? at + 1 : end;
            }
            if (length >= 0xC0) {
                if (at + 2 > to) {
                    return -1;
                }
                end = end < 0 ? at + 2 : end;
                at = message + (ReferenceStreams.port(bytes, at) & 0x3FFF);
                jumps++;
            } else if (length > 63 || at + 1 + length > to) {
                return -1;
            } else {
                name.append(name.length() == 0 ? "" : ".");
                name.append(new String(bytes, at + 1, length, StandardCharsets.ISO_8859_1));
                at += 1 + length;
            }
        }
        return -1;
    }
}
