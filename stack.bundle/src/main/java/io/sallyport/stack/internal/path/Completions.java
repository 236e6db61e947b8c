package io.sallyport.stack.internal.path;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.InjectionCompletion;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.Classifier;
import org.jspecify.annotations.Nullable;

/** The one place where the path itself calls vendor code: what became of an injection. */
final class Completions {
    private Completions() {}

    /** Tells a callout. By the worker, or when the worker has gone. */
    static void call(Classifier classifier, CalloutIdentity who, InjectionCompletion completion, Status status) {
        Throwable fault = enter(classifier, who, completion, status);
        if (fault != null) {
            who.fault(fault);
        }
    }

    private static @Nullable Throwable enter(
            Classifier classifier, CalloutIdentity who, InjectionCompletion completion, Status status) {
        Throwable fault = null;
        Object pass = classifier.enterCallout(who);
        try {
            completion.injected(status);
        } catch (Throwable thrown) { // a vendor may throw anything
            fault = thrown;
        }
        classifier.leaveCallout(pass);
        return fault;
    }
}
