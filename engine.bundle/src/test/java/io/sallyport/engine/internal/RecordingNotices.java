package io.sallyport.engine.internal;

import io.sallyport.gateway.api.Notices;
import java.util.ArrayList;
import java.util.List;

/** What the operator was told. */
final class RecordingNotices implements Notices {
    final List<String> lines = new ArrayList<>();

    @Override
    public void state(String line) {
        lines.add("state: " + line);
    }

    @Override
    public void fault(String line) {
        lines.add("fault: " + line);
    }
}
