package io.sallyport.run;

import io.sallyport.gateway.api.LocalConsole;
import io.sallyport.gateway.api.StartFailure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a live gateway consists of, as far as it is there. Safe for use by any thread. */
interface Parts {

    /** What could not be done, in the order in which it was told; empty = nothing failed. */
    List<StartFailure> failures();

    /** What is not there yet or any more, in the order of the start; empty = the gateway is complete. */
    List<String> missing();

    /** Who waits for whom, for the log: one line each. */
    List<String> explanation();

    /** The terminal's session; null while there is no shell. */
    @Nullable LocalConsole console();
}
