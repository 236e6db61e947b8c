package io.sallyport.engine.internal;

import io.sallyport.engine.api.CalloutControl;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The callouts of the live engine, for operators and for the deployer. */
@Component(service = CalloutControl.class)
public final class CalloutControlComponent implements CalloutControl {
    private final EngineFactory factory;

    /** Made by the component runtime. */
    @Activate
    public CalloutControlComponent(@Reference EngineFactory factory) {
        this.factory = factory;
    }

    @Override
    public List<Status> list() {
        Warden warden = factory.warden();
        if (warden == null) {
            return List.of();
        }
        return warden.registered().stream()
                .map(callout -> {
                    CalloutOffer offer = factory.offer(callout.name);
                    String bundle = offer == null ? "" : offer.bundle;
                    return warden.status(callout, bundle, offer == null ? "" : offer.version);
                })
                .sorted(Comparator.comparing(Status::name))
                .toList();
    }

    @Override
    public List<String> quarantine(String name, String reason) throws PolicyException {
        Warden warden = factory.warden();
        List<RegisteredCallout> all = find(warden, name);
        List<String> keys = new ArrayList<>();
        for (RegisteredCallout callout : all) {
            if (warden != null) {
                warden.quarantine(callout, reason);
                keys.add(callout.name);
            }
        }
        factory.operator().flush();
        return keys;
    }

    @Override
    public List<String> release(String name) throws PolicyException {
        Warden warden = factory.warden();
        List<String> keys = new ArrayList<>();
        for (RegisteredCallout callout : find(warden, name)) {
            if (warden != null && warden.release(callout)) {
                keys.add(callout.name);
            }
        }
        factory.operator().flush();
        return keys;
    }

    /** A callout by its key, or all of a bundle. */
    private List<RegisteredCallout> find(@Nullable Warden warden, String name) throws PolicyException {
        List<RegisteredCallout> found = new ArrayList<>();
        if (warden != null) {
            for (RegisteredCallout callout : warden.registered()) {
                CalloutOffer offer = factory.offer(callout.name);
                if (callout.name.equals(name) || (offer != null && offer.bundle.equals(name))) {
                    found.add(callout);
                }
            }
        }
        if (found.isEmpty()) {
            throw new PolicyException(
                    WfpError.CALLOUT_NOT_FOUND,
                    "no callout is registered under " + name
                            + ", nor by a bundle of that name; callout list shows them");
        }
        return found;
    }
}
