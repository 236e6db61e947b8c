package io.sallyport.itest;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkStartLevel;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ops4j.pax.exam.Option;

/** The assembled gateway as Pax Exam options: the same jars at the same start levels as in the product. */
final class GatewayBundles {

    private GatewayBundles() {}

    /** All bundles of the product, and what JUnit needs beside them. */
    static Option gateway() {
        List<Option> options = new ArrayList<>();
        options.add(junitBundles());
        options.add(frameworkStartLevel(60));
        for (Path level : children(Path.of(System.getProperty("gateway.dir"), "bundles"))) {
            int startLevel = Integer.parseInt(level.getFileName().toString());
            for (Path jar : children(level)) {
                options.add(
                        startLevel == 0
                                ? bundle(url(jar)).noStart()
                                : bundle(url(jar)).startLevel(startLevel).start());
            }
        }
        return composite(options.toArray(Option[]::new));
    }

    /** A sample callout by its jar's name, such as {@code word-block}; started last, as plug-ins are. */
    static Option sample(String name) {
        return bundle(url(Path.of(System.getProperty("samples.dir"), name + ".jar")))
                .startLevel(60)
                .start();
    }

    /** A sample callout that is installed only; the test starts it. */
    static Option sampleNotStarted(String name) {
        return bundle(url(Path.of(System.getProperty("samples.dir"), name + ".jar")))
                .startLevel(60)
                .noStart();
    }

    private static String url(Path jar) {
        return "reference:" + jar.toAbsolutePath().normalize().toUri();
    }

    private static List<Path> children(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("is the gateway assembled? cannot list " + folder, e);
        }
    }
}
