package io.sallyport.codegen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads the tables and writes the Java sources made from them.
 *
 * <p>A file whose content is already right is left alone, so that an unchanged table costs no recompilation; a file that
 * is no longer made is deleted.
 */
public final class Generate {

    private Generate() {}

    /**
     * Runs the generator.
     *
     * @param args the folder with the tables, and the folder for the sources
     * @throws IOException if a table cannot be read or a source cannot be written
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("usage: Generate <folder with the tables> <output folder>");
        }
        write(sources(Path.of(args[0])), Path.of(args[1]));
    }

    /** All sources made from the tables in a folder: relative path to content. */
    static Map<String, String> sources(Path tables) throws IOException {
        Map<String, String> sources = new TreeMap<>();
        List<Csv.Row> constants = Csv.read(tables.resolve("constants.csv"));
        new LayerTypes(
                        Csv.read(tables.resolve("layers.csv")),
                        Csv.read(tables.resolve("conditions.csv")),
                        Csv.read(tables.resolve("layer_conditions.csv")))
                .addTo(sources);
        new ConstantTypes(constants, Csv.read(tables.resolve("builtin_objects.csv"))).addTo(sources);
        return sources;
    }

    private static void write(Map<String, String> sources, Path out) throws IOException {
        Set<Path> kept = new HashSet<>();
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = out.resolve(source.getKey());
            kept.add(file);
            if (Files.exists(file)
                    && Files.readString(file, StandardCharsets.UTF_8).equals(source.getValue())) {
                continue;
            }
            Path folder = file.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(file, source.getValue(), StandardCharsets.UTF_8);
        }
        if (!Files.exists(out)) {
            return;
        }
        try (Stream<Path> files = Files.walk(out)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !kept.contains(file))
                    .forEach(Generate::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the outdated source " + file, e);
        }
    }
}
