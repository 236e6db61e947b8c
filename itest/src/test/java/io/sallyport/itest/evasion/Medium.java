package io.sallyport.itest.evasion;

import io.sallyport.stack.port.Side;

/** What is between attacker and victim: a gateway, or nothing. */
interface Medium {

    /** Takes what leaves. */
    interface Receiver {
        void left(Side to, byte[] frame);
    }

    /** Nothing in between: all frames arrive. Shows what an attack does where nobody is in its way. */
    Medium OPEN_WIRE = new Medium() {
        @Override
        public void carry(Side from, byte[] frame, Receiver receiver) {
            receiver.left(from.opposite(), frame);
        }

        @Override
        public void pass(long ms, Receiver receiver) {
            // time changes nothing on a wire
        }
    };

    /** Takes a frame in by a side, and hands over what leaves because of it. */
    void carry(Side from, byte[] frame, Receiver receiver);

    /** Lets time pass. */
    void pass(long ms, Receiver receiver);
}
