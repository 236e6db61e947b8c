package io.sallyport.codegen;

/** What {@code ActionType} has beside what every enum of constants has: a method for each bit of an action's code. */
final class ActionMethods {

    private ActionMethods() {}

    static String source(ConstantGroups groups) {
        String methods = METHODS.formatted(
                flag(groups, "TERMINATING"), flag(groups, "NON_TERMINATING"), flag(groups, "CALLOUT"));
        return methods.stripTrailing() + "\n";
    }

    private static String flag(ConstantGroups groups, String name) {
        return groups.group("action_flag", "FWP_ACTION_FLAG_").stream()
                .filter(flag -> flag.name().equals(name))
                .map(Constant::hex)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("constants.csv has no action flag " + name));
    }

    private static final String METHODS = """
                /**
                 * Whether the action ends its sublayer with permit or block.
                 *
                 * @return true if the terminating bit is set
                 */
                public boolean isTerminating() {
                    return (code & %s) != 0;
                }

                /**
                 * Whether the action never ends its sublayer.
                 *
                 * @return true if the non-terminating bit is set
                 */
                public boolean isNonTerminating() {
                    return (code & %s) != 0;
                }

                /**
                 * Whether the action calls a callout.
                 *
                 * @return true if the callout bit is set
                 */
                public boolean isCallout() {
                    return (code & %s) != 0;
                }
            """;
}
