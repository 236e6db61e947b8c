package io.sallyport.engine.api;

/**
 * What a change of policy means for flows that were authorised before it (REAUTH-6). It is about authorisation only: every
 * packet is judged by the policy in force at all other layers in any case.
 */
public enum ExistingFlows {
    /**
     * They stay authorised, also at layers that change. What an earlier change wanted to be asked again is still asked
     * again.
     */
    KEEP("keep"),
    /** Where their layer changes they are asked for again, each at its next packet (REAUTH-3). An idle flow is not touched. */
    RECHECK("recheck"),
    /** They are asked for again at once, idle ones too; those that the new policy does not permit end there and then. */
    RESET("reset");

    private final String policyName;

    ExistingFlows(String policyName) {
        this.policyName = policyName;
    }

    /**
     * The name in the shell.
     *
     * @return lower case
     */
    public String policyName() {
        return policyName;
    }
}
