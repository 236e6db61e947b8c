package io.sallyport.replay;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyReport.Problem;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.plugin.api.PluginReport;
import io.sallyport.replay.ReplayPlan.Capture;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call of the verb: plug-ins, policy, then capture after capture. */
final class Replay {
    private static final int MAX_LINES = 20;
    private static final int BUFFER_BYTES = 1 << 16;

    private final GatewayServices services;
    private final Console console;

    Replay(GatewayServices services, Console console) {
        this.services = services;
        this.console = console;
    }

    int run(ReplayPlan plan) throws ReplayException {
        ReplaySettings settings = plan.settings();
        if (settings.plugins() != null) {
            deploy(settings.plugins());
        }
        if (settings.policy() != null) {
            check(settings.policy());
        }
        List<CaptureResult> results = judgeAll(plan);
        if (settings.stats() != null) {
            writeStats(settings.stats(), results);
        }
        summarize(results);
        explainCallouts(CaptureResult.callouts(results));
        console.finish();
        return exitCode(results);
    }

    /** What an operator would look for when much was dropped. */
    private void explainCallouts(Map<String, CalloutCounts> callouts) {
        callouts.forEach((name, counts) -> {
            if (counts.faults() > 0) {
                console.complain("callout " + name + " failed " + counts.faults() + " times, first with: "
                        + counts.firstFault().lines().findFirst().orElse("no message"));
            }
            if (counts.unregistered() > 0) {
                console.complain(
                        "note: callout " + name + " is not registered, no plug-in offers it; its filters matched "
                                + counts.unregistered() + " times and blocked, or were skipped if they only inspect");
            }
        });
    }

    private void deploy(Path folder) throws ReplayException {
        List<PluginReport> reports;
        try {
            reports = services.plugins().deployFolder(folder);
        } catch (IOException e) {
            throw new ReplayException(ExitCode.UNREADABLE_INPUT, "--plugins " + folder + ": " + Reasons.of(e), e);
        }
        if (reports.isEmpty()) {
            console.complain("note: --plugins " + folder + " holds no *.jar, so no callout is registered");
        }
        List<PluginReport> refused =
                reports.stream().filter(report -> !report.isActive()).toList();
        for (PluginReport report : refused) {
            console.complain("plug-in " + report.file() + " is refused: " + report.reason());
        }
        if (!refused.isEmpty()) {
            throw new ReplayException(
                    ExitCode.UNREADABLE_INPUT, "nothing was judged: every plug-in of --plugins has to run");
        }
    }

    /** In a gateway of its own, so that nothing is written if the policy is wrong, or a plug-in refuses a filter. */
    private void check(Path policy) throws ReplayException {
        try (Gateway gateway = Gateway.create(services)) {
            PolicyReport report = gateway.apply(policy);
            for (Problem problem : report.problems()) {
                console.complainPlainly(problem.format());
            }
            if (!report.isValid()) {
                throw new ReplayException(
                        ExitCode.UNREADABLE_INPUT, "nothing was judged: the policy " + policy + " is invalid");
            }
        }
    }

    private List<CaptureResult> judgeAll(ReplayPlan plan) throws ReplayException {
        Path target = plan.settings().events();
        if (target == null) {
            try (EventLog events = new EventLog(OutputStream.nullOutputStream())) {
                return judgeAll(plan, events);
            } catch (IOException e) {
                throw new ReplayException(ExitCode.FAILED, Reasons.of(e), e);
            }
        }
        try (OutputFile file = OutputFile.prepare(target)) {
            List<CaptureResult> results;
            try (EventLog events =
                    new EventLog(new BufferedOutputStream(Files.newOutputStream(file.temporary()), BUFFER_BYTES))) {
                results = judgeAll(plan, events);
            } catch (IOException e) {
                throw file.failed(e);
            }
            file.commit();
            return results;
        }
    }

    private List<CaptureResult> judgeAll(ReplayPlan plan, EventLog events) throws ReplayException {
        CaptureJudge judge = new CaptureJudge(services, plan.settings(), events);
        List<CaptureResult> results = new ArrayList<>();
        for (Capture capture : plan.captures()) {
            CaptureResult result = judge.judge(capture);
            results.add(result);
            report(result);
            console.progress(results.size(), plan.captures().size());
        }
        return results;
    }

    private void report(CaptureResult result) {
        if (result.unreadable() != null) {
            console.complain(result.name() + ": " + result.unreadable());
        } else if (!result.remark().isEmpty()) {
            console.complain(result.name() + ": note: " + result.remark());
        }
        Ledger ledger = result.ledger();
        if (!ledger.isBalanced()) {
            console.complain(result.name() + ": the books do not balance: " + ledger
                    + "; this is a bug in Sallyport, please report it with the capture");
        }
        complainIfAny(result, DropReason.INTERNAL_FAULT, "is a bug in Sallyport, please report it with the capture");
        complainIfAny(result, DropReason.NO_SHIM, "means that a bundle of Sallyport is missing or did not start");
        complainIfAny(result, DropReason.TRANSMIT_FAILED, "means that frames could not be written");
    }

    private void complainIfAny(CaptureResult result, DropReason reason, String meaning) {
        Long frames = result.ledger().dropped().get(reason);
        if (frames != null && frames > 0) {
            console.complain(
                    result.name() + ": " + frames + " frames dropped as " + reason.label() + ", which " + meaning);
        }
    }

    private void writeStats(Path target, List<CaptureResult> results) throws ReplayException {
        try (OutputFile file = OutputFile.prepare(target)) {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file.temporary()))) {
                StatsFile.write(out, results);
            } catch (IOException e) {
                throw file.failed(e);
            }
            file.commit();
        }
    }

    private void summarize(List<CaptureResult> results) {
        Ledger total = CaptureResult.NOTHING;
        int unreadable = 0;
        for (CaptureResult result : results) {
            total = CaptureResult.sum(total, result.ledger());
            unreadable += result.unreadable() == null ? 0 : 1;
            if (results.size() <= MAX_LINES) {
                console.say(line(result.name(), result.ledger(), result.unreadable()));
            }
        }
        if (results.size() > 1) {
            String readable = unreadable == 0 ? "" : ", " + unreadable + " of them not fully readable";
            console.say(results.size() + " captures" + readable + ": " + CaptureResult.summary(total));
        }
    }

    private static String line(String name, Ledger ledger, @Nullable String unreadable) {
        if (unreadable != null && ledger.framesIn() == 0) {
            return name + ": unreadable";
        }
        return name + ": " + CaptureResult.summary(ledger) + (unreadable == null ? "" : "; the rest is unreadable");
    }

    private static int exitCode(List<CaptureResult> results) {
        if (!results.stream().allMatch(result -> result.ledger().isBalanced())) {
            return ExitCode.FAILED;
        }
        return results.stream().anyMatch(result -> result.unreadable() != null)
                ? ExitCode.UNREADABLE_INPUT
                : ExitCode.OK;
    }
}
