package io.sallyport.bfe.internal.disk;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A revision as the history keeps it, without its way back.
 *
 * @param number the head's sequence
 * @param name the policy's, static and dynamic objects included
 * @param before hash of the revision before it
 * @param hash over the records
 * @param note what is said of it
 * @param hasUndo whether it is known how the records were before it
 * @param sizeBytes of its record
 */
public record Revision(
        long number, String name, String before, String hash, CommitNote note, boolean hasUndo, int sizeBytes) {

    /** The record of this revision: what it says, and for each record that it changed what was there; null: nothing was. */
    static byte[] encode(Revision it, Map<String, byte @Nullable []> undo) {
        CommitNote note = it.note();
        RecordWriter out = new RecordWriter()
                .i64(it.number())
                .text(it.name())
                .text(it.before())
                .text(it.hash())
                .i64(note.when().toEpochMilli())
                .text(note.who())
                .text(note.via())
                .text(note.comment())
                .i32(note.added())
                .i32(note.deleted())
                .flag(it.hasUndo())
                .i32(undo.size());
        undo.forEach((key, record) -> {
            out.blob(key.getBytes(StandardCharsets.UTF_8)).flag(record != null);
            if (record != null) {
                out.blob(record);
            }
        });
        return out.done();
    }

    static Revision decode(byte[] record) throws StoreDamagedException {
        return decode(record, new RecordReader(record));
    }

    private static Revision decode(byte[] record, RecordReader in) throws StoreDamagedException {
        long number = in.i64();
        String name = in.text();
        String before = in.text();
        String hash = in.text();
        CommitNote note =
                new CommitNote(Instant.ofEpochMilli(in.i64()), in.text(), in.text(), in.text(), in.i32(), in.i32(), 0);
        return new Revision(number, name, before, hash, note, in.flag(), record.length);
    }

    /** What the records were before it. */
    static Map<String, byte @Nullable []> undo(byte[] record) throws StoreDamagedException {
        RecordReader in = new RecordReader(record);
        decode(record, in);
        int count = in.count();
        Map<String, byte @Nullable []> undo = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = new String(in.blob(), StandardCharsets.UTF_8);
            undo.put(key, in.flag() ? in.blob() : null);
        }
        in.end();
        return undo;
    }

    Revision sized(int bytes) {
        return new Revision(number, name, before, hash, note, hasUndo, bytes);
    }
}
