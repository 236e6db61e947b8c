package io.sallyport.bfe.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the text of a policy file. */
final class PolicyText {
    private static final long MAX_BYTES = 64L << 20;

    private PolicyText() {}

    /** The text, or null with a problem reported. */
    static @Nullable String read(Path file, Problems problems) throws IOException {
        if (!Files.exists(file)) {
            problems.errorAt(0, 0, "there is no such file");
        } else if (Files.isDirectory(file)) {
            problems.errorAt(0, 0, "this is a directory, not a policy file");
        } else if (!Files.isReadable(file)) {
            problems.errorAt(0, 0, "the file may not be read");
        } else if (Files.size(file) > MAX_BYTES) {
            problems.errorAt(0, 0, "the file is larger than " + (MAX_BYTES >> 20) + " MB");
        } else {
            return decode(Files.readAllBytes(file), problems);
        }
        return null;
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
