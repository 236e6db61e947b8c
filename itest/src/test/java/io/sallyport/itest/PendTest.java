package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.InjectionState;
import io.sallyport.callout.PendedItem;
import io.sallyport.callout.PendedItem.Outcome;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.CalloutAccount;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.itest.DoorLab.Scripted;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.stack.api.DropReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pending and completing, with the real engine, stack and shims. */
class PendTest {

    private static final int SYN = 2;
    private static final int ACK = 16;

    private final List<PendedItem> items = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private static byte[] out(String payload) {
        return Frames.udp(4000, 53, payload);
    }

    private static byte[] synIn() {
        return Frames.tcp(false, 80, 50_000, 1, 0, SYN, "");
    }

    /** Pends whatever it is asked first, and permits what comes later. */
    private Scripted pendingOnce() {
        return new Scripted((self, item) -> {
            boolean isAgain = !items.isEmpty();
            long flags = item.values().number(Field.FLAGS);
            notes.add(item.layer().policyName()
                    + ((flags & ConditionFlags.IS_REAUTHORIZE) != 0 ? " again" : "")
                    + " " + self.host.packets().state(item.metadata()));
            if (isAgain) {
                item.out().permit();
                return;
            }
            items.add(self.host.pend(item.metadata()));
            item.absorb();
        });
    }

    private PendedItem item() {
        return items.get(0);
    }

    @Test
    @Tag("PEND-1")
    @Tag("PEND-2")
    @Tag("PEND-4")
    @Tag("PEND-6")
    void shouldReauthoriseAPendedConnectAtOnceWithTheHeldPacket() throws Exception {
        try (DoorLab lab = new DoorLab().with(pendingOnce(), "ale-auth-connect-v4")) {
            lab.lan(out("first"));
            assertThat(item().status()).isEqualTo(Status.SUCCESS);
            assertThat(lab.ledger().pended()).isEqualTo(1);
            lab.lan(out("meanwhile"));
            assertThat(lab.lastDrop()).isEqualTo(DropReason.FLOW_PENDED);
            assertThat(lab.wan.left()).isEmpty();

            assertThat(item().complete(Outcome.PERMIT)).isEqualTo(Status.INVALID_PARAMETER);
            assertThat(item().complete(Outcome.RECLASSIFY)).isEqualTo(Status.SUCCESS);
            assertThat(item().complete(Outcome.RECLASSIFY)).isEqualTo(Status.ALREADY_COMPLETE);
            lab.tick(1);
            assertThat(DoorLab.payload(lab.wan)).isEqualTo("first");
            assertThat(lab.ledger().pended()).isZero();
            assertThat(notes)
                    .containsExactly("ale-auth-connect-v4 NOT_INJECTED", "ale-auth-connect-v4 again NOT_INJECTED");
            lab.lan(out("second"));
            assertThat(DoorLab.payload(lab.wan)).isEqualTo("second");
            assertThat(notes).hasSize(2);
        }
    }

    @Test
    @Tag("REAUTH-7")
    @Tag("REAUTH-2")
    void shouldNotPendAReauthorisationAndSayWhyItIsOne() throws Exception {
        List<Status> second = new ArrayList<>();
        Scripted callout = new Scripted((self, item) -> {
            PendedItem pended = self.host.pend(item.metadata());
            if (items.isEmpty()) {
                items.add(pended);
            } else {
                second.add(pended.status());
                notes.add("reason " + item.values().number(Field.REAUTHORIZE_REASON));
            }
            item.absorb();
        });
        try (DoorLab lab = new DoorLab().with(callout, "ale-auth-connect-v4")) {
            lab.lan(out("first"));
            item().complete(Outcome.RECLASSIFY);
            lab.tick(1);
            assertThat(second).containsExactly(Status.CANNOT_PEND);
            assertThat(notes).containsExactly("reason " + ReauthorizeReason.CLASSIFY_COMPLETION.code());
            assertThat(lab.ledger().absorbed()).as("absorbed, not pended").isEqualTo(1);
            assertThat(lab.ledger().pended()).isZero();
        }
    }

