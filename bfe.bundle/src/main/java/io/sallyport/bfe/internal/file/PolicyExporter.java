package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.internal.store.PolicyState;

/** Prints the objects of a provider as a policy file. */
final class PolicyExporter {
    private final PolicyState state;

    PolicyExporter(PolicyState state) {
        this.state = state;
    }

    String export(String provider) {
        return "apiVersion: sallyport/v1\nprovider: " + provider + "\n# revision " + state.revision() + "\n";
    }
}
