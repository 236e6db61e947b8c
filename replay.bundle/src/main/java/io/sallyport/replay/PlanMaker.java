package io.sallyport.replay;

import io.sallyport.replay.ReplayPlan.Capture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the captures and says where each output goes; refuses what would overwrite an input or another output. */
final class PlanMaker {
    private final List<Path> inputs;
    private final @Nullable Path out;
    private final @Nullable Path outDir;
    /** Real path of each file that will be written, and what it is. */
    private final Map<Path, String> outputs = new HashMap<>();

    PlanMaker(List<Path> inputs, @Nullable Path out, @Nullable Path outDir) {
        this.inputs = inputs;
        this.out = out;
        this.outDir = outDir;
    }

    ReplayPlan plan(ReplaySettings settings) throws ReplayException {
        if (out != null && outDir != null) {
            throw ReplayException.usage("--out and --out-dir cannot be used together");
        }
        if (outDir == null) {
            if (inputs.size() > 1) {
                throw ReplayException.usage("several captures need --out-dir DIR");
            }
            if (Files.isDirectory(inputs.get(0))) {
                throw ReplayException.usage(inputs.get(0) + " is a folder: its captures need --out-dir DIR");
            }
        } else if (Files.exists(outDir) && !Files.isDirectory(outDir)) {
            throw ReplayException.usage("--out-dir " + outDir + " is no folder");
        }
        List<Capture> captures = outDir == null ? List.of(new Capture(inputs.get(0), out)) : below(outDir);
        claimOutputs(captures, settings);
        for (Capture capture : captures) {
            refuseOverwriting(capture.input(), "the capture " + capture.input());
        }
        if (settings.policy() != null) {
            refuseOverwriting(settings.policy(), "the policy " + settings.policy());
        }
        return new ReplayPlan(captures, settings);
    }

    private List<Capture> below(Path folder) throws ReplayException {
        List<Capture> captures = new ArrayList<>();
        for (Path input : inputs) {
            if (!Files.isDirectory(input)) {
                captures.add(new Capture(input, folder.resolve(fileName(input))));
                continue;
            }
            List<Path> found;
            try {
                found = CaptureFinder.find(input, folder);
            } catch (IOException e) {
                throw new ReplayException(
                        ExitCode.UNREADABLE_INPUT, input + ": the folder cannot be read: " + Reasons.of(e), e);
            }
            if (found.isEmpty()) {
                throw new ReplayException(ExitCode.UNREADABLE_INPUT, input + ": there are no captures in this folder");
            }
            for (Path file : found) {
                captures.add(
                        new Capture(file, folder.resolve(input.relativize(file).toString())));
            }
        }
        return captures;
    }

    private void claimOutputs(List<Capture> captures, ReplaySettings settings) throws ReplayException {
        for (Capture capture : captures) {
            if (capture.output() != null) {
                claim(capture.output(), outDir == null ? "--out" : "the output of " + capture.input());
            }
        }
        if (settings.events() != null) {
            claim(settings.events(), "--events");
        }
        if (settings.stats() != null) {
            claim(settings.stats(), "--stats");
        }
    }

    private void claim(Path file, String what) throws ReplayException {
        if (Files.isDirectory(file)) {
            throw ReplayException.usage(what + ": " + file + " is a folder");
        }
        Path parent = file.toAbsolutePath().getParent();
        if (outDir == null || !file.startsWith(outDir)) {
            if (parent == null || !Files.isDirectory(parent)) {
                throw ReplayException.usage(what + ": the folder of " + file + " does not exist");
            }
        }
        if (OutputFile.isDevice(file)) {
            return; // nothing is overwritten
        }
        String other = outputs.put(real(file), what);
        if (other != null) {
            throw ReplayException.usage(other + " and " + what + " would be written to the same file, " + file);
        }
    }

    private void refuseOverwriting(Path file, String what) throws ReplayException {
        String output = outputs.get(real(file));
        if (output != null) {
            throw ReplayException.usage(output + " would overwrite " + what);
        }
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) { // it does not exist yet, but its folder may be known by several names
            Path absolute = file.toAbsolutePath().normalize();
            Path parent = absolute.getParent();
            try {
                return parent == null ? absolute : parent.toRealPath().resolve(fileName(absolute));
            } catch (IOException parentDoesNotExistEither) {
                return absolute;
            }
        }
    }

    private static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }
}
