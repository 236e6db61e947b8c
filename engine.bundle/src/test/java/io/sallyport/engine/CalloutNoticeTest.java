package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.CalloutFlags;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What callouts are told about filters, and what they attach to them. */
class CalloutNoticeTest {
    private final Rig rig = new Rig(Layer.DATAGRAM_DATA_V4);

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    @Tag("CALL-11")
    @Tag("CALL-14")
    void shouldAnnounceAFilterCarryItsAttachmentAndAnnounceItsDeletionWithoutKey() throws Exception {
        RecordingCallout callout = new RecordingCallout();
        rig.register("a", callout).unknown("a").add().publish();
        assertThat(callout.notice()).isEqualTo("ADD_FILTER 1 key");
        rig.classify();
        rig.permit("other").add().publish().classify();
        assertThat(callout.attachments).containsExactly("parsed 1", "parsed 1");
        rig.remove("a").publish();
        assertThat(callout.notice()).isEqualTo("DELETE_FILTER 1 no key");
        assertThat(callout.notices).isEmpty();
    }

    @Test
    @Tag("CALL-11")
    void shouldRefuseAPolicyWhoseFilterACalloutRefusesAndTakeTheOthersBack() throws Exception {
        RecordingCallout callout = new RecordingCallout();
        callout.refused = "bad";
        rig.register("a", callout).permit("now").add().publish();
        rig.unknown("a").add();
        rig.unknown("x").calling("a").providerContext(Map.of("word", "bad")).add();
        assertThatThrownBy(rig::prepare)
                .isInstanceOfSatisfying(
                        PolicyException.class,
                        e -> assertThat(e.error()).isEqualTo(WfpError.CALLOUT_NOTIFICATION_FAILED))
                .hasMessageContaining("cannot use this");
        assertThat(callout.notices).containsExactly("ADD_FILTER 2 key", "ADD_FILTER 3 key", "DELETE_FILTER 2 no key");
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
    }

    @Test
    @Tag("CALL-11")
    void shouldTakeAnnouncementsBackWhenAPolicyIsAbandoned() throws Exception {
        RecordingCallout callout = new RecordingCallout();
        PreparedPolicy policy = rig.register("a", callout).unknown("a").add().prepare();
        rig.engine.abandon(policy);
        assertThat(callout.notices).containsExactly("ADD_FILTER 1 key", "DELETE_FILTER 1 no key");
        assertThatThrownBy(() -> rig.engine.publish(policy)).isInstanceOf(IllegalStateException.class);
        assertThat(rig.classify().reason()).isEqualTo(ClassifyReason.NO_POLICY);
    }

    @Test
    @Tag("TXN-15")
    void shouldRefuseToPublishAPolicyThatWasPreparedAgainstAnOlderOne() throws Exception {
        PreparedPolicy older = rig.permit("a").add().prepare();
        rig.publish();
        assertThatThrownBy(() -> rig.engine.publish(older)).isInstanceOf(IllegalStateException.class);
        rig.engine.abandon(older);
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
    }

    @Test
    @Tag("CALL-12")
    void shouldNotAnnounceFiltersThatWereThereBeforeButTheirDeletion() throws Exception {
        RecordingCallout callout = new RecordingCallout();
        rig.unknown("a").add().publish().register("a", callout).publish();
        assertThat(callout.notices).isEmpty();
        rig.remove("a").publish();
        assertThat(callout.notice()).isEqualTo("DELETE_FILTER 1 no key");
    }

    @Test
    @Tag("CALL-11")
    void shouldIgnoreWhatACalloutThrowsWhenAFilterIsDeleted() throws Exception {
        RecordingCallout callout = new RecordingCallout() {
            @Override
            public void notify(NotifyType type, UUID key, RuntimeFilter filter) throws FilterRefusedException {
                super.notify(type, key, filter);
                if (type == NotifyType.DELETE_FILTER) {
                    throw new FilterRefusedException("it stays");
                }
            }
        };
        rig.register("a", callout)
                .unknown("a")
                .add()
                .unknown("x")
                .calling("a")
                .add()
                .publish();
        rig.remove("a").remove("x").permit("now").add().publish();
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            told.add(callout.notice());
        }
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "ADD_FILTER 1 key", "ADD_FILTER 2 key", "DELETE_FILTER 1 no key", "DELETE_FILTER 2 no key");
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
        assertThat(rig.decider()).isEqualTo("now");
    }

    @Test
    @Tag("CALL-13")
    @Tag("TXN-17")
    void shouldAnnounceTheCommitToThoseWhoAskForIt() throws Exception {
        RecordingCallout callout = new RecordingCallout();
        rig.register("a", CalloutFlags.ENABLE_COMMIT_ADD_NOTIFY, callout)
                .unknown("a")
                .add()
                .publish();
        assertThat(callout.notice()).isEqualTo("ADD_FILTER 1 key");
        assertThat(callout.notice()).isEqualTo("ADD_FILTER_POST_COMMIT 1 key");
    }

    @Test
    @Tag("CALL-14")
    void shouldForgetAttachmentsWhenTheirCalloutGoes() throws Exception {
        RecordingCallout callout = new RecordingCallout();
        rig.register("a", callout).unknown("a").add().publish();
        rig.engine.unregister("a");
        rig.register("a", callout).classify();
        assertThat(callout.attachments).containsExactly("null");
    }

    @Test
    @Tag("CALL-15")
    void shouldHandOverTheProviderContextThatPolicyGave() throws Exception {
        List<Object> seen = new ArrayList<>();
        rig.unknown("a").providerContext(Map.of("n", 5L)).context(6).add().publish();
        rig.register("a", (values, metadata, data, filter, context, out) -> {
            seen.add(filter.providerContext());
            seen.add(filter.rawContext());
        });
        rig.classify();
        assertThat(seen).containsExactly(Map.of("n", 5L), 6L);
    }
}
