package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import aQute.bnd.differ.Baseline;
import aQute.bnd.differ.Baseline.Info;
import aQute.bnd.differ.DiffPluginImpl;
import aQute.bnd.header.OSGiHeader;
import aQute.bnd.osgi.Jar;
import aQute.bnd.osgi.Processor;
import aQute.bnd.version.Version;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What vendors compile against carries versions that tell what has changed since the reference in {@code cnf/baseline}: anything
 * that breaks them the first number, anything that they may need the second. See {@code docs/vendor-api.md}.
 */
class ApiBaselineTest {
    private static final String CALLOUTS = "io.sallyport.callout";
    private static final String SOME_CLASS = "io/sallyport/callout/FlowHandle.class";

    @ParameterizedTest
    @ValueSource(strings = {"callout.api", "callout.testkit"})
    void shouldHaveVersionsThatTellWhatHasChanged(String bundle) throws Exception {
        try (Jar now = now(bundle);
                Jar reference = reference(bundle)) {
            assertThat(mismatches(now, reference)).isEmpty();
        }
    }

    /** Of a jar against itself with a class less: what the check above is worth. */
    @Test
    void shouldFindWhatBreaksVendors() throws Exception {
        try (Jar now = now("callout.api");
                Jar same = now("callout.api")) {
            now.remove(SOME_CLASS);
            Version version = exported(same);
            assertThat(mismatches(now, same))
                    .contains(CALLOUTS + " " + version + " has to be " + new Version(version.getMajor() + 1, 0, 0));
        }
    }

    @Test
    void shouldFindWhatVendorsMayNeed() throws Exception {
        try (Jar now = now("callout.api");
                Jar less = now("callout.api")) {
            less.remove(SOME_CLASS);
            Version version = exported(now);
            assertThat(mismatches(now, less))
                    .contains(CALLOUTS + " " + version + " has to be "
                            + new Version(version.getMajor(), version.getMinor() + 1, 0));
        }
    }

    private static List<String> mismatches(Jar now, Jar before) throws Exception {
        try (Processor processor = new Processor()) {
            return new Baseline(processor, new DiffPluginImpl())
                    .baseline(now, before, null).stream()
                            .filter(info -> info.mismatch)
                            .sorted(Comparator.comparing((Info info) -> info.packageName))
                            .map(info ->
                                    info.packageName + " " + info.newerVersion + " has to be " + info.suggestedVersion)
                            .toList();
        }
    }

    private static Version exported(Jar jar) throws Exception {
        String export = jar.getManifest().getMainAttributes().getValue("Export-Package");
        return Version.parseVersion(OSGiHeader.parseHeader(export).get(CALLOUTS).getVersion());
    }

    private static Jar now(String bundle) throws Exception {
        return new Jar(bundle, Path.of("..", bundle, "target", "classes").toFile());
    }

    private static Jar reference(String bundle) throws Exception {
        return new Jar(bundle, Path.of("..", "cnf", "baseline", bundle + ".jar").toFile());
    }
}
