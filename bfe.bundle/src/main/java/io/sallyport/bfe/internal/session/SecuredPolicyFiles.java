package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.PolicyFiles;

/** Policy files of the gateway itself, which gives those of sessions. */
public interface SecuredPolicyFiles extends PolicyFiles {

    /**
     * The same for a session.
     *
     * @param session whose rights count, and after whose end everything is refused (TXN-11)
     * @return policy files
     */
    PolicyFiles of(SessionImpl session);
}
