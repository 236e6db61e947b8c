package io.sallyport.bench.crash;

/**
 * What a process found when it started.
 *
 * @param odd the commit whose filter judged the odd port first; -1: none
 * @param even the same for the even port
 * @param isOddPermitted its verdict
 * @param isEvenPermitted its verdict
 * @param filters how many were in force
 * @param openedNs how long opening the store and putting its policy in force took
 */
record Start(int odd, int even, boolean isOddPermitted, boolean isEvenPermitted, int filters, long openedNs) {
    private static final String WORD = "start";

    static boolean isOne(String line) {
        return line.startsWith(WORD);
    }

    static Start of(String line) {
        String[] words = line.split(" ", -1);
        return new Start(
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Boolean.parseBoolean(words[3]),
                Boolean.parseBoolean(words[4]),
                Integer.parseInt(words[5]),
                Long.parseLong(words[6]));
    }

    String line() {
        return String.join(
                " ",
                WORD,
                Integer.toString(odd),
                Integer.toString(even),
                Boolean.toString(isOddPermitted),
                Boolean.toString(isEvenPermitted),
                Integer.toString(filters),
                Long.toString(openedNs));
    }

    /** Whether all of one commit is in force, and nothing of another. */
    boolean isWhole(int expectedFilters) {
        boolean isOdd = odd % 2 == 1;
        return odd >= 0
                && odd == even
                && isOddPermitted == isOdd
                && isEvenPermitted != isOdd
                && filters == expectedFilters;
    }
}
