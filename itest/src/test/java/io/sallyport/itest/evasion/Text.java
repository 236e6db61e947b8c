package io.sallyport.itest.evasion;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A message in two versions of equal length. They differ in each byte of the blocked word and nowhere else; so only who takes
 * all of its bytes from the evil version reads the word. The sums of both are equal, if the word begins at an even place.
 *
 * @param evil with the word
 * @param plain with letters of the word in another order
 * @param wordAt where the word begins
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Text(byte[] evil, byte[] plain, int wordAt) {
    static final String WORD = "EVILPAYLOAD";
    private static final String ANAGRAM = "ILPAYLOADVE";

    static Text of(int length, int wordAt) {
        byte[] evil = new byte[length];
        for (int i = 0; i < length; i++) {
            evil[i] = (byte) ('a' + (i * 7 + i / 26) % 26);
        }
        byte[] plain = evil.clone();
        put(evil, WORD, wordAt);
        put(plain, ANAGRAM, wordAt);
        return new Text(evil, plain, wordAt);
    }

    private static void put(byte[] bytes, String word, int at) {
        byte[] letters = word.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(letters, 0, bytes, at, letters.length);
    }

    /** The same without anything to hide: both versions are the plain one. */
    Text harmless() {
        return new Text(plain, plain, wordAt);
    }

    int length() {
        return plain.length;
    }

    byte[] part(boolean isEvil, int from, int to) {
        return Arrays.copyOfRange(isEvil ? evil : plain, from, to);
    }

    /** Whether bytes contain the word. */
    static boolean hasWord(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(WORD);
    }
}
