package io.sallyport.itest.evasion;

import java.util.Random;

/**
 * Something that an attacker may try.
 *
 * @param name what it is
 * @param play sends it: the text's word in its evil version is what the attacker wants the victim to read
 */
record Idea(String name, Play play) {

    /** Sends it. */
    interface Play {
        void send(Attacker attacker, Text text, Random random);
    }

    void play(Attacker attacker, Random random) {
        play.send(attacker, Text.of(40, 12), random);
    }

    @Override
    public String toString() {
        return name;
    }
}
