package io.sallyport.bfe.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Checks that something is refused for the right reason. */
public final class Refusal {
    private Refusal() {}

    public static void assertRefused(WfpError error, ThrowingCallable call) {
        PolicyException e = catchThrowableOfType(PolicyException.class, call);
        assertThat(e).as("refusal with %s", error).isNotNull();
        assertThat(e.error()).as(e.getMessage()).isEqualTo(error);
    }
}
