package io.sallyport.itest.vendor;

import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import io.sallyport.policy.Sublayer;
import java.util.UUID;

/** Adds what the vendor's callout needs to be called, as soon as there is a base filtering engine that takes it. */
public final class VendorPolicy {
    private static final UUID SUBLAYER = UUID.fromString("00000000-0000-4000-8000-0000000c0001");
    private static final UUID CALLOUT = UUID.fromString("00000000-0000-4000-8000-0000000c0002");
    private static final UUID FILTER = UUID.fromString("00000000-0000-4000-8000-0000000c0003");

    private PolicySession session;

    void setSession(PolicySession newSession) {
        session = newSession;
    }

    void activate() throws PolicyException {
        session.apply(edit -> {
            edit.add(new Sublayer(SUBLAYER, DisplayData.of("vendor-sublayer"), false, null, 40_000));
            edit.add(new CalloutObject(
                    CALLOUT,
                    DisplayData.of("vendor-callout"),
                    "com.example.vendor",
                    Layer.DATAGRAM_DATA_V4,
                    0,
                    null,
                    0));
            edit.add(Filter.builder("vendor-filter", Layer.DATAGRAM_DATA_V4, ActionType.CALLOUT_TERMINATING)
                    .key(FILTER)
                    .sublayer(SUBLAYER)
                    .callout(CALLOUT)
                    .build());
        });
    }
}
