package io.sallyport.bfe.internal.event;

import io.sallyport.bfe.internal.disk.DurableFile;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.AuditGroup;
import io.sallyport.gateway.api.NetEventOptions.Keyword;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the settings of events outlive the process (NEV-5). There is never half of it. */
final class OptionsFile {
    private static final Logger LOG = LoggerFactory.getLogger(OptionsFile.class);
    private static final String COLLECT = "collect";
    private static final String KEYWORDS = "keywords";
    private static final String AUDIT = "audit";

    private final Path file;

    OptionsFile(Path file) {
        this.file = file;
    }

    /** The settings, or the default ones if there is no file, or one that cannot be read, which is logged. */
    NetEventOptions read() {
        if (!Files.exists(file)) {
            return NetEventOptions.DEFAULT;
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return new NetEventOptions(
                    Boolean.parseBoolean(properties.getProperty(COLLECT, "true")),
                    read(Keyword.class, properties.getProperty(KEYWORDS, "")),
                    read(AuditGroup.class, properties.getProperty(AUDIT, "")));
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            LOG.warn("{} cannot be read, so events are recorded as by default: {}", file, e.toString());
            return NetEventOptions.DEFAULT;
        }
    }

    private static <E extends Enum<E>> Set<E> read(Class<E> type, String names) {
        Set<E> set = EnumSet.noneOf(type);
        Arrays.stream(names.split(","))
                .filter(name -> !name.isBlank())
                .forEach(name -> set.add(Enum.valueOf(type, name.strip())));
        return set;
    }

    void write(NetEventOptions options) throws PolicyException {
        String text = COLLECT + "=" + options.isCollecting() + "\n" + KEYWORDS + "=" + names(options.keywords()) + "\n"
                + AUDIT + "=" + names(options.audit()) + "\n";
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            DurableFile.replace(file, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new PolicyException(
                    WfpError.INVALID_PARAMETER,
                    "the settings of events cannot be kept in " + file + ", nothing was changed: " + e,
                    e);
        }
    }

    private static String names(Set<? extends Enum<?>> set) {
        return set.stream().map(Enum::name).sorted().collect(Collectors.joining(","));
    }
}
