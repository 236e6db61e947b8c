package io.sallyport.shell.protocol;

import org.jspecify.annotations.Nullable;

/** Kinds of frames. The codes are part of the protocol. */
public enum FrameType {
    /** Client, once, first: {@link Hello}. */
    HELLO(1),
    /** Client: bytes that were typed; of a client with a command what standard input holds, once it was asked. Empty: no more will come. */
    INPUT(2),
    /** Client: the terminal's new size, two ints: columns, rows. */
    SIZE(3),
    /** Gateway: bytes for stdout. */
    OUTPUT(16),
    /** Gateway: bytes for stderr. */
    ERROR(17),
    /** Gateway, once at most, to a client with a command: something reads standard input, which is to be sent. */
    ASK(19),
    /** Gateway, once, last: the exit code, an int. */
    EXIT(18);

    private final int code;

    FrameType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static @Nullable FrameType byCode(int code) {
        for (FrameType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }
}
