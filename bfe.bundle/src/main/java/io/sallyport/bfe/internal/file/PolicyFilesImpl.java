package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.internal.session.BfeImpl;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.bfe.internal.store.Lifetime;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Policy files of one base filtering engine. */
public final class PolicyFilesImpl implements PolicyFiles {
    private final BfeImpl bfe;
    private final Supplier<@Nullable TestBench> testBench;

    /** A file on its way: the description, and what is wrong so far. */
    private static final class Work {
        final Problems problems;

        @Nullable PolicyDocument document;

        @Nullable PolicyApplier applier;

        int filters;
        int testsPassed;

        Work(Path file) {
            this.problems = new Problems(file.toString());
        }

        /** What was refused when it was compiled, at its place in the file if that is known. */
        void refused(PolicyException e) {
            if (applier == null) {
                problems.errorAt(0, 0, String.valueOf(e.getMessage()));
            } else {
                applier.refused(e);
            }
        }

        PolicyReport report(Path file) {
            return new PolicyReport(file.toString(), problems.sorted(), filters, testsPassed);
        }
    }

    /**
     * Makes the policy files of a BFE.
     *
     * @param bfe whose objects they change
     * @param testBench where tests run; gives null while there is no engine or no stack
     */
    public PolicyFilesImpl(BfeImpl bfe, Supplier<@Nullable TestBench> testBench) {
        this.bfe = bfe;
        this.testBench = testBench;
    }

    @Override
    public PolicyReport validate(Path file) throws IOException {
        Work work = read(file);
        PolicyDocument document = work.document;
        if (document != null) {
            Draft draft = bfe.newDraft();
            replace(document, draft, work);
            if (!work.problems.hasErrors() && draft.isChanged()) {
                tryCompile(ImageTranslator.translate(draft.freeze()), work);
            }
        }
        return work.report(file);
    }

    @Override
    public PolicyReport apply(Path file) throws IOException {
        Work work = read(file);
        PolicyDocument document = work.document;
        if (document == null) {
            return work.report(file);
        }
        try (var session = bfe.openSession(SessionOptions.named("policy file " + file.getFileName()))) {
            session.change(draft -> {
                replace(document, draft, work);
                return !work.problems.hasErrors();
            });
        } catch (PolicyException e) {
            work.refused(e);
        }
        return work.report(file);
    }

    @Override
    public PolicyReport add(String name, String text) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String print(Filter filter) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String export(String provider) {
        return new PolicyExporter(bfe.current()).export(provider);
    }

    private static Work read(Path file) throws IOException {
        Work work = new Work(file);
        String text = PolicyText.read(file, work.problems);
        YamlNode root = text == null ? null : YamlReader.read(text, work.problems);
        work.document = root == null ? null : PolicyParser.parse(root, work.problems);
        return work;
    }

    private void replace(PolicyDocument document, Draft draft, Work work) {
        Problems problems = work.problems;
        PolicyApplier applier = new PolicyApplier(document, problems);
        work.applier = applier;
        PolicyState candidate = applier.applyTo(draft);
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
