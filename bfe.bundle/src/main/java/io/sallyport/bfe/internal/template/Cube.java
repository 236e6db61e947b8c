package io.sallyport.bfe.internal.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * All unsigned numbers of up to 64 bits that have certain bits: what tests of flags, and masks with holes, take.
 *
 * @param bits the bits as they must be; 0 where it does not matter
 * @param mask which bits matter
 */
record Cube(long bits, long mask) {

    /** How often a question may be halved: enough for any policy by people, and an end for any other. */
    private static final int MOST_STEPS = 20_000;

    boolean overlaps(Cube that) {
        return ((bits ^ that.bits) & mask & that.mask) == 0;
    }

    private boolean contains(Cube that) {
        return (mask & ~that.mask) == 0 && overlaps(that);
    }

    private Cube with(long bit, boolean isSet) {
        return new Cube(isSet ? bits | bit : bits, mask | bit);
    }

    /** All bits of a set. */
    static Cube allSet(long flags) {
        return new Cube(flags, flags);
    }

    static Cube noneSet(long flags) {
        return new Cube(0, flags);
    }

    /** One or more bits of a set: a cube for the lowest one that is there. */
    static List<Cube> anySet(long flags) {
        return outside(noneSet(flags));
    }

    /** Everything else. */
    static List<Cube> outside(Cube cube) {
        List<Cube> cubes = new ArrayList<>();
        long rest = cube.mask;
        long done = 0;
        while (rest != 0) {
            long bit = Long.lowestOneBit(rest);
            cubes.add(new Cube((cube.bits & done) | (~cube.bits & bit), done | bit));
            done |= bit;
            rest &= ~bit;
        }
        return cubes;
    }

    /** A span as cubes: aligned blocks, two for each bit at most. */
    static List<Cube> of(Span span, int width) {
        List<Cube> cubes = new ArrayList<>();
        BigInteger low = span.low();
        while (low.compareTo(span.high()) <= 0) {
            int size = low.signum() == 0 ? width : low.getLowestSetBit();
            while (last(low, size).compareTo(span.high()) > 0) {
                size--;
            }
            long hole = size == 64 ? -1 : (1L << size) - 1;
            long all = width == 64 ? -1 : (1L << width) - 1;
            cubes.add(new Cube(low.longValue(), all & ~hole));
            low = last(low, size).add(BigInteger.ONE);
        }
        return cubes;
    }

    private static BigInteger last(BigInteger low, int size) {
        return low.add(BigInteger.ONE.shiftLeft(size)).subtract(BigInteger.ONE);
    }

    /**
     * Tells whether cubes together take every number of each of the others.
     *
     * @return false also if that could not be found out within a bounded number of steps
     */
    static boolean cover(List<Cube> cubes, List<Cube> others) {
        int[] steps = {MOST_STEPS};
        return others.stream().allMatch(other -> other.isCovered(cubes, steps));
    }

    /** By halves: a half that no cube touches is not covered, one that lies in a cube is. */
    private boolean isCovered(List<Cube> by, int[] steps) {
        List<Cube> near = new ArrayList<>();
        for (Cube cube : by) {
            if (cube.contains(this)) {
                return true;
            }
            if (cube.overlaps(this)) {
                near.add(cube);
            }
        }
        steps[0]--;
        if (near.isEmpty() || steps[0] < 0) {
            return false;
        }
        Cube widest = near.get(0);
        for (Cube cube : near) {
            if (Long.bitCount(cube.mask & ~mask) < Long.bitCount(widest.mask & ~mask)) {
                widest = cube;
            }
        }
        long bit = Long.highestOneBit(widest.mask & ~mask);
        return with(bit, false).isCovered(near, steps) && with(bit, true).isCovered(near, steps);
    }
}
