package io.sallyport.deploy.trust;

import io.sallyport.engine.api.CalloutBudget;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much the callouts of a plug-in may use. A plug-in declares it in the header {@value #HEADER}, such as
 * {@code classify-us=20000; contexts=500000}; what it does not name has the default.
 *
 * @param classifyUs microseconds that one call may take
 * @param buffers packets that it may have out at a time
 * @param contexts contexts that flows may hold of it
 * @param pends flows that it may have pended at a time
 */
public record Budget(int classifyUs, int buffers, int contexts, int pends) {
    /** The manifest header. */
    public static final String HEADER = "Sallyport-Budget";

    /** What every plug-in may use without asking. */
    public static final Budget DEFAULT = new Budget(100_000, 256, 262_144, 256);

    private static final Map<String, int[]> LIMITS = limits();

    private static Map<String, int[]> limits() {
        Map<String, int[]> limits = new LinkedHashMap<>();
        limits.put("classify-us", new int[] {10_000, 1_000_000});
        limits.put("buffers", new int[] {0, 1_024});
        limits.put("contexts", new int[] {0, 1 << 24});
        limits.put("pends", new int[] {0, 1_024});
        return limits;
    }

    static Budget parse(@Nullable String text, String where) throws Untrusted {
        Map<String, Integer> values = new LinkedHashMap<>();
        for (String part : (text == null ? "" : text).split("[;,]", -1)) {
            if (part.isBlank()) {
                continue;
            }
            int equals = part.indexOf('=');
            String name = (equals < 0 ? part : part.substring(0, equals)).strip();
            String value = equals < 0 ? "" : part.substring(equals + 1).strip();
            int[] limits = LIMITS.get(name);
            if (limits == null) {
                throw new Untrusted(
                        where + ": there is no '" + name + "'; a budget has " + String.join(", ", LIMITS.keySet()));
            }
            int number = number(value);
            if (number < limits[0] || number > limits[1]) {
                throw new Untrusted(where + ": " + name + " is '" + value + "', and must be a number from " + limits[0]
                        + " to " + limits[1]);
            }
            if (values.put(name, number) != null) {
                throw new Untrusted(where + ": " + name + " is there twice; name it once");
            }
        }
        return new Budget(
                values.getOrDefault("classify-us", DEFAULT.classifyUs),
                values.getOrDefault("buffers", DEFAULT.buffers),
                values.getOrDefault("contexts", DEFAULT.contexts),
                values.getOrDefault("pends", DEFAULT.pends));
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /**
     * The same for the engine.
     *
     * @return what each callout of the plug-in may use
     */
    public CalloutBudget ofCallouts() {
        return new CalloutBudget(classifyUs, buffers, contexts, pends);
    }

    /** True if nothing in it is more than in the other. */
    boolean isWithin(Budget other) {
        return classifyUs <= other.classifyUs
                && buffers <= other.buffers
                && contexts <= other.contexts
                && pends <= other.pends;
    }

    @Override
    public String toString() {
        return "classify-us=" + classifyUs + "; buffers=" + buffers + "; contexts=" + contexts + "; pends=" + pends;
    }
}
