package io.sallyport.bench.lab;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Processor time of processes, by the kernel's scheduler: what work costs, however much else the machine does. */
public final class CpuTime {

    private CpuTime() {}

    /**
     * Time that the threads of a process that are alive now have run.
     *
     * @param pid process
     * @return nanoseconds
     * @throws IOException if there is no such process
     */
    public static long ofProcessNs(long pid) throws IOException {
        long sum = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks) {
                try {
                    sum += Long.parseLong(
                            Files.readString(task.resolve("schedstat")).split(" ", -1)[0]);
                } catch (NoSuchFileException e) {
                    // That thread has just ended.
                }
            }
        }
        return sum;
    }

    /**
     * How many processors the whole machine keeps busy during a time.
     *
     * @param forMs how long to watch
     * @return 0 if it is idle
     * @throws IOException if the kernel does not say
     * @throws InterruptedException if the caller is interrupted
     */
    public static double busyCpus(long forMs) throws IOException, InterruptedException {
        long[] before = jiffies();
        Thread.sleep(forMs);
        long[] after = jiffies();
        double all = after[0] - before[0];
        double idle = after[1] - before[1];
        return all <= 0 ? 0 : (1 - idle / all) * Runtime.getRuntime().availableProcessors();
    }

    /** All, and idle or waiting for disks. */
    private static long[] jiffies() throws IOException {
        String[] words = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +", -1);
        long all = 0;
        for (int i = 1; i < words.length; i++) {
            all += Long.parseLong(words[i]);
        }
        return new long[] {all, Long.parseLong(words[4]) + Long.parseLong(words[5])};
    }
}
