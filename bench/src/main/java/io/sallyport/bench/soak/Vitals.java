package io.sallyport.bench.soak;

import io.sallyport.bench.lab.Gateway;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a gateway's process is.
 *
 * @param hour of the day that is lived in fast motion
 * @param heapBytes reachable, after a full collection
 * @param threads of the process, but for those of the JIT compiler, which come and go with its work
 * @param descriptors open in the process
 * @param residentKib memory of the process
 */
record Vitals(double hour, long heapBytes, int threads, int descriptors, long residentKib) {

    static Vitals take(Gateway gateway, double hour) throws IOException, InterruptedException {
        // The histogram counts what is reachable, and collects for that. Twice: what the first lets go has finalizers.
        String ignored = gateway.jcmd("GC.class_histogram");
        long heap = total(gateway.jcmd("GC.class_histogram"));
        Path process = Path.of("/proc", Long.toString(gateway.pid()));
        return new Vitals(
                hour, heap, threads(process.resolve("task")), count(process.resolve("fd")), status(process, "VmRSS:"));
    }

    private static long total(String histogram) throws IOException {
        for (String line : histogram.lines().toList()) {
            if (line.startsWith("Total")) {
                String[] words = line.strip().split(" +", -1);
                return Long.parseLong(words[2]);
            }
        }
        throw new IOException("no total in the answer of jcmd: " + histogram.strip());
    }

    private static long status(Path process, String name) throws IOException {
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).strip().split(" ", -1)[0]);
            }
        }
        throw new IOException(process + "/status has no " + name);
    }

    private static int threads(Path tasks) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
            for (Path task : all) {
                String name = Files.readString(task.resolve("comm"));
                count += name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler") ? 0 : 1;
            }
        }
        return count;
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
