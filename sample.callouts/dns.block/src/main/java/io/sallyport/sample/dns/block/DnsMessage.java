package io.sallyport.sample.dns.block;

import io.sallyport.callout.LayerData;

/**
 * Finds its way through the questions and answers of a DNS message (RFC 1035, section 4.1) where they lie. Trusts nothing:
 * lengths are checked, and a compression pointer must lead backwards, so that every name ends. Pure functions that do not
 * allocate. A message lies between {@code base} and {@code end}; all offsets are those of the data it lies in.
 */
final class DnsMessage {

    /** Answer instead of a number: this is no DNS message. */
    static final int MALFORMED = -1;

    static final int HEADER_BYTES = 12;

    /** More than anybody asks at once; bounds the work for one message. */
    static final int MAX_QUESTIONS = 64;

    /** More than anybody answers; bounds the work for one message. */
    static final int MAX_ANSWERS = 2_048;

    /** More than any sender nests; bounds the work for one name. */
    static final int MAX_POINTERS = 32;

    private static final int MAX_NAME_BYTES = 255;
    private static final int TYPE_AND_CLASS_BYTES = 4;
    private static final int RECORD_BYTES = 10;
    private static final int POINTER = 0xC0;
    private static final int CNAME = 5;
    private static final int DNAME = 39;
    private static final int SVCB = 64;
    private static final int HTTPS = 65;
    private static final int PRIORITY_BYTES = 2;

    private DnsMessage() {}

    /**
     * Tells whether a message is well-formed, as far as its answers, and neither asks for one of the names nor leads to one:
     * as the owner of an answer, as an alias (CNAME, DNAME) or as the target of a service (SVCB, HTTPS).
     *
     * @param data where it lies
     * @param base where it begins
     * @param end where it ends
     * @param names the forbidden ones
     * @return false: it must not pass
     */
    static boolean mayPass(LayerData data, int base, int end, Names names) {
        if (end - base < HEADER_BYTES) {
            return false;
        }
        int questions = data.u16(base + 4);
        int answers = data.u16(base + 6);
        if (questions > MAX_QUESTIONS || answers > MAX_ANSWERS) {
            return false;
        }
        int at = base + HEADER_BYTES;
        for (int i = 0; i < questions && at != MALFORMED; i++) {
            at = afterGoodName(data, base, end, at, names);
            at = at == MALFORMED || at + TYPE_AND_CLASS_BYTES > end ? MALFORMED : at + TYPE_AND_CLASS_BYTES;
        }
        for (int i = 0; i < answers && at != MALFORMED; i++) {
            at = afterGoodAnswer(data, base, end, at, names);
        }
        return at != MALFORMED;
    }

    /** The offset behind a name; {@link #MALFORMED} also if it is forbidden. */
    private static int afterGoodName(LayerData data, int base, int end, int start, Names names) {
        int after = nameEnd(data, base, end, start);
        return after == MALFORMED || names.containParentOf(data, base, start) ? MALFORMED : after;
    }

    private static int afterGoodAnswer(LayerData data, int base, int end, int start, Names names) {
        int at = afterGoodName(data, base, end, start, names);
        if (at == MALFORMED || at + RECORD_BYTES > end) {
            return MALFORMED;
        }
        int type = data.u16(at);
        int content = at + RECORD_BYTES;
        int after = content + data.u16(at + 8);
        if (after > end) {
            return MALFORMED;
        }
        boolean isAlias = type == CNAME || type == DNAME;
        if (!isAlias && type != SVCB && type != HTTPS) {
            return after;
        }
        int name = isAlias ? content : content + PRIORITY_BYTES;
        int nameEnd = afterGoodName(data, base, after, name, names);
        boolean isGood = nameEnd != MALFORMED && (isAlias ? nameEnd == after : nameEnd <= after);
        return isGood ? after : MALFORMED;
    }

    /**
     * Checks the name at an offset.
     *
     * @return the offset behind it, or {@link #MALFORMED}
     */
    private static int nameEnd(LayerData data, int base, int limit, int start) {
        int offset = start;
        int lowest = start; // Pointers lead to before here.
        int end = MALFORMED;
        int nameBytes = 1;
        int pointers = 0;
        while (offset < limit) {
            int size = data.u8(offset);
            if (size == 0) {
                return end == MALFORMED ? offset + 1 : end;
            }
            if (size < POINTER) {
                nameBytes += size + 1;
                if (size > 63 || nameBytes > MAX_NAME_BYTES) {
                    return MALFORMED;
                }
                offset += size + 1;
            } else {
                if (offset + 2 > limit || ++pointers > MAX_POINTERS) {
                    return MALFORMED;
                }
                int target = base + (data.u16(offset) & 0x3FFF);
                if (target < base + HEADER_BYTES || target >= lowest) {
                    return MALFORMED;
                }
                if (end == MALFORMED) {
                    end = offset + 2;
                }
                lowest = target;
                offset = target;
            }
        }
        return MALFORMED;
    }

    /**
     * Follows pointers to where a label, or the end of the name, really is.
     *
     * @param data where the message lies
     * @param base where it begins
     * @param offset of a label or pointer in a name that was found to be good
     * @return the offset of a length byte
     */
    static int label(LayerData data, int base, int offset) {
        int at = offset;
        while (data.u8(at) >= POINTER) {
            at = base + (data.u16(at) & 0x3FFF);
        }
        return at;
    }
}
