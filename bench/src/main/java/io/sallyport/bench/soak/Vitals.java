package io.sallyport.bench.soak;

import io.sallyport.bench.lab.Gateway;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a gateway's process is.
 *
 * @param hour of the day that is lived in fast motion
 * @param heapBytes reachable, after a full collection
 * @param threads of the process, but for those of the JIT compiler, which come and go with its work
 * @param descriptors open in the process
 * @param residentKib memory of the process
 * @param bytesByClass the heap by class
 * @param threadNames their names, as the kernel cuts them, sorted
 */
record Vitals(
        double hour,
        long heapBytes,
        int threads,
        int descriptors,
        long residentKib,
        Map<String, Long> bytesByClass,
        List<String> threadNames) {
    private static final int MOST_CLASSES = 15;
    /** What a collector writes over garbage that it does not move; nothing refers to it. */
    private static final String FILLER = "jdk.internal.vm.Filler";

    static Vitals take(Gateway gateway, double hour) throws IOException, InterruptedException {
        // The histogram counts what is reachable, and collects for that. Twice: what the first lets go has finalizers.
        String ignored = gateway.jcmd("GC.class_histogram");
        Map<String, Long> heap = byClass(gateway.jcmd("GC.class_histogram"));
        Path process = Path.of("/proc", Long.toString(gateway.pid()));
        List<String> threads = threads(process.resolve("task"));
        return new Vitals(
                hour,
                heap.values().stream().mapToLong(Long::longValue).sum(),
                threads.size(),
                count(process.resolve("fd")),
                status(process, "VmRSS:"),
                heap,
                threads);
    }

    /** Lines are: rank, instances, bytes, class, and maybe its module. */
    static Map<String, Long> byClass(String histogram) throws IOException {
        Map<String, Long> bytes = new LinkedHashMap<>();
        for (String line : histogram.lines().toList()) {
            String[] words = line.strip().split(" +", -1);
            boolean isClass = words.length >= 4 && words[0].endsWith(":") && Character.isDigit(words[0].charAt(0));
            if (isClass && !words[3].contains(FILLER)) {
                bytes.merge(words[3], Long.parseLong(words[2]), Long::sum);
            }
        }
        if (bytes.isEmpty()) {
            throw new IOException("no classes in the answer of jcmd: " + histogram.strip());
        }
        return bytes;
    }

    /** Which classes have more bytes than before, or fewer; the largest changes first. */
    static Map<String, Object> changes(Vitals before, Vitals after) {
        Map<String, Long> all = new LinkedHashMap<>(after.bytesByClass);
        before.bytesByClass.forEach((name, bytes) -> all.merge(name, -bytes, Long::sum));
        Map<String, Object> changes = new LinkedHashMap<>();
        all.entrySet().stream()
                .filter(entry -> entry.getValue() != 0)
                .sorted(Comparator.comparingLong(entry -> -Math.abs(entry.getValue())))
                .limit(MOST_CLASSES)
                .forEach(entry -> changes.put(entry.getKey(), entry.getValue()));
        return changes;
    }

    /** The names of threads that are in one list only. */
    static List<String> onlyIn(Vitals one, Vitals other) {
        List<String> names = new ArrayList<>(one.threadNames);
        other.threadNames.forEach(names::remove);
        return names;
    }

    private static long status(Path process, String name) throws IOException {
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).strip().split(" ", -1)[0]);
            }
        }
        throw new IOException(process + "/status has no " + name);
    }

    private static List<String> threads(Path tasks) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
            for (Path task : all) {
                String name = Files.readString(task.resolve("comm")).strip();
                if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
                    names.add(name);
                }
            }
        }
        names.sort(Comparator.naturalOrder());
        return names;
    }

    private static int count(Path folder) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path ignored : files) {
                count++;
            }
        }
        return count;
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("hour", hour);
        map.put("heapBytes", heapBytes);
        map.put("threads", threads);
        map.put("descriptors", descriptors);
        map.put("residentKib", residentKib);
        return map;
    }
}
