package io.sallyport.sample.geo.block;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.sample.nets.Settings;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Blocks what has its remote end in one of the networks of the filter's context, or, with {@code mode: only}, what has not.
 *
 * <p>What cannot be decided is blocked: a filter whose lists make no sense or are not read yet, a layer without remote
 * address.
 *
 * <p>Reading a list takes time and is no work for the packet's path. Lists are read when a filter is added. Filters that were
 * there before this callout are not announced (CALL-12): the first packet has a thread of this bundle read theirs, and until
 * that is done they block.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + GeoBlock.KEY)
public final class GeoBlock implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.geo-block";

    private static final String NAME = "geo-block";
    private static final int MOST_WAITING_FILTERS = 1_024;

    /** What a filter's attachment is. */
    private record Lists(NetworkSet networks, boolean isOnly) {

        /** Not read yet, or not to be read: blocks everything. */
        static final Lists NONE = new Lists(NetworkSet.empty(), true);
    }

    private final BlockingQueue<RuntimeFilter> unread = new ArrayBlockingQueue<>(MOST_WAITING_FILTERS);
    private @Nullable Thread reader;

    @Activate
    void start() {
        Thread thread = new Thread(this::readLists, NAME);
        thread.setDaemon(true);
        reader = thread;
        thread.start();
    }

    @Deactivate
    void stop() throws InterruptedException {
        Thread thread = reader;
        if (thread != null) {
            thread.interrupt();
            thread.join(1_000);
        }
    }

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            filter.attach(read(filter));
        }
    }

    private static Lists read(RuntimeFilter filter) throws FilterRefusedException {
        Settings settings = new Settings(NAME, filter.providerContext(), Set.of("networks", "files", "mode"));
        if (!hasRemoteAddress(filter.layer())) {
            throw settings.refusal(
                    "judges layers with a remote address, not " + filter.layer().policyName());
        }
        boolean isOnly =
                settings.word("mode", "block", List.of("block", "only")).equals("only");
        return new Lists(NetworkLists.read(settings), isOnly);
    }

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        if (!(filter.attachment() instanceof Lists lists)) {
            haveRead(filter);
            block(out);
        } else if (!mayPass(lists, values)) {
            block(out);
        } else if (filter.action() == ActionType.CALLOUT_TERMINATING) {
            out.permit(); // Such filters want an answer; others go on to the next filter.
        }
    }

    /** Once for each filter, so the queue's lock is no matter; a filter that finds no place there tries again. */
    private void haveRead(RuntimeFilter filter) {
        filter.attach(Lists.NONE);
        if (!unread.offer(filter)) {
            filter.attach(null);
        }
    }

    private static boolean mayPass(Lists lists, IncomingValues values) {
        NetworkSet networks = lists.networks;
        return switch (values.type(Field.IP_REMOTE_ADDRESS)) {
            case UINT32 -> networks.contains4((int) values.number(Field.IP_REMOTE_ADDRESS)) == lists.isOnly;
            case BYTE_ARRAY16 ->
                isListed6(networks, values.high64(Field.IP_REMOTE_ADDRESS), values.low64(Field.IP_REMOTE_ADDRESS))
                        == lists.isOnly;
            default -> false;
        };
    }

    /** Also by the IPv4 address inside: mapped (RFC 4291, 2.5.5.2) and translated (RFC 6052, the well-known prefix). */
    private static boolean isListed6(NetworkSet networks, long high, long low) {
        boolean isMapped = high == 0 && low >>> 32 == 0xFFFF;
        boolean isTranslated = high == 0x0064_FF9B_0000_0000L && low >>> 32 == 0;
        return networks.contains6(high, low) || ((isMapped || isTranslated) && networks.contains4((int) low));
    }

    private void readLists() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                RuntimeFilter filter = unread.take();
                filter.attach(read(filter));
            } catch (FilterRefusedException e) {
                System.getLogger(KEY).log(System.Logger.Level.WARNING, e::getMessage); // The filter goes on blocking.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Blocks, and hard, as a block should be; says nothing where that would change nothing. */
    private static void block(ClassifyOut out) {
        if (out.hasWriteRight() || out.currentAction() == ClassifyOut.Action.PERMIT) {
            out.block();
            out.clearWriteRight();
        }
    }

    private static boolean hasRemoteAddress(Layer layer) {
        return layer.fieldIndex(Field.IP_REMOTE_ADDRESS) >= 0;
    }
}
