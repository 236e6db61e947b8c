package io.sallyport.itest.evasion;

import io.sallyport.itest.evasion.Arrangements.Arrangement;
import io.sallyport.itest.wire.Tcp;
import java.util.Random;

/**
 * Sends a message whose word is covered by overlapping chunks, each in its evil or its plain version.
 *
 * @param arrangement how the chunks lie
 * @param evil bit i: chunk i is of the evil version
 * @param isStartLast what is before the chunks comes after them, so that all of them have to wait at the receiver
 * @param trick of one of the chunks
 * @param tricked the number of that chunk
 * @param seed for what a trick leaves open
 */
record SegmentOverlap(
        Arrangement arrangement, int evil, boolean isStartLast, SegmentTrick trick, int tricked, long seed) {
    private static final int START = 5;
    private static final int MIN_REGION = Text.WORD.length() + 2;

    private int cellBytes() {
        return (MIN_REGION + arrangement.cells() - 1) / arrangement.cells();
    }

    private int place(int cell) {
        return START + cell * cellBytes();
    }

    Text text() {
        return Text.of(place(arrangement.cells()) + 4, START + 1);
    }

    void play(Attacker attacker, Text text) {
        Random random = new Random(seed);
        attacker.open();
        if (!isStartLast) {
            attacker.sendData(0, text.part(false, 0, START));
        }
        for (int i = 0; i < arrangement.chunks(); i++) {
            int from = place(arrangement.starts()[i]);
            int to = place(arrangement.ends()[i]);
            Tcp chunk = attacker.data(from, text.part((evil >> i & 1) != 0, from, to));
            (i == tricked ? trick : SegmentTrick.NONE).send(attacker, chunk, random);
        }
        for (int cell = 0; cell < arrangement.cells(); cell++) {
            if (!arrangement.covers(cell)) {
                attacker.sendData(place(cell), text.part(true, place(cell), place(cell + 1)));
            }
        }
        int end = place(arrangement.cells());
        attacker.sendData(end, text.part(true, end, text.length()));
        if (isStartLast) {
            attacker.sendData(0, text.part(false, 0, START));
        }
        // What was refused may be asked for again, and is then whatever the attacker likes.
        attacker.sendData(START, text.part(true, START, end));
    }
}
