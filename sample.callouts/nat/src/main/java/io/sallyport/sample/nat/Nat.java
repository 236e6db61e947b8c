package io.sallyport.sample.nat;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.Direction;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.InjectionState;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.PacketData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.sample.nets.IpAddress;
import io.sallyport.sample.nets.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Source NAT of IPv4, {@code {address: 192.0.2.99}}: what goes out of the inside has the claimed address, and what comes back to
 * that finds its host. At the forward layer, which is next to the outside: all other layers see inside addresses.
 *
 * <p>At {@code inbound-mac-frame-ethernet} the same callout answers for the address in ARP.
 *
 * <p>What matches the filter and cannot be translated is blocked: no inside address gets out.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + Nat.KEY)
public final class Nat implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.nat";

    /** An address takes 6 MiB. */
    static final int MOST_ADDRESSES = 16;

    private static final String NAME = "nat";

    /** The attachment of a filter whose context makes no sense: blocks. */
    private static final Object SENSELESS = new Object();

    /** Filters of all layers share the mappings of an address. */
    private final Map<Integer, Translator> translators = new HashMap<>();

    private final LongAdder translated = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile @Nullable CalloutHost host;

    @Override
    public void open(CalloutHost door) {
        host = door;
    }

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            filter.attach(read(filter));
        }
    }

    private Translator read(RuntimeFilter filter) throws FilterRefusedException {
        Settings settings = new Settings(NAME, filter.providerContext(), Set.of("address"));
        if (filter.layer() != Layer.IPFORWARD_V4 && filter.layer() != Layer.INBOUND_MAC_FRAME_ETHERNET) {
            throw settings.refusal("translates at ipforward-v4 and answers at inbound-mac-frame-ethernet, not at "
                    + filter.layer().policyName());
        }
        String text = settings.text("address");
        IpAddress address = text == null ? null : IpAddress.parse(text);
        if (address == null || address.isIpv6() || !address.isUnicast()) {
            throw settings.refusal("needs the IPv4 address that it is to claim, e.g. {address: 192.0.2.99}");
        }
        synchronized (translators) {
            Translator translator = translators.get((int) address.low());
            if (translator == null) {
                if (translators.size() == MOST_ADDRESSES) {
                    throw settings.refusal("claims " + MOST_ADDRESSES + " addresses at most");
                }
                translator = new Translator((int) address.low());
                translators.put((int) address.low(), translator);
            }
            return translator;
        }
    }

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        Object attachment = filter.attachment();
        if (attachment == null) {
            attachment = attach(filter);
        }
        CalloutHost door = host;
        if (values.layer() == Layer.INBOUND_MAC_FRAME_ETHERNET) {
            if (door != null
                    && data != null
                    && attachment instanceof Translator translator
                    && metadata.packetDirection() == Direction.INBOUND) {
                ArpAnswers.answer(door, data, translator.address(), translator.mac());
            }
            permitIfAsked(filter, out);
        } else if (door == null
                || !(data instanceof PacketData packet)
                || !(attachment instanceof Translator translator)) {
            refuse(out);
        } else {
            translate(door, translator, metadata, packet, filter, out);
        }
    }

    private void translate(
            CalloutHost door,
            Translator translator,
            IncomingMetadata metadata,
            PacketData packet,
            RuntimeFilter filter,
            ClassifyOut out) {
        InjectionState state = door.packets().state(metadata);
        if (state == InjectionState.INJECTED_BY_SELF || state == InjectionState.PREVIOUSLY_INJECTED_BY_SELF) {
            permitIfAsked(filter, out); // Never twice (INJ-5).
        } else if (!out.hasWriteRight()) {
            // Who decided before decided about the packet as it is; a permitted one must not pass untranslated.
            refuse(out);
        } else {
            switch (translator.translate(door, metadata, packet)) {
                case CONTINUE -> permitIfAsked(filter, out);
                case REFUSED -> refuse(out);
                case TAKEN -> {
                    translated.increment();
                    out.block();
                    out.absorb();
                    out.clearWriteRight();
                }
            }
        }
    }

    /** For filters that were there before this callout: nobody announced them. */
    private Object attach(RuntimeFilter filter) {
        Object attachment;
        try {
            attachment = read(filter);
        } catch (FilterRefusedException e) {
            attachment = SENSELESS;
        }
        filter.attach(attachment);
        return attachment;
    }

    private static void permitIfAsked(RuntimeFilter filter, ClassifyOut out) {
        if (filter.action() == ActionType.CALLOUT_TERMINATING) {
            out.permit(); // Such filters want an answer; others go on to the next filter.
        }
    }

    /** Blocks, and hard, as a block should be; says nothing where that would change nothing. */
    private void refuse(ClassifyOut out) {
        refused.increment();
        if (out.hasWriteRight() || out.currentAction() == ClassifyOut.Action.PERMIT) {
            out.block();
            out.clearWriteRight();
        }
    }

    @Deactivate
    void stop() {
        synchronized (translators) {
            translators.values().forEach(Translator::close);
        }
        System.getLogger(KEY).log(System.Logger.Level.INFO, this::toString);
    }

    /** The totals. */
    @Override
    public String toString() {
        return "nat translated " + translated + " packets and refused " + refused;
    }
}
