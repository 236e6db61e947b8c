package io.sallyport.codegen;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One row of constants.csv.
 *
 * @param name its Java name
 * @param wfpName the name in the table
 * @param code the number that it stands for
 * @param meaning what it means
 */
record Constant(String name, String wfpName, long code, String meaning) {

    /** The code as Java text: small numbers as they are, others in hexadecimal. */
    String hex() {
        return code < 10 ? Long.toString(code) : "0x" + Long.toHexString(code).toUpperCase(Locale.ROOT);
    }

    static void requireDistinct(String type, List<Constant> constants) {
        Set<String> names = new HashSet<>();
        for (Constant constant : constants) {
            if (!names.add(constant.name())) {
                throw new IllegalArgumentException(type + ": two constants named " + constant.name());
            }
        }
    }
}
