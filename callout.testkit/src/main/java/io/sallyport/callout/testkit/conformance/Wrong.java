package io.sallyport.callout.testkit.conformance;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a check has found. Written by the thread that checks, read when it is done. */
final class Wrong {
    private static final int MOST = 10;

    private final Set<String> found = new LinkedHashSet<>();

    void add(String what) {
        found.add(what);
    }

    void unless(boolean isRight, String what) {
        if (!isRight) {
            add(what);
        }
    }

    List<String> all() {
        List<String> all = new ArrayList<>(found);
        if (all.size() <= MOST) {
            return all;
        }
        List<String> some = new ArrayList<>(all.subList(0, MOST));
        some.add("and " + (all.size() - MOST) + " more");
        return some;
    }
}
