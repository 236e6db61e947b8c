package io.sallyport.deploy.trust;

import io.sallyport.plugin.api.PluginTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where operators change whom the gateway trusts. Changes are made by the deployer's thread, which follows them at once. */
public final class TrustDesk implements PluginTrust {
    private static final Logger LOG = LoggerFactory.getLogger(TrustDesk.class);
    private static final Duration LONGEST = Duration.ofDays(30);
    private static final int MAX_CERTIFICATE_BYTES = 1 << 20;

    private final TrustFiles files;
    private final TrustGate gate;
    private final InstantSource clock;
    private final Runner deployer;
    private final Runnable follow;

    TrustDesk(TrustFiles files, TrustGate gate, InstantSource clock, Runner deployer, Runnable follow) {
        this.files = files;
        this.gate = gate;
        this.clock = clock;
        this.deployer = deployer;
        this.follow = follow;
    }

    @Override
    public List<Vendor> vendors() throws IOException {
        return files.vendors(new ArrayList<>()).stream().map(TrustDesk::shown).toList();
    }

    @Override
    public Vendor add(String name, Path certificate, List<String> callouts, List<String> providers) throws IOException {
        for (String pattern : joined(callouts, providers)) {
            if (!NamePattern.isPattern(pattern)) {
                throw new IOException(
                        "'" + pattern + "' is no pattern; write a name (com.acme.filter), com.acme.* or *");
            }
        }
        if (Files.size(certificate) > MAX_CERTIFICATE_BYTES) {
            throw new IOException(certificate + " is too large for a certificate; take the .pem file");
        }
        String text = new String(Files.readAllBytes(certificate), java.nio.charset.StandardCharsets.ISO_8859_1);
        return change(() -> {
            VendorKey vendor =
                    new VendorKey(name, VendorKey.certificate(certificate.toString(), text), callouts, providers);
            files.add(vendor);
            return shown(vendor);
        });
    }

    @Override
    public void remove(String name) throws IOException {
        change(() -> {
            if (!files.remove(name)) {
                throw new IOException("there is no vendor '" + name + "'; 'trust list' shows all");
            }
            return name;
        });
    }

    @Override
    public String accept(Path jar, Duration time) throws IOException {
        if (time.isNegative() || time.isZero() || time.compareTo(LONGEST) > 0) {
            throw new IOException("a file is accepted for a while only: more than nothing, and 30 days at most");
        }
        String digest = digest(jar);
        return change(() -> {
            Map<String, Instant> accepted = new TreeMap<>(files.accepted(clock.instant()));
            accepted.put(digest, clock.instant().plus(time));
            files.accept(accepted);
            return digest;
        });
    }

    @Override
    public void endAcceptances() throws IOException {
        change(() -> {
            files.accept(Map.of());
            return "";
        });
    }

    @Override
    public Map<String, Instant> accepted() throws IOException {
        return files.accepted(clock.instant());
    }

    @Override
    public String approve(String symbolicName, String budget) throws IOException {
        return change(() -> {
            Budget approved = Budget.parse(budget, "the budget");
            if (symbolicName.isBlank() || !symbolicName.equals(symbolicName.replaceAll("\\s", ""))) {
                throw new IOException("'" + symbolicName + "' is no symbolic name");
            }
            Map<String, Budget> budgets = new TreeMap<>(files.budgets(new ArrayList<>()));
            if (approved.equals(Budget.DEFAULT)) {
                budgets.remove(symbolicName);
            } else {
                budgets.put(symbolicName, approved);
            }
            files.approve(budgets);
            return approved.toString();
        });
    }

    @Override
    public Map<String, String> approved() throws IOException {
        Map<String, String> shown = new TreeMap<>();
        files.budgets(new ArrayList<>()).forEach((name, budget) -> shown.put(name, budget.toString()));
        return shown;
    }

    @Override
    public void requireConformance(boolean isRequired) throws IOException {
        change(() -> {
            files.requireConformance(isRequired);
            return "";
        });
    }

    @Override
    public boolean isConformanceRequired() throws IOException {
        return files.requiresConformance();
    }

    @Override
    public String warning() {
        if (gate.isOff()) {
            return "trust off";
        }
        try {
            Instant now = clock.instant();
            return files.accepted(now).values().stream()
                    .max(Instant::compareTo)
                    .map(last -> "dev " + shown(Duration.between(now, last)))
                    .orElse("");
        } catch (IOException e) {
            LOG.debug("it is not known what is accepted", e);
            return "";
        }
    }

    private <T> T change(Callable<T> task) throws IOException {
        return deployer.call(() -> {
            try {
                T result = task.call();
                follow.run();
                return result;
            } catch (Untrusted e) {
                throw new IOException(e.line(), e);
            }
        });
    }

    private static String shown(Duration left) {
        long minutes = left.toMinutes();
        return minutes < 1
                ? left.toSeconds() + "s"
                : minutes < 60 ? minutes + "m" : minutes / 60 + "h" + minutes % 60 + "m";
    }

    private static Vendor shown(VendorKey vendor) {
        return new Vendor(
                vendor.name(),
                vendor.certificate().getSubjectX500Principal().getName(),
                vendor.fingerprint(),
                vendor.callouts(),
                vendor.providers());
    }

    private static List<String> joined(List<String> one, List<String> other) {
        List<String> all = new ArrayList<>(one);
        all.addAll(other);
        return all;
    }

    private static String digest(Path jar) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(jar), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The deployer's thread. */
    @FunctionalInterface
    public interface Runner {
        /**
         * Does something there.
         *
         * @param task what
         * @param <T> its result
         * @return its result
         * @throws IOException its failure
         */
        <T> T call(Callable<T> task) throws IOException;
    }
}
