package io.sallyport.port.pcap.live;

import io.sallyport.gateway.api.Notices;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what the operator would be told. */
final class NoticeLines implements Notices {
    private final List<String> all = new CopyOnWriteArrayList<>();

    @Override
    public void state(String line) {
        all.add("state " + line);
    }

    @Override
    public void fault(String line) {
        all.add("fault " + line);
    }

    List<String> all() {
        return List.copyOf(all);
    }

    boolean has(String start) {
        return all.stream().anyMatch(line -> line.startsWith(start));
    }

    List<String> faults() {
        return all.stream().filter(line -> line.startsWith("fault")).toList();
    }
}
