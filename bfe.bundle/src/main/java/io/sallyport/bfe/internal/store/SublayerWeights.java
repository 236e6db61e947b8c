package io.sallyport.bfe.internal.store;

import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.BitSet;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Keeps sublayer weights unique: the first comer keeps its weight (ARB-24). */
final class SublayerWeights {
    private static final int COUNT = 1 << 16;

    private final Collection<Stored<Sublayer>> initial;
    private @Nullable BitSet taken;

    SublayerWeights(Collection<Stored<Sublayer>> initial) {
        this.initial = initial;
    }

    /** The asked weight if it is free, else the next free lower one, else the next free higher one. */
    int freeNear(int asked, String what) throws PolicyException {
        int lower = taken().previousClearBit(asked);
        int free = lower >= 0 ? lower : taken().nextClearBit(asked);
        if (free >= COUNT) {
            throw new PolicyException(WfpError.TOO_MANY_SUBLAYERS, what + ": all " + COUNT + " weights are taken");
        }
        return free;
    }

    void take(int weight) {
        taken().set(weight);
    }

    void release(int weight) {
        taken().clear(weight);
    }

    private BitSet taken() {
        BitSet set = taken;
        if (set == null) {
            set = new BitSet(COUNT);
            for (Stored<Sublayer> stored : initial) {
                set.set(stored.object().weight());
            }
            taken = set;
        }
        return set;
    }
}
