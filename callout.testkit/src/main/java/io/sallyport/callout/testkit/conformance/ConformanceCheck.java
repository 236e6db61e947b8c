package io.sallyport.callout.testkit.conformance;

/** A check of the suite. Where WFP's logo tests have one about the same matter, it has that name. */
public enum ConformanceCheck {
    /**
     * It goes without a trace: in two seconds, with flows open; contexts are deleted, objects of its session are gone, its
     * threads end, and nothing holds the instance.
     */
    CLEAN_UNINSTALL("CleanUninstall"),
    /**
     * One decision stands: its answers make sense, whatever bytes it is shown; it always answers where a filter is terminating,
     * and gives no answer without effect when a heavier sublayer has decided for good.
     */
    MAINTAIN_ONE_TERMINATING("MaintainOneTerminating"),
    /** What it brings belongs to a provider and has a name; what it keeps of a flow ends with the flow. */
    ASSOCIATE_WITH_OBJECTS("AssociateWithObjects"),
    /** Its filters are in sublayers of its own or in built-in ones. */
    USE_OWN_OR_BUILT_IN("UseOwnOrBuiltIn"),
    /** Objects of others say what they said before it came. */
    NO_TAMPERING("NoTamperingWith3rdPartyObjects"),
    /** Nothing waits for ever: no call, no packet that it pended, no packet that it sends round. */
    PACKET_INJECTION_NO_DEADLOCKS("PacketInjection-NoDeadlocks"),
    /** A connection that it does not refuse comes to its end, with the other end's last byte. */
    STREAM_INJECTION_NO_STARVATION("StreamInjection-NoStreamStarvation"),
    /** It throws nothing, whatever bytes it is shown. */
    NO_ACCESS_VIOLATIONS("NoAccessViolations"),
    /** Who may do what with objects of others is as it was before it came. */
    WFP_OBJECT_ACLS("WFPObjectACLs");

    private final String logoName;

    ConformanceCheck(String logoName) {
        this.logoName = logoName;
    }

    /**
     * The name in reports.
     *
     * @return WFP's, where it has the test
     */
    public String logoName() {
        return logoName;
    }
}
