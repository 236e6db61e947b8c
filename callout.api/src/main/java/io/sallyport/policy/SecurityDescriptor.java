package io.sallyport.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The access part of a self-relative security descriptor, as conditions on token fields hold it (COND-16). Parsed once on
 * the management path; afterwards immutable, safe for use by any thread, and {@link #grants} neither blocks nor allocates.
 *
 * <p>Layout, little-endian: revision, padding, control (2), then the offsets of owner, group, SACL and DACL (4 each). Only
 * the DACL is looked at; SACLs are ignored (SEC-1). What is understood of it: allow and deny entries, and callback ones,
 * whose condition nobody here can evaluate: such an allow entry grants nothing and such a deny entry denies.
 */
public final class SecurityDescriptor {
    /** FWP_ACTRL_MATCH_FILTER: the right that a condition on a token field tests. */
    public static final int RIGHT_MATCH_FILTER = 0x1;

    private static final int GENERIC_ALL = 0x1000_0000;
    private static final int CONTROL_DACL_PRESENT = 0x0004;
    private static final int CONTROL_SELF_RELATIVE = 0x8000;
    private static final int HEADER_BYTES = 20;
    private static final int ACL_HEADER_BYTES = 8;
    private static final int ACE_HEADER_BYTES = 8;
    private static final int ACE_INHERIT_ONLY = 0x08;

    /** One entry that counts. Inherit-only entries are for children and were left out. */
    private record Entry(boolean isAllowed, boolean isConditional, int mask, String sid) {}

    private final boolean grantsAll;
    private final Entry[] entries;

    private SecurityDescriptor(boolean grantsAll, Entry[] entries) {
        this.grantsAll = grantsAll;
        this.entries = entries;
    }

    /**
     * Reads a descriptor.
     *
     * @param bytes a self-relative descriptor
     * @return its access part
     * @throws PolicyException ERROR_INVALID_SECURITY_DESCR: absolute, damaged, or with entries of unknown kind
     */
    public static SecurityDescriptor parse(byte[] bytes) throws PolicyException {
        if (bytes.length < HEADER_BYTES || bytes[0] != 1) {
            throw invalid("a descriptor has a header of 20 bytes and revision 1");
        }
        int control = u16(bytes, 2);
        if ((control & CONTROL_SELF_RELATIVE) == 0) {
            throw invalid("the descriptor is absolute; give it in self-relative form");
        }
        int dacl = s32(bytes, 16);
        if ((control & CONTROL_DACL_PRESENT) == 0 || dacl == 0) {
            return new SecurityDescriptor(true, new Entry[0]);
        }
        if (dacl < HEADER_BYTES || dacl > bytes.length - ACL_HEADER_BYTES) {
            throw invalid("the access list lies outside of the descriptor");
        }
        return new SecurityDescriptor(false, readEntries(bytes, dacl));
    }

    private static Entry[] readEntries(byte[] bytes, int dacl) throws PolicyException {
        int end = dacl + u16(bytes, dacl + 2);
        int count = u16(bytes, dacl + 4);
        if (end > bytes.length || end < dacl + ACL_HEADER_BYTES) {
            throw invalid("the access list is longer than the descriptor");
        }
        List<Entry> entries = new ArrayList<>();
        int at = dacl + ACL_HEADER_BYTES;
        for (int i = 0; i < count; i++) {
            if (at > end - ACE_HEADER_BYTES) {
                throw invalid("access entry " + i + " lies outside of the list");
            }
            int size = u16(bytes, at + 2);
            if (size < ACE_HEADER_BYTES || size > end - at) {
                throw invalid("access entry " + i + " has a bad size");
            }
            int kind = bytes[at] & 0xFF;
            if (kind != 0 && kind != 1 && kind != 9 && kind != 10) {
                throw invalid("access entry " + i + " is of kind " + kind + "; allow and deny entries are understood");
            }
            String sid = sidText(bytes, at + ACE_HEADER_BYTES, size - ACE_HEADER_BYTES);
            if ((bytes[at + 1] & ACE_INHERIT_ONLY) == 0) {
                entries.add(new Entry(kind == 0 || kind == 9, kind >= 9, s32(bytes, at + 4), sid));
            }
            at += size;
        }
        return entries.toArray(new Entry[0]);
    }

    /**
     * Writes a SID in string form, as {@link AccessToken} holds it.
     *
     * @param sid a binary SID
     * @return such as {@code S-1-5-18}
     * @throws PolicyException INVALID_PARAMETER if it is none
     */
    public static String sidText(byte[] sid) throws PolicyException {
        try {
            return sidText(sid, 0, sid.length);
        } catch (PolicyException e) {
            throw new PolicyException(WfpError.INVALID_PARAMETER, "not a SID", e);
        }
    }

    private static String sidText(byte[] bytes, int at, int length) throws PolicyException {
        if (length < 8 || bytes[at] != 1) {
            throw invalid("a SID has a header of 8 bytes and revision 1");
        }
        int count = bytes[at + 1] & 0xFF;
        if (8 + 4 * count > length) {
            throw invalid("a SID is longer than what holds it");
        }
        long authority = 0;
        for (int i = 2; i < 8; i++) {
            authority = (authority << 8) | (bytes[at + i] & 0xFF);
        }
        StringBuilder text = new StringBuilder("S-1-").append(authority);
        for (int i = 0; i < count; i++) {
            text.append('-').append(Integer.toUnsignedString(s32(bytes, at + 8 + 4 * i)));
        }
        return text.toString();
    }

    /**
     * Checks a token's access. Classify path. The entries are walked in order until one that names a SID of the token
     * allows or denies the right; without a list everything is granted, and with an empty one nothing. A token with
     * restricting SIDs must pass the walk with those, too.
     *
     * @param token who asks
     * @param right one bit
     * @return true if the right is granted
     */
    public boolean grants(AccessToken token, int right) {
        return grants(token.sids(), right)
                && (token.restrictedSids().isEmpty() || grants(token.restrictedSids(), right));
    }

    private boolean grants(Set<String> sids, int right) {
        if (grantsAll) {
            return true;
        }
        for (Entry entry : entries) {
            boolean isAboutThis = (entry.mask & (right | GENERIC_ALL)) != 0 && sids.contains(entry.sid);
            if (isAboutThis && !(entry.isAllowed && entry.isConditional)) {
                return entry.isAllowed;
            }
        }
        return false;
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) | ((bytes[at + 1] & 0xFF) << 8);
    }

    private static int s32(byte[] bytes, int at) {
        return u16(bytes, at) | (u16(bytes, at + 2) << 16);
    }

    private static PolicyException invalid(String message) {
        return new PolicyException(WfpError.ERROR_INVALID_SECURITY_DESCR, message);
    }
}
