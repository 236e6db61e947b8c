package io.sallyport.bench.relay;

import java.util.SplittableRandom;

/**
 * What a bad link does to each frame, drawn from a seed: the same seed does the same to the n-th frame. A frame may be hit
 * by several things at once, but a lost one is lost. Not safe for use by several threads.
 */
public final class Mischief {
    /** Of {@link #next}: the frame does not arrive. */
    public static final int LOSE = 1;
    /** Of {@link #next}: the frame arrives twice. */
    public static final int DUPLICATE = 2;
    /** Of {@link #next}: the frame arrives after later ones. */
    public static final int REORDER = 4;
    /** Of {@link #next}: one bit of the frame is wrong. */
    public static final int CORRUPT = 8;

    /** A frame that is overtaken is so by at most this many. */
    public static final int MAX_OVERTAKERS = 8;

    private final Rates rates;
    private final SplittableRandom random;

    /**
     * How often, in percent of the frames.
     *
     * @param loss lost
     * @param duplicate sent twice
     * @param reorder overtaken
     * @param corrupt damaged
     */
    public record Rates(double loss, double duplicate, double reorder, double corrupt) {

        /** Checks the numbers. */
        public Rates {
            for (double rate : new double[] {loss, duplicate, reorder, corrupt}) {
                if (!(rate >= 0 && rate <= 100)) {
                    throw new IllegalArgumentException(rate + " is no percentage; give 0 to 100");
                }
            }
        }
    }

    /**
     * Starts anew.
     *
     * @param rates how often
     * @param seed what the draw depends on, and nothing else
     */
    public Mischief(Rates rates, long seed) {
        this.rates = rates;
        this.random = new SplittableRandom(seed);
    }

    /**
     * What happens to the next frame.
     *
     * @return bits of the constants above; 0 for nothing
     */
    public int next() {
        // Always four draws, so that one rate does not change what the others hit.
        boolean isLost = draw(rates.loss);
        boolean isTwice = draw(rates.duplicate);
        boolean isLate = draw(rates.reorder);
        boolean isWrong = draw(rates.corrupt);
        if (isLost) {
            return LOSE;
        }
        return (isTwice ? DUPLICATE : 0) | (isLate ? REORDER : 0) | (isWrong ? CORRUPT : 0);
    }

    private boolean draw(double percent) {
        return random.nextDouble() * 100 < percent;
    }

    /**
     * Which bit is wrong. One only: that is what every checksum of the Internet finds; two can cancel out.
     *
     * @param bits how many there are, at least 1
     * @return 0..bits-1
     */
    public int bit(int bits) {
        return random.nextInt(bits);
    }

    /**
     * How many later frames overtake this one.
     *
     * @return 1..{@link #MAX_OVERTAKERS}
     */
    public int overtakers() {
        return 1 + random.nextInt(MAX_OVERTAKERS);
    }
}
