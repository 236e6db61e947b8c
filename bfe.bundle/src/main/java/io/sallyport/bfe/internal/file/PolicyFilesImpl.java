package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.ConfirmationPendingException;
import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.internal.session.BfeImpl;
import io.sallyport.bfe.internal.session.SecuredPolicyFiles;
import io.sallyport.bfe.internal.session.SessionImpl;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.bfe.internal.store.Lifetime;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Reduction;
import io.sallyport.bfe.security.Principal;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Policy files of one base filtering engine. */
public final class PolicyFilesImpl implements SecuredPolicyFiles {
    /** What says nothing of the file. */
    private static final Set<WfpError> NOT_NOW =
            Set.of(WfpError.TXN_ABORTED, WfpError.TIMEOUT, WfpError.SESSION_ABORTED);

    private final BfeImpl bfe;
    private final InterfaceNames interfaces;
    private final Supplier<@Nullable TestBench> testBench;
    private final Principal principal;

    /** Null: the gateway itself asks. */
    private final @Nullable SessionImpl owner;

    /** A file on its way: the description, and what is wrong so far. */
    private static final class Work {
        final String name;
        final Problems problems;

        @Nullable PolicyDocument document;

        @Nullable PolicyApplier applier;

        int filters;
        int testsPassed;

        @Nullable PolicyException denied;

        boolean isConfirmationPending;

        boolean isAborted;

        @Nullable RevisionInfo revision;

        Work(String name) {
            this.name = name;
            this.problems = new Problems(name);
        }

        /** What was refused when it was compiled, at its place in the file if that is known. */
        void refused(PolicyException e) {
            isConfirmationPending = e instanceof ConfirmationPendingException;
            isAborted = NOT_NOW.contains(e.error());
            if (e.error() == WfpError.ERROR_ACCESS_DENIED) {
                // Told by whoever refused it.
                denied = e;
                problems.errorAt(0, 0, String.valueOf(e.getMessage()));
            } else if (applier == null) {
                problems.errorAt(0, 0, String.valueOf(e.getMessage()));
            } else {
                applier.refused(e);
            }
        }

        PolicyReport report() {
            return new PolicyReport(
                    name,
                    problems.sorted(),
                    filters,
                    testsPassed,
                    denied != null,
                    isConfirmationPending,
                    isAborted,
                    revision);
        }
    }

    /**
     * Makes the policy files of a BFE.
     *
     * @param bfe whose objects they change
     * @param testBench where tests run; gives null while there is no engine or no stack
     */
    public PolicyFilesImpl(BfeImpl bfe, Supplier<@Nullable TestBench> testBench) {
        this(bfe, testBench, null);
    }

    /**
     * Makes the policy files of a BFE.
     *
     * @param bfe whose objects they change
     * @param testBench where tests run; gives null while there is no engine or no stack
     * @param config of the live gateway, whose interfaces policies may name; null in a replay
     */
    public PolicyFilesImpl(BfeImpl bfe, Supplier<@Nullable TestBench> testBench, @Nullable GatewayConfig config) {
        this(bfe, InterfaceNames.of(config), testBench, null);
    }

    private PolicyFilesImpl(
            BfeImpl bfe,
            InterfaceNames interfaces,
            Supplier<@Nullable TestBench> testBench,
            @Nullable SessionImpl owner) {
        this.bfe = bfe;
        this.interfaces = interfaces;
        this.testBench = testBench;
        this.owner = owner;
        this.principal = owner == null ? Principal.SYSTEM : owner.principal();
    }

    @Override
    public PolicyFiles of(SessionImpl session) {
        return new PolicyFilesImpl(bfe, interfaces, testBench, session);
    }

    private void checkOpen() throws PolicyException {
        if (owner != null) {
            owner.checkOpen();
        }
    }

    @Override
    public PolicyReport validate(Path file) throws IOException {
        return validated(read(file));
    }

    @Override
    public PolicyReport validate(String name, byte[] document) {
        return validated(read(name, document));
    }

    private PolicyReport validated(Work work) {
        PolicyDocument document = work.document;
        if (document != null) {
            Draft draft = bfe.newDraft(principal);
            change(document, draft, false, work);
            if (!work.problems.hasErrors() && draft.isChanged()) {
                tryCompile(ImageTranslator.translate(draft.freeze()), work);
            }
        }
        return work.report();
    }

