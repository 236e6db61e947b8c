package io.sallyport.bfe.api;

import io.sallyport.callout.BfeState;
import io.sallyport.policy.PolicyException;
import org.osgi.annotation.versioning.ProviderType;

/** One base filtering engine (BFE): owner of policy. Safe for use by any thread. */
@ProviderType
public interface BaseFilteringEngine extends AutoCloseable {

    /** Service filter of the live gateway's BFE, registered while its policy is in force: from RUNNING to STOP_PENDING. */
    String LIVE = "(sallyport.bfe=live)";

    /**
     * The state (BOOT-5).
     *
     * @return never null
     */
    BfeState state();

    /**
     * Opens a session; every management call runs in one (TXN-1).
     *
     * @param options how
     * @return a session; the caller closes it
     * @throws PolicyException SESSION_ABORTED if the BFE is closed; ALREADY_EXISTS if the key is in use; ERROR_ACCESS_DENIED
     *     without the right OPEN
     */
    Session openSession(SessionOptions options) throws PolicyException;

    /**
     * The name of the policy that is in force.
     *
     * @return changes with each commit that changed something
     */
    String revision();

    /**
     * Policy files of the gateway itself, without any check of rights; those of others are in {@link Session#policyFiles}.
     *
     * @return never null
     */
    PolicyFiles policyFiles();

    /** Ends all sessions; the filter engine keeps the last policy until its owner closes it. Idempotent. */
    @Override
    void close();
}
