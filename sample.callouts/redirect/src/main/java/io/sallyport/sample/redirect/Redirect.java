package io.sallyport.sample.redirect;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RedirectState;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.callout.WritableConnection;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.sample.nets.IpAddress;
import io.sallyport.sample.nets.Settings;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Sends connections to a proxy, {@code {proxy: 192.0.2.20, port: 8080}}: the inside host believes to speak with whom it asked
 * for, all layers behind this one see the proxy.
 *
 * <p>What cannot be redirected is blocked: a connection that is to go by way of a proxy does not go without.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + Redirect.KEY)
public final class Redirect implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.redirect";

    private static final String NAME = "redirect";

    /** What a filter's attachment is; port 0 keeps the port that was asked for. */
    private record Proxy(IpAddress address, int port) {}

    /** The attachment of a filter whose context makes no sense: blocks. */
    private static final Object SENSELESS = new Object();

    private final LongAdder redirected = new LongAdder();
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

    private static Proxy read(RuntimeFilter filter) throws FilterRefusedException {
        Settings settings = new Settings(NAME, filter.providerContext(), Set.of("proxy", "port"));
        Layer layer = filter.layer();
        if (layer != Layer.ALE_CONNECT_REDIRECT_V4 && layer != Layer.ALE_CONNECT_REDIRECT_V6) {
            throw settings.refusal("redirects at ale-connect-redirect, not at " + layer.policyName());
        }
        String text = settings.text("proxy");
        IpAddress address = text == null ? null : IpAddress.parse(text);
        if (address == null || !address.isUnicast()) {
            throw settings.refusal("needs the address of a host, e.g. {proxy: 192.0.2.20, port: 8080}");
        }
        if (address.isIpv6() != (layer == Layer.ALE_CONNECT_REDIRECT_V6)) {
            throw settings.refusal("cannot send what is at " + layer.policyName() + " to " + text);
        }
        return new Proxy(address, (int) settings.number("port", 1, 65_535, 0));
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
        if (door != null && attachment instanceof Proxy proxy && redirect(door, proxy, values, metadata)) {
            if (out.hasWriteRight() || filter.action() == ActionType.CALLOUT_TERMINATING) {
                out.permit(); // Such filters want an answer, also where somebody else has decided.
            }
        } else {
            refused.increment();
            block(out);
        }
    }

    /** For filters that were there before this callout: nobody announced them. */
    private static Object attach(RuntimeFilter filter) {
        Object attachment;
        try {
            attachment = read(filter);
        } catch (FilterRefusedException e) {
            attachment = SENSELESS;
        }
        filter.attach(attachment);
        return attachment;
    }

    /** Tells whether the connection goes to the proxy, or may go as it is. */
    private boolean redirect(CalloutHost door, Proxy proxy, IncomingValues values, IncomingMetadata metadata) {
        RedirectState state = door.redirectState(metadata);
        if (state == RedirectState.REDIRECTED_BY_SELF || state == RedirectState.PREVIOUSLY_REDIRECTED_BY_SELF) {
            return true; // Never twice (REDIR-5): two callouts would do so for ever.
        }
        if (isProxy(proxy, values)) {
            return true; // On its way there by itself.
        }
        WritableConnection connection = door.acquireWritableConnection(metadata);
        if (connection == null) {
            return false;
        }
        connection.setRemoteAddress(proxy.address.high(), proxy.address.low());
        if (proxy.port != 0) {
            connection.setRemotePort(proxy.port);
        }
        boolean isDone = connection.apply() == CalloutHost.Status.SUCCESS;
        if (isDone) {
            redirected.increment();
        }
        return isDone;
    }

    private static boolean isProxy(Proxy proxy, IncomingValues values) {
        boolean isAddress = proxy.address.isIpv6()
                ? values.high64(Field.IP_REMOTE_ADDRESS) == proxy.address.high()
                        && values.low64(Field.IP_REMOTE_ADDRESS) == proxy.address.low()
                : values.number(Field.IP_REMOTE_ADDRESS) == proxy.address.low();
        return isAddress && (proxy.port == 0 || values.number(Field.IP_REMOTE_PORT) == proxy.port);
    }

    /** Blocks, and hard, as a block should be; says nothing where that would change nothing. */
    private static void block(ClassifyOut out) {
        if (out.hasWriteRight() || out.currentAction() == ClassifyOut.Action.PERMIT) {
            out.block();
            out.clearWriteRight();
        }
    }

    @Deactivate
    void logTotals() {
        System.getLogger(KEY).log(System.Logger.Level.INFO, this::toString);
    }

    /** The totals. */
    @Override
    public String toString() {
        return "redirect sent " + redirected + " connections to a proxy and refused " + refused;
    }
}