    @Override
    public PolicyReport apply(Path file, CommitOptions options) throws IOException {
        return applied(read(file), options);
    }

    @Override
    public PolicyReport apply(String name, byte[] document, CommitOptions options) {
        return applied(read(name, document), options);
    }

    private PolicyReport applied(Work work, CommitOptions options) {
        PolicyDocument document = work.document;
        if (document != null) {
            commit(document, false, "policy " + work.name, work, options);
        }
        return work.report();
    }

    private void commit(PolicyDocument document, boolean isAddition, String via, Work work, CommitOptions options) {
        try (var session = bfe.openSession(SessionOptions.named(via).as(principal))) {
            work.revision = session.change(
                    draft -> {
                        change(document, draft, isAddition, work);
                        if (work.denied != null) {
                            bfe.audit(work.denied);
                        }
                        return !work.problems.hasErrors();
                    },
                    options);
        } catch (PolicyException e) {
            work.refused(e);
        }
    }

    @Override
    public PolicyReport add(String name, String text, CommitOptions options) {
        Work work = read(name, text);
        PolicyDocument document = work.document;
        if (document != null) {
            commit(document, true, name, work, options);
        }
        return work.report();
    }

    @Override
    public PolicyReport remove(String provider, CommitOptions options) {
        // In double quotes YAML takes all that JSON does.
        String quoted = provider.replace("\\", "\\\\").replace("\"", "\\\"");
        Work work = read("provider " + provider, "apiVersion: sallyport/v1\nprovider: \"" + quoted + "\"\n");
        PolicyDocument document = work.document;
        if (document != null) {
            commit(document, false, "provider delete", work, options);
        }
        return work.report();
    }

    @Override
    public Condition condition(Layer layer, String entry) throws PolicyException {
        checkOpen();
        return SingleCondition.parse(layer, entry, interfaces);
    }

    @Override
    public String print(Filter filter) throws PolicyException {
        checkOpen();
        return new PolicyExporter(Reduction.readable(bfe.current(), principal)).print(filter);
    }

    @Override
    public String export(String provider) throws PolicyException {
        checkOpen();
        return new PolicyExporter(Reduction.readable(bfe.current(), principal)).export(provider);
    }

    /** Where a document comes from; null with a problem if it is no text. */
    @FunctionalInterface
    private interface Source<E extends Exception> {
        @Nullable String text(Problems problems) throws E;
    }

    /** Reads a document, unless the session is over: then that is all there is to say. */
    private <E extends Exception> Work read(String name, Source<E> source) throws E {
        Work work = new Work(name);
        try {
            checkOpen();
        } catch (PolicyException e) {
            work.refused(e);
            return work;
        }
        String text = source.text(work.problems);
        YamlNode root = text == null ? null : YamlReader.read(text, work.problems);
        work.document = root == null ? null : PolicyParser.parse(root, interfaces, work.problems);
        return work;
    }

    private Work read(Path file) throws IOException {
        return read(file.toString(), problems -> PolicyText.read(file, problems));
    }

    private Work read(String name, byte[] document) {
        return read(name, problems -> PolicyText.of(document, problems));
    }

    private Work read(String name, String text) {
        return read(name, problems -> PolicyText.check(text, problems));
    }

    private void change(PolicyDocument document, Draft draft, boolean isAddition, Work work) {
        Problems problems = work.problems;
        PolicyApplier applier = new PolicyApplier(document, isAddition, problems);
        work.applier = applier;
        PolicyState candidate = applier.applyTo(draft);
        work.denied = applier.denied();
        work.filters = applier.filterCount();
        if (problems.hasErrors() || document.tests().isEmpty()) {
            return;
        }
        TestBench bench = testBench.get();
        if (bench == null) {
            problems.error(
                    document.root().get("tests"), "", "tests", "cannot be run: there is no engine or no stack now");
            return;
        }
        // The tests of boot-time filters are about the time when nothing else counts.
        PolicyImage image = document.lifetime() == Lifetime.BOOT_TIME
                ? ImageTranslator.translateBootTime(candidate)
                : ImageTranslator.translate(candidate);
        work.testsPassed = new PolicyTests(bench, document, problems).run(image);
    }

    /** Compiling announces filters to their callouts, which may refuse their configuration. */
    private void tryCompile(PolicyImage image, Work work) {
        try {
            bfe.engine().abandon(bfe.engine().prepare(image));
        } catch (PolicyException e) {
            work.refused(e);
        }
    }
}
