package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.BundleSigners;
import io.sallyport.engine.api.CalloutOwners;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A callout as a bundle offers it, and the instances of it that are out. They are guarded by the factory's lock. */
final class CalloutOffer {
    private static final Logger LOG = LoggerFactory.getLogger(CalloutOffer.class);

    /** Shorter than a plug-in may take for its start. */
    static final Duration MOST_TO_MAKE = Duration.ofSeconds(3);

    private static final Duration MOST_TO_CLEAN = Duration.ofSeconds(1);

    final ServiceReference<Callout> reference;
    final String name;
    final int flags;
    /** Symbolic name and version of its bundle, also when that is gone. */
    final String bundle;

    final String version;
    /** Who offers it, also when its bundle is gone. */
    final String owner;

    final Map<FilterEngineImpl, Callout> instances = new HashMap<>();
    private final ComponentServiceObjects<Callout> objects;
    private final long bundleId;

    /** Of a reference without {@link #refusal}. */
    CalloutOffer(ServiceReference<Callout> reference, ComponentServiceObjects<Callout> objects) {
        this.reference = reference;
        this.objects = objects;
        this.name = String.valueOf(reference.getProperty(Callout.KEY));
        this.flags = reference.getProperty(Callout.FLAGS) instanceof Integer bits ? bits : 0;
        this.owner = owner(reference);
        Bundle from = reference.getBundle();
        this.bundleId = from == null ? CalloutOwners.NOBODY : from.getBundleId();
        this.bundle = from == null || from.getSymbolicName() == null ? "" : from.getSymbolicName();
        this.version = from == null || from.getVersion() == null
                ? ""
                : from.getVersion().toString();
    }

    /** Says why a service is no callout; null: it is one. */
    static @Nullable String refusal(ServiceReference<Callout> reference) {
        Object name = reference.getProperty(Callout.KEY);
        Object flags = reference.getProperty(Callout.FLAGS);
        if (!(name instanceof String text) || text.isBlank()) {
            return "a callout of " + owner(reference) + " is refused: its service property " + Callout.KEY
                    + " is missing, or no text";
        }
        if (!Constants.SCOPE_PROTOTYPE.equals(reference.getProperty(Constants.SERVICE_SCOPE))) {
            return "callout " + text + " of " + owner(reference)
                    + " is refused: it is no prototype-scope service, so that engines would share it";
        }
        if (flags != null && !(flags instanceof Integer)) {
            return "callout " + text + " of " + owner(reference) + " is refused: its service property " + Callout.FLAGS
                    + " is no Integer";
        }
        return null;
    }

    private static String owner(ServiceReference<Callout> reference) {
        Bundle bundle = reference.getBundle();
        return bundle == null ? "a bundle that is gone" : bundle.getSymbolicName() + " " + bundle.getVersion();
    }

    /** True if its bundle is about to stop, or has. */
    boolean isStopping() {
        Bundle bundle = reference.getBundle();
        return bundle == null || bundle.getState() == Bundle.STOPPING;
    }

    /** Of the bundle that offers it; {@link CalloutOwners#NOBODY} if it was gone already. */
    long bundleId() {
        return bundleId;
    }

    /** Tells whether this is offered by another version of the same bundle, signed by the same hand, as far as is known. */
    boolean isOtherVersionOf(CalloutOffer other, @Nullable BundleSigners signers) {
        return bundleId != other.bundleId
                && bundleId != CalloutOwners.NOBODY
                && bundle.equals(other.bundle)
                && (signers == null || signers.signerOf(bundleId).equals(signers.signerOf(other.bundleId)));
    }

    boolean isOf(Bundle bundle) {
        return bundle.equals(reference.getBundle());
    }

    /**
     * Takes an instance, within {@link #MOST_TO_MAKE}; without any lock. One that comes later is given back.
     *
     * @throws IllegalStateException if there is none; it says what the vendor's code threw, without being that
     */
    Callout newInstance() {
        return VendorCall.within(MOST_TO_MAKE, "callout-make", this::make, this::unget);
    }

    private Callout make() {
        Callout instance = objects.getService();
        if (instance == null) {
            throw new IllegalStateException("its component does not start");
        }
        return instance;
    }

    /** What is out, which is no business of the offer's from now on. */
    List<Callout> takeAll() {
        List<Callout> all = List.copyOf(instances.values());
        instances.clear();
        return all;
    }

    /** Gives an instance back; without any lock, as the vendor may clean up. Waits no longer than {@link #MOST_TO_CLEAN}. */
    void giveBack(Callout instance) {
        try {
            VendorCall.within(
                    MOST_TO_CLEAN,
                    "callout-clean",
                    () -> {
                        unget(instance);
                        return Boolean.TRUE;
                    },
                    done -> {});
        } catch (IllegalStateException e) {
            LOG.warn("an instance of callout {} is not given back properly", this, e);
        }
    }

    private void unget(Callout instance) {
        try {
            objects.ungetService(instance);
        } catch (IllegalArgumentException | IllegalStateException e) {
            LOG.debug("an instance of callout {} went with its service", this, CalloutFault.of(e));
        }
    }

    @Override
    public String toString() {
        return name + " of " + owner;
    }
}
