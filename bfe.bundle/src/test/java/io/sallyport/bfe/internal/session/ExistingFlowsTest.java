package io.sallyport.bfe.internal.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a commit says about existing flows reaches the engine; a preview leaves everything as it is. */
class ExistingFlowsTest {
    @TempDir
    Path folder;

    private Bench bench;
    private Session session;

    @BeforeEach
    void open() throws Exception {
        bench = new Bench(folder);
        session = bench.bfe.openSession(SessionOptions.named("test"));
    }

    @AfterEach
    void close() {
        session.close();
    }

    private void commit(String name, CommitOptions options) throws PolicyException {
        try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            transaction.add(Filter.builder(name, Layer.ALE_AUTH_CONNECT_V4, ActionType.BLOCK)
                    .build());
            transaction.commit(options);
        }
    }

    @Test
    @Tag("REAUTH-6")
    void shouldTellTheEngineWhatIsToBecomeOfExistingFlows() throws Exception {
        bench.engine.existingFlows.clear();
        for (ExistingFlows existing : ExistingFlows.values()) {
            commit(existing.policyName(), new CommitOptions("", null, existing, null));
        }
        commit("as usual", CommitOptions.NONE);
        assertThat(bench.engine.existingFlows)
                .containsExactly(ExistingFlows.KEEP, ExistingFlows.RECHECK, ExistingFlows.RESET, ExistingFlows.RECHECK);
    }

    @Test
    @Tag("TXN-4")
    void shouldAskAboutThePolicyAsItWouldBeAndChangeNothing() throws Exception {
        commit("first", CommitOptions.NONE);
        String revision = bench.bfe.revision();
        int published = bench.engine.published.size();
        List<PolicyTrial> asked = new ArrayList<>();
        commit("second", new CommitOptions("", null, ExistingFlows.RECHECK, asked::add));
        assertThat(asked).hasSize(1);
        assertThat(bench.engine.tried.get(0).filters()).hasSize(2);
        assertThat(bench.engine.abandoned).containsExactly(bench.engine.tried.get(0));
        assertThat(bench.engine.published).hasSize(published);
        assertThat(bench.bfe.revision()).isEqualTo(revision);
        assertThat(session.view().filters()).hasSize(1);
        commit("third", CommitOptions.NONE);
        assertThat(session.view().filters()).as("the lock is free").hasSize(2);
    }

    @Test
    void shouldForgetThePolicyAlsoIfTheQuestionFails() throws Exception {
        CommitOptions failing = new CommitOptions("", null, ExistingFlows.RECHECK, trial -> {
            throw new IllegalStateException("made up");
        });
        assertThatThrownBy(() -> commit("x", failing)).hasMessage("made up");
        assertThat(bench.engine.abandoned).hasSize(1);
        commit("y", CommitOptions.NONE);
        assertThat(session.view().filters()).hasSize(1);
    }
}
