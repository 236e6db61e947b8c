package io.sallyport.callout.testkit.conformance;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Tells what came of each check: a line at once, or one JSON object at the end. */
final class ConformanceReport {
    private static final int MOST_CHARACTERS = 600;

    private final PluginJar plugin;
    private final boolean isJson;
    private final PrintStream out;
    private final List<String> json = new ArrayList<>();
    private int failed;

    ConformanceReport(PluginJar plugin, boolean isJson, PrintStream out) {
        this.plugin = plugin;
        this.isJson = isJson;
        this.out = out;
    }

    void add(Class<?> callout, ConformanceCheck check, List<String> wrong) {
        failed += wrong.isEmpty() ? 0 : 1;
        tell(callout, check, wrong.isEmpty() ? "held" : "failed", oneLine(String.join("; ", wrong)));
    }

    /** After one that hangs: there is no saying what the next would find. */
    void notRun(Class<?> callout, ConformanceCheck check) {
        failed++;
        tell(callout, check, "not run", "a call of an earlier check has not come back");
    }

    private void tell(Class<?> callout, ConformanceCheck check, String result, String reason) {
        String prefix = plugin.callouts().size() == 1 ? "" : callout.getName() + " ";
        if (!isJson) {
            out.println(prefix + check.logoName() + ": " + result + (reason.isEmpty() ? "" : ": " + reason));
        }
        json.add("{\"callout\":" + quoted(callout.getName()) + ",\"check\":" + quoted(check.logoName()) + ",\"result\":"
                + quoted(result) + ",\"reason\":" + quoted(reason) + "}");
    }

    /** Sums up; returns true if nothing failed. */
    boolean end() {
        if (isJson) {
            out.println("{\"plugin\":" + quoted(plugin.title()) + ",\"conforms\":" + (failed == 0) + ",\"checks\":["
                    + String.join(",", json) + "]}");
        } else if (json.isEmpty()) {
            out.println(plugin.title() + " conforms: not applicable: it has no callout");
        } else if (failed == 0) {
            out.println(plugin.title() + " conforms: " + json.size() + " checks held");
        } else {
            out.println(
                    plugin.title() + " does not conform: " + failed + " of " + json.size() + " checks did not hold");
        }
        return failed == 0;
    }

    /** Without control characters, and not longer than one reads. */
    static String oneLine(String text) {
        String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "...";
    }

    /** As JSON. The kit has no library for it, and a vendor's class path should not get one for five strings. */
    private static String quoted(String text) {
        return '"' + oneLine(text).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
