package io.sallyport.sample.dns.block;

import io.sallyport.callout.LayerData;

/**
 * Finds its way through the questions of a DNS message (RFC 1035, section 4.1) where they lie. Trusts nothing: lengths are
 * checked, and a compression pointer must lead backwards, so that every name ends. Pure functions that do not allocate.
 */
final class DnsMessage {

    /** Answer instead of a number: this is no DNS message. */
    static final int MALFORMED = -1;

    static final int HEADER_BYTES = 12;

    /** More than anybody asks at once; bounds the work for one datagram. */
    static final int MAX_QUESTIONS = 64;

    /** More than any sender nests; bounds the work for one name. */
    static final int MAX_POINTERS = 32;

    private static final int MAX_NAME_BYTES = 255;
    private static final int TYPE_AND_CLASS_BYTES = 4;
    private static final int POINTER = 0xC0;

    private DnsMessage() {}

    /** How many questions the header announces, or {@link #MALFORMED}. */
    static int questionCount(LayerData message) {
        if (message.lengthBytes() < HEADER_BYTES) {
            return MALFORMED;
        }
        int count = message.u16(4);
        return count > MAX_QUESTIONS ? MALFORMED : count;
    }

    /**
     * Checks the question at an offset.
     *
     * @return the offset behind it, or {@link #MALFORMED}
     */
    static int questionEnd(LayerData message, int start) {
        int length = message.lengthBytes();
        int offset = start;
        int lowest = start; // Pointers lead to before here.
        int end = MALFORMED;
        int nameBytes = 1;
        int pointers = 0;
        while (true) {
            if (offset >= length) {
                return MALFORMED;
            }
            int size = message.u8(offset);
            if (size == 0) {
                int nameEnd = end == MALFORMED ? offset + 1 : end;
                return nameEnd + TYPE_AND_CLASS_BYTES <= length ? nameEnd + TYPE_AND_CLASS_BYTES : MALFORMED;
            }
            if (size < POINTER) {
                nameBytes += size + 1;
                if (size > 63 || nameBytes > MAX_NAME_BYTES) {
                    return MALFORMED;
                }
                offset += size + 1;
            } else {
                if (offset + 2 > length || ++pointers > MAX_POINTERS) {
                    return MALFORMED;
                }
                int target = message.u16(offset) & 0x3FFF;
                if (target < HEADER_BYTES || target >= lowest) {
                    return MALFORMED;
                }
                if (end == MALFORMED) {
                    end = offset + 2;
                }
                lowest = target;
                offset = target;
            }
        }
    }

    /**
     * Follows pointers to where a label, or the end of the name, really is.
     *
     * @param offset of a label or pointer in a name that {@link #questionEnd} found to be good
     * @return the offset of a length byte
     */
    static int label(LayerData message, int offset) {
        int at = offset;
        while (message.u8(at) >= POINTER) {
            at = message.u16(at) & 0x3FFF;
        }
        return at;
    }
}
