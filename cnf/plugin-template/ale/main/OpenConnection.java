package @{package};

import org.jspecify.annotations.Nullable;

/** That a connection is open: the flow's context. It has no state, so that all flows share one. */
final class OpenConnection {

    static final OpenConnection IT = new OpenConnection();

    /** The first byte of what is saved; a version that writes something else writes another number. */
    private static final byte FORMAT = 1;

    private OpenConnection() {}

    static byte[] save() {
        return new byte[] {FORMAT};
    }

    /** Null if another version wrote it in a form that this one does not know. */
    static @Nullable OpenConnection restore(byte[] saved) {
        return saved.length == 1 && saved[0] == FORMAT ? IT : null;
    }
}
