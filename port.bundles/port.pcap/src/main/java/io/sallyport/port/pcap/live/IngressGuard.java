package io.sallyport.port.pcap.live;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the host's own stack from the frames of both interfaces: an nftables table that drops them at ingress, behind the
 * point where libpcap takes its copy. It outlives the process if that is killed: then nothing passes at all. Management plane.
 */
final class IngressGuard {
    private static final String INSTALL = "install the Debian package nftables (apt-get install nftables)";

    private final Commands commands;
    private final String lan;
    private final String wan;
    /** The table as the kernel showed it when it had just been made. */
    private @Nullable String installed;

    IngressGuard(Commands commands, String lan, String wan) {
        this.commands = commands;
        this.lan = lan;
        this.wan = wan;
    }

    /** The name of the table, which says whose it is. */
    String table() {
        return "sallyport_" + word(lan) + "_" + word(wan);
    }

    private static String word(String name) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean isPlain = c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            word.append(isPlain ? String.valueOf(c) : String.format(Locale.ROOT, "_%02x", (int) c));
        }
        return word.toString();
    }

    /** Why the guard cannot be set up, as far as can be told before; null if nothing speaks against it. */
    @Nullable String problem() {
        return commands.find("nft") == null
                ? "the program nft is missing, which keeps the host itself from the gateway's frames; " + INSTALL
                : null;
    }

    /** Whether the table is there, ours or one that a killed process left. */
    boolean isInstalled() throws IOException {
        return listing() != null;
    }

    /** Whether the table is as {@link #install(String, String)} made it. */
    boolean isIntact() throws IOException {
        String now = listing();
        return now != null && now.equals(installed);
    }

    private @Nullable String listing() throws IOException {
        Path nft = commands.find("nft");
        if (nft == null) {
            return null;
        }
        Commands.Result result = commands.run("", nft, "list", "table", "netdev", table());
        return result.isOk() ? result.output() : null;
    }

    /**
     * Drops from now on; takes over what a killed process left.
     *
     * @throws IOException with what is wrong and what would help
     */
    void install() throws IOException {
        install(lan, wan);
    }

    /**
     * Drops from now on, under the names that the interfaces have now. There is no moment without the table.
     *
     * @param lanName null if there is no such interface now
     * @param wanName likewise
     * @throws IOException with what is wrong and what would help
     */
    void install(@Nullable String lanName, @Nullable String wanName) throws IOException {
        String table = table();
        apply(
                "table netdev %1$s\ndelete table netdev %1$s\ntable netdev %1$s {\n%2$s%3$s}\n"
                        .formatted(table, chain("lan", lanName), chain("wan", wanName)),
                "installed");
        installed = listing();
    }

    private static String chain(String side, @Nullable String device) {
        return device == null
                ? ""
                : "    chain %s { type filter hook ingress device \"%s\" priority -500; policy drop; }\n"
                        .formatted(side, device);
    }

    /** Lets the host see the frames again. */
    void remove() throws IOException {
        apply("table netdev %1$s\ndelete table netdev %1$s\n".formatted(table()), "removed");
    }

    private void apply(String rules, String done) throws IOException {
        Path nft = commands.find("nft");
        if (nft == null) {
            throw new IOException("the program nft is missing; " + INSTALL);
        }
        Commands.Result result = commands.run(rules, nft, "-f", "-");
        if (!result.isOk()) {
            throw new IOException("the guard table netdev " + table() + " cannot be " + done + ": " + result.reason()
                    + "; see: nft list ruleset");
        }
    }
}
