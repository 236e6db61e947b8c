package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.security.Principal;

/** Policy files that work on behalf of somebody. */
public interface SecuredPolicyFiles extends PolicyFiles {

    /**
     * The same for somebody else.
     *
     * @param principal whose rights count
     * @return policy files
     */
    PolicyFiles as(Principal principal);
}
