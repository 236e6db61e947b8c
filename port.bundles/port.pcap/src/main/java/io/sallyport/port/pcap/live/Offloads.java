package io.sallyport.port.pcap.live;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an interface does to frames by itself: joining them on arrival, cutting them on departure. Management plane. */
final class Offloads {
    /** As ethtool lists them, to how it wants them named. */
    private static final Map<String, String> JOINING = joining();

    private final Commands commands;

    Offloads(Commands commands) {
        this.commands = commands;
    }

    private static Map<String, String> joining() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("generic-receive-offload", "gro");
        names.put("generic-segmentation-offload", "gso");
        names.put("tcp-segmentation-offload", "tso");
        names.put("large-receive-offload", "lro");
        names.put("rx-udp-gro-forwarding", "rx-udp-gro-forwarding");
        return names;
    }

    /** Tells whether offloads can be looked at and changed at all. */
    boolean isAvailable() {
        return commands.find("ethtool") != null;
    }

    /**
     * The offloads that are on and can be switched.
     *
     * @return names for {@link #set}
     */
    List<String> on(String interfaceName) throws IOException {
        Commands.Result result = commands.run("", ethtool(), "-k", interfaceName);
        if (!result.isOk()) {
            throw new IOException("the offloads of interface " + interfaceName + " cannot be read: " + result.reason());
        }
        return parse(result.output());
    }

    static List<String> parse(String listing) {
        List<String> on = new ArrayList<>();
        listing.lines().forEach(line -> {
            String[] parts = line.strip().split(": ", 2);
            @Nullable String name = JOINING.get(parts[0]);
            if (name != null
                    && parts.length == 2
                    && Set.of("on", "on [requested off]").contains(parts[1].strip())) {
                on.add(name);
            }
        });
        return on;
    }

    /** Switches offloads, all of them in one go. */
    void set(String interfaceName, List<String> names, boolean isOn) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-K", interfaceName));
        for (String name : names) {
            arguments.add(name);
            arguments.add(isOn ? "on" : "off");
        }
        Commands.Result result = commands.run("", ethtool(), arguments.toArray(String[]::new));
        if (!result.isOk()) {
            throw new IOException("the offloads " + String.join(", ", names) + " of interface " + interfaceName
                    + " cannot be switched " + (isOn ? "on" : "off") + ": " + result.reason());
        }
    }

    private Path ethtool() throws IOException {
        Path ethtool = commands.find("ethtool");
        if (ethtool == null) {
            throw new IOException("the program ethtool is missing; install the Debian package ethtool");
        }
        return ethtool;
    }
}
