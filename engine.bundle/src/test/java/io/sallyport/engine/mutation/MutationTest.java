package io.sallyport.engine.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether the comparison with the oracle is any good: it must notice every mistake of {@code mutations.txt}. */
class MutationTest {
    /** Scenarios after which a mistake counts as not noticed; a fraction of what the property test runs. */
    private static final int MOST_SCENARIOS = 30_000;

    private static final Path SOURCES =
            Path.of(System.getProperty("basedir", "."), "src/main/java/io/sallyport/engine/internal");
    private static final MemoryCompiler COMPILER = new MemoryCompiler();

    static Stream<Mutation> mutations() {
        return Mutation.all().stream();
    }

    private static String source(String file) {
        try {
            return Files.readString(SOURCES.resolve(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the comparison finds; a mutant that dies is found out, too. */
    private static String firstDifference(Map<String, byte[]> compiled, int scenarios) throws Exception {
        ClassLoader loader = new MutantLoader(compiled);
        Class<?> comparison = loader.loadClass("io.sallyport.engine.oracle.Comparison");
        try {
            return (String) comparison
                    .getMethod("firstDifference", long.class, int.class)
                    .invoke(null, 1L, scenarios);
        } catch (InvocationTargetException e) {
            return "thrown: " + e.getCause();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutations")
    void shouldNoticeTheMistake(Mutation mutation) throws Exception {
        String mutated = mutation.apply(source(mutation.file()));
        Map<String, byte[]> compiled = COMPILER.compile(Map.of(mutation.file(), mutated));
        assertThat(firstDifference(compiled, MOST_SCENARIOS)).isNotNull();
    }

    @Test
    void shouldFindNothingInTheSameSourcesWithoutMistake() throws Exception {
        Map<String, String> all = new HashMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> SOURCES.relativize(file).toString())
                    .forEach(file -> all.put(file, source(file)));
        }
        Map<String, byte[]> compiled = COMPILER.compile(all);
        assertThat(compiled).containsKey("io.sallyport.engine.internal.classify.Arbiter");
        assertThat(firstDifference(compiled, 5_000)).isNull();
    }
}
