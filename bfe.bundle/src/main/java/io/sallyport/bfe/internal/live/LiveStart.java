package io.sallyport.bfe.internal.live;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyReport.Problem;
import io.sallyport.bfe.api.PolicyReport.Severity;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.internal.disk.Pending;
import io.sallyport.bfe.internal.disk.PolicyStore;
import io.sallyport.bfe.internal.session.Audit;
import io.sallyport.bfe.internal.session.BfeImpl;
import io.sallyport.bfe.internal.session.Persistence;
import io.sallyport.bfe.internal.session.SecuredPolicyFiles;
import io.sallyport.bfe.internal.store.AutoStart;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Replacement;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.WfpError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One start of the live base filtering engine (BOOT-1). First there is a boot-time policy in force; then everything that will
 * be in force is put together aside; then it is kept and published, at once. An empty policy permits, so none is ever
 * published on the way.
 */
final class LiveStart {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStart.class);

    /** The provider of the shipped policy, which makes room for a policy file that the operator names. */
    private static final String DEFAULT_PROVIDER = "default";

    private final GatewayConfig config;
    private final Supplier<@Nullable FilterEngine> engine;
    private final BootTimePolicy bootTime;
    private final Function<BfeImpl, SecuredPolicyFiles> policyFiles;
    private final Operator operator;
    private final Audit audit;
    private final Predicate<String> startsByItself;
    private final InstantSource wall;

    /**
     * What a start makes.
     *
     * @param bfe RUNNING
     * @param persistence its files; to be closed after the BFE
     */
    record Running(BfeImpl bfe, LivePersistence persistence) {}

    LiveStart(
            GatewayConfig config,
            Supplier<@Nullable FilterEngine> engine,
            BootTimePolicy bootTime,
            Function<BfeImpl, SecuredPolicyFiles> policyFiles,
            Operator operator,
            Predicate<String> startsByItself,
            InstantSource wall) {
        this.config = config;
        this.engine = engine;
        this.bootTime = bootTime;
        this.policyFiles = policyFiles;
        this.operator = operator;
        this.audit = new AuditLines(operator, System::nanoTime);
        this.startsByItself = startsByItself;
        this.wall = wall;
    }

    Running start() throws StartFailedException {
        try {
            Files.createDirectories(config.store());
        } catch (IOException e) {
            throw StartFailedException.failed("cannot make the folder " + config.store() + ": " + Reasons.of(e));
        }
        ensureBootTimePolicy();
        PolicyStore store = openStore();
        LivePersistence persistence = new LivePersistence(store, bootTime, operator);
        try {
            Pending pending = store.pending();
            Duration left = pending == null ? Duration.ZERO : pending.left(wall.instant());
            // A policy that is named for this start is not mixed with what may have to be undone.
            boolean isTakenBack = pending != null && (left.isZero() || config.policy() != null);
            String comment = isTakenBack ? "revision " + store.newest() + " was not confirmed in time" : "";
            BfeImpl bfe = newBfe(persistence, isTakenBack ? before(store) : load(store));
            collect(bfe, store.isNew());
            bfe.onConfirmation(operator::state);
            bfe.run(comment);
            persistence.started();
            if (isTakenBack) {
                operator.state(comment + ": what was in force before is back");
            } else if (pending != null) {
                bfe.awaitConfirmation(left);
            }
            return new Running(bfe, persistence);
        } catch (PolicyException e) {
            persistence.close();
            throw refused(e);
        } catch (StartFailedException e) {
            persistence.close();
            throw e;
        }
    }

    /** On a fresh home the engine has nothing to judge by until now, and drops everything. */
    private void ensureBootTimePolicy() throws StartFailedException {
        if (bootTime.isThere()) {
            try {
                bootTime.read();
                return;
            } catch (IOException e) {
                throw StartFailedException.invalid(List.of(bootTime.file() + ": " + Reasons.of(e)
                        + "; move the file away, then it is written anew from the store"));
            }
        }
        PolicyImage image = ImageTranslator.DROP_ALL;
        if (Files.exists(bootPolicy())) {
            BfeImpl aside = newBfe(Persistence.NONE, PolicyState.initial());
            apply(aside, bootPolicy());
            image = ImageTranslator.translateBootTime(aside.current());
        }
        try {
            bootTime.write(image);
            FilterEngine target =
                    newBfe(Persistence.NONE, PolicyState.initial()).engine();
            target.publishBootTime(target.prepare(image), null);
        } catch (IOException e) {
            throw StartFailedException.failed("cannot write " + bootTime.file() + ": " + Reasons.of(e));
        } catch (PolicyException e) {
            throw refused(e);
        }
    }

    private PolicyStore openStore() throws StartFailedException {
        if (PolicyStore.isGone(config.store())) {
            operator.fault(config.store().resolve(PolicyStore.FILE)
                    + ": the policy that was stored here is gone; the gateway begins anew, with the policy that is named, or"
                    + " the default one");
        }
        try {
            return PolicyStore.open(config.store());
        } catch (IOException e) {
            throw unreadable(config.store().resolve(PolicyStore.FILE), e);
        }
    }

    /** What was in force before the newest revision. */
    private PolicyState before(PolicyStore store) throws StartFailedException {
        try {
            store.load();
            return autoStarted(store.at(store.newest() - 1));
        } catch (IOException e) {
            throw unreadable(store.file(), e);
        }
    }

    private PolicyState load(PolicyStore store) throws StartFailedException {
        try {
            return autoStarted(store.load());
        } catch (IOException e) {
            throw unreadable(store.file(), e);
        }
    }

    private PolicyState autoStarted(PolicyState kept) {
        PolicyState loaded = AutoStart.applied(kept, startsByItself);
        for (Provider it : loaded.providers()) {
            if (loaded.isDisabled(ObjectType.PROVIDER, it.key())) {
                operator.state("provider " + it.display().name()
                        + " is left out of force until the next start: its service " + it.serviceName()
                        + " does not start by itself");
            }
        }
        return loaded;
    }

    private static StartFailedException unreadable(Path file, IOException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return StartFailedException.invalid(
                List.of(
                        file + ": the policy store cannot be used: "
                                + message.lines().findFirst().orElse("")
                                + "; restore it, or move the folder store away: the gateway then starts from --policy or etc/default-policy.yaml"));
    }

    /** Puts together what will be in force. */
    private void collect(BfeImpl bfe, boolean isNew) throws StartFailedException, PolicyException {
        if (isNew && Files.exists(bootPolicy())) {
            apply(bfe, bootPolicy());
        }
        Path named = config.policy();
        if (named != null) {
            removeDefault(bfe);
            apply(bfe, named);
        } else if (isNew) {
            apply(bfe, config.etc().resolve("default-policy.yaml"));
        }
    }

    private void removeDefault(BfeImpl bfe) throws PolicyException {
        for (Provider it : bfe.current().providers()) {
            if (it.display().name().equals(DEFAULT_PROVIDER)) {
                Replacement nothing = new Replacement(it, List.of(), List.of(), List.of(), List.of(), List.of());
                List<PolicyException> refusals = new ArrayList<>();
                try (var session = bfe.openSession(SessionOptions.named("start"))) {
                    session.change(
                            draft -> {
                                nothing.applyTo(draft, (type, key, e) -> refusals.add(e));
                                return refusals.isEmpty();
                            },
                            CommitOptions.NONE);
                }
                if (!refusals.isEmpty()) {
                    throw refusals.get(0);
                }
            }
        }
    }

    private void apply(BfeImpl bfe, Path file) throws StartFailedException {
        PolicyReport report;
        try {
            report = bfe.policyFiles().apply(file);
        } catch (IOException e) {
            throw StartFailedException.invalid(List.of("cannot read the policy " + file + ": " + Reasons.of(e)));
        }
        List<String> errors = new ArrayList<>();
        for (Problem problem : report.problems()) {
            if (problem.severity() == Severity.ERROR) {
                errors.add(problem.format());
            } else {
                LOG.warn("{}", problem.format());
            }
        }
        if (!errors.isEmpty()) {
            throw StartFailedException.invalid(errors);
        }
    }

    private static StartFailedException refused(PolicyException e) {
        String line = String.valueOf(e.getMessage());
        return e.error() == WfpError.TXN_ABORTED
                ? StartFailedException.failed(line)
                : StartFailedException.invalid(List.of(line));
    }

    private BfeImpl newBfe(Persistence persistence, PolicyState initial) {
        return new BfeImpl(engine, persistence, initial, BfeImpl.DEFAULT_HOLD_LIMIT_MS, audit, policyFiles);
    }

    private Path bootPolicy() {
        return config.etc().resolve("boot-policy.yaml");
    }
}