    @Test
    @Tag("PEND-5")
    void shouldInjectAPendedAcceptAndClassifyItAsNew() throws Exception {
        String layers = "inbound-ippacket-v4, ale-auth-recv-accept-v4";
        Scripted callout = new Scripted((self, item) -> {
            InjectionState state = self.host.packets().state(item.metadata());
            notes.add(item.layer().policyName() + " " + state);
            if (item.layer() == Layer.ALE_AUTH_RECV_ACCEPT_V4 && state == InjectionState.NOT_INJECTED) {
                items.add(self.host.pend(item.metadata()));
                item.absorb();
            } else {
                item.out().permit();
            }
        });
        try (DoorLab lab = new DoorLab().with(callout, layers)) {
            lab.wan(synIn());
            assertThat(lab.lan.left()).isEmpty();
            item().complete(Outcome.RECLASSIFY);
            lab.tick(1);
            assertThat(lab.lan.left()).hasSize(1);
            assertThat(lab.lan.left().get(0)).isEqualTo(synIn());
            assertThat(notes)
                    .containsExactly(
                            "inbound-ippacket-v4 NOT_INJECTED",
                            "ale-auth-recv-accept-v4 NOT_INJECTED",
                            "inbound-ippacket-v4 INJECTED_BY_SELF",
                            "ale-auth-recv-accept-v4 INJECTED_BY_SELF");
            lab.lan(Frames.tcp(true, 80, 50_000, 9, 2, SYN | ACK, ""));
            assertThat(lab.wan.left()).as("the flow is authorised").hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ale-resource-assignment-v4", "ale-auth-listen-v4"})
    @Tag("PEND-1")
    void shouldAskAgainWhereAnEndpointWasPended(String layer) throws Exception {
        try (DoorLab lab = new DoorLab().with(pendingOnce(), layer)) {
            lab.wan(synIn());
            assertThat(lab.ledger().pended()).isEqualTo(1);
            lab.wan(Frames.tcp(false, 80, 50_001, 1, 0, SYN, ""));
            assertThat(lab.lan.left())
                    .as("another flow of the endpoint is asked about like the first")
                    .hasSize(1);
            item().complete(Outcome.RECLASSIFY);
            lab.tick(1);
            assertThat(lab.lan.left()).hasSize(2);
            assertThat(notes).startsWith(layer + " NOT_INJECTED", layer + " NOT_INJECTED");
        }
    }

    @Test
    @Tag("PEND-7")
    void shouldTakeTheOutcomeOfAClassifyPendAsFinal() throws Exception {
        try (DoorLab lab = new DoorLab().with(pendingOnce(), "ale-connect-redirect-v4")) {
            lab.lan(out("permitted"));
            item().complete(Outcome.PERMIT);
            lab.tick(1);
            assertThat(DoorLab.payload(lab.wan)).isEqualTo("permitted");
            assertThat(notes).hasSize(1);

            items.clear();
            lab.lan(Frames.udp(4001, 53, "blocked"));
            item().complete(Outcome.BLOCK);
            lab.tick(1);
            assertThat(lab.lastDrop()).isEqualTo(DropReason.POLICY);
            assertThat(lab.wan.left()).hasSize(1);

            items.clear();
            notes.clear();
            lab.lan(Frames.udp(4002, 53, "asked again"));
            item().complete(Outcome.RECLASSIFY);
            lab.tick(1);
            assertThat(notes).hasSize(2);
            assertThat(DoorLab.payload(lab.wan)).isEqualTo("asked again");
        }
    }

    @Test
    @Tag("PEND-1")
    @Tag("PEND-8")
    void shouldNotPendElsewhere() throws Exception {
        Scripted callout = new Scripted((self, item) -> {
            items.add(self.host.pend(item.metadata()));
            item.out().permit();
        });
        String layers = "ale-flow-established-v4, datagram-data-v4, outbound-transport-v4, outbound-ippacket-v4,"
                + " ipforward-v4, inbound-mac-frame-ethernet";
        try (DoorLab lab = new DoorLab().with(callout, layers)) {
            lab.lan(out("text"));
            assertThat(items).hasSize(6).allMatch(item -> item.status() == Status.CANNOT_PEND);
            assertThat(item().complete(Outcome.RECLASSIFY)).isNotEqualTo(Status.SUCCESS);
        }
    }

    @Test
    @Tag("PEND-2")
    @Tag("PEND-3")
    void shouldNotPendWhatIsNotAbsorbedNorWithoutTheRight() throws Exception {
        Scripted heavy = new Scripted((self, item) -> {
            item.out().permit();
            item.out().clearWriteRight();
        });
        Scripted light = new Scripted((self, item) -> items.add(self.host.pend(item.metadata())));
        try (DoorLab lab = new DoorLab().with(heavy, "ale-auth-connect-v4", light, "ale-auth-connect-v4")) {
            lab.lan(out("text"));
            assertThat(item().status()).isEqualTo(Status.CANNOT_PEND);
        }
        items.clear();
        Scripted changesItsMind = new Scripted((self, item) -> {
            items.add(self.host.pend(item.metadata()));
            item.out().permit();
        });
        try (DoorLab lab = new DoorLab().with(changesItsMind, "ale-auth-connect-v4")) {
            lab.lan(out("text"));
            assertThat(lab.wan.left()).hasSize(1);
            assertThat(item().complete(Outcome.RECLASSIFY)).isEqualTo(Status.NOT_FOUND);
        }
    }

    @Test
    @Tag("PEND-6")
    void shouldDropWhatIsNotCompletedInTime() throws Exception {
        try (DoorLab lab = new DoorLab().with(pendingOnce(), "ale-auth-connect-v4")) {
            lab.lan(out("text"));
            lab.tick(29_000);
            assertThat(lab.ledger().pended()).isEqualTo(1);
            lab.tick(31_000);
            assertThat(lab.lastDrop()).isEqualTo(DropReason.PEND_TIMEOUT);
            assertThat(lab.ledger().pended()).isZero();
            assertThat(lab.whole.path.flowCount()).isZero();
            assertThat(item().complete(Outcome.RECLASSIFY)).isEqualTo(Status.NOT_FOUND);
            lab.lan(out("text"));
            assertThat(lab.wan.left()).as("the next packet begins anew").hasSize(1);
        }
    }

    @Test
    @Tag("CALL-8")
    void shouldDropWhatItsCalloutLeavesBehind() throws Exception {
        try (DoorLab lab = new DoorLab().with(pendingOnce(), "ale-auth-connect-v4")) {
            lab.lan(out("text"));
            lab.whole.engine.unregister("test.c0");
            assertThat(item().complete(Outcome.RECLASSIFY)).isEqualTo(Status.INJECT_HANDLE_CLOSING);
            lab.tick(1);
            assertThat(lab.lastDrop()).isEqualTo(DropReason.PEND_TIMEOUT);
            assertThat(lab.wan.left()).isEmpty();
            assertThat(lab.whole.path.flowCount()).isZero();
        }
    }

    @Test
    @Tag("PEND-6")
    void shouldBoundHowManyFlowsArePended() throws Exception {
        Scripted callout = new Scripted((self, item) -> {
            items.add(self.host.pend(item.metadata()));
            item.absorb();
        });
        try (DoorLab lab = new DoorLab().with(callout, "ale-auth-connect-v4")) {
            for (int i = 0; i < 300; i++) {
                lab.lan(Frames.udp(2_000 + i, 53, "text"));
            }
            CalloutAccount account = ((CalloutIdentity) callout.host).account();
            assertThat(lab.ledger().pended()).as("its budget").isEqualTo(CalloutBudget.DEFAULT.pends());
            assertThat(account.refused(CalloutAccount.Kind.PENDS)).isEqualTo(300 - CalloutBudget.DEFAULT.pends());
            assertThat(items.get(299).status()).isEqualTo(Status.CANNOT_PEND);
            account.setBudget(CalloutBudget.MOST);
            for (int i = 0; i < 900; i++) {
                lab.lan(Frames.udp(3_000 + i, 53, "text"));
            }
            assertThat(lab.ledger().pended()).as("all there are").isEqualTo(1_024);
            assertThat(items.get(1_199).status()).isEqualTo(Status.CANNOT_PEND);
            lab.tick(PendedItem.MOST_SECONDS * 1_000L + 1);
            assertThat(account.out(CalloutAccount.Kind.PENDS))
                    .as("all given back")
                    .isZero();
        }
    }
}
