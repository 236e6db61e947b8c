package io.sallyport.engine.internal.policy;

import io.sallyport.callout.IncomingMetadata;
import io.sallyport.engine.api.PathDoor;
import org.jspecify.annotations.Nullable;

/**
 * The workers that an engine's callouts can reach. Read by any thread without a lock; written when a worker comes or goes.
 */
public final class PathDoors {

    private volatile PathDoor[] doors = {};

    /** A worker has come. */
    public synchronized void add(PathDoor door) {
        PathDoor[] more = new PathDoor[doors.length + 1];
        System.arraycopy(doors, 0, more, 0, doors.length);
        more[doors.length] = door;
        doors = more;
    }

    /** A worker goes. */
    public synchronized void remove(PathDoor door) {
        PathDoor[] now = doors;
        for (int i = 0; i < now.length; i++) {
            if (now[i] == door) {
                PathDoor[] fewer = new PathDoor[now.length - 1];
                System.arraycopy(now, 0, fewer, 0, i);
                System.arraycopy(now, i + 1, fewer, i, fewer.length - i);
                doors = fewer;
                return;
            }
        }
    }

    /** The worker that shows an item to callouts now. */
    @Nullable PathDoor showing(IncomingMetadata metadata) {
        for (PathDoor door : doors) {
            if (door.isShowing(metadata)) {
                return door;
            }
        }
        return null;
    }

    /** The worker for whatever belongs to none in particular. With one worker, also the owner of every flow. */
    @Nullable PathDoor any() {
        PathDoor[] now = doors;
        return now.length == 0 ? null : now[0];
    }

    /** A callout has left. Management plane. */
    public void calloutLeft(CalloutDoor who) {
        for (PathDoor door : doors) {
            door.calloutLeft(who);
        }
    }
}
