package io.sallyport.bfe.internal.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the text of a policy file. */
final class PolicyText {
    private static final int MAX_BYTES = 64 << 20;

    private PolicyText() {}

    /** The text, or null with a problem reported. */
    static @Nullable String read(Path file, Problems problems) throws IOException {
        if (!Files.exists(file)) {
            problems.errorAt(0, 0, "there is no such file");
        } else if (Files.isDirectory(file)) {
            problems.errorAt(0, 0, "this is a directory, not a policy file");
        } else if (!Files.isRegularFile(file)) {
            // A device has no end, and a pipe may never begin.
            problems.errorAt(0, 0, "this is no regular file");
        } else if (!Files.isReadable(file)) {
            problems.errorAt(0, 0, "the file may not be read");
        } else {
            return of(readAtMost(file, MAX_BYTES + 1), problems);
        }
        return null;
    }

    /** The text, or null with a problem reported. */
    static @Nullable String of(byte[] bytes, Problems problems) {
        if (bytes.length <= MAX_BYTES) {
            return decode(bytes, problems);
        }
        problems.errorAt(0, 0, "the file is larger than " + (MAX_BYTES >> 20) + " MB");
        return null;
    }

    /** What a file says about its size is not believed: those of the kernel say 0. */
    private static byte[] readAtMost(Path file, int most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(most);
        }
    }

    /** The text of a document that was not read from a file, or null with a problem reported. */
    static @Nullable String check(String text, Problems problems) {
        if (text.length() > MAX_BYTES) {
            problems.errorAt(0, 0, "the document is larger than " + (MAX_BYTES >> 20) + " MB");
            return null;
        }
        return text;
    }

    private static @Nullable String decode(byte[] bytes, Problems problems) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(buffer)
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            int line = 1;
            int column = 1;
            for (int i = 0; i < buffer.position(); i++) {
                boolean isLineEnd = bytes[i] == '\n';
                line += isLineEnd ? 1 : 0;
                column = isLineEnd ? 1 : column + 1;
            }
            problems.errorAt(line, column, "the file is not UTF-8");
            return null;
        }
    }
}
