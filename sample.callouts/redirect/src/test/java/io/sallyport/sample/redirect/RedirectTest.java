package io.sallyport.sample.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.ClassifyOut.Action;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RedirectState;
import io.sallyport.callout.testkit.FakeConnection;
import io.sallyport.callout.testkit.FakeHost;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RedirectTest {

    private static final long SERVER = 0xCB00_7109L;
    private static final long PROXY = 0xC000_0214L;

    private final Redirect callout = new Redirect();
    private final FakeHost host = new FakeHost();
    private final FakeConnection connection = new FakeConnection(0, SERVER, 80);
    private FakeRuntimeFilter filter = new FakeRuntimeFilter(Layer.ALE_CONNECT_REDIRECT_V4);

    @BeforeEach
    void add() throws FilterRefusedException {
        callout.open(host);
        host.setConnection(RedirectState.NOT_REDIRECTED, connection);
        filter = added(Layer.ALE_CONNECT_REDIRECT_V4, Map.of("proxy", "192.0.2.20", "port", 3128L));
    }

    private FakeRuntimeFilter added(Layer layer, Map<String, Object> context) throws FilterRefusedException {
        FakeRuntimeFilter added = new FakeRuntimeFilter(layer, context);
        callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), added);
        return added;
    }

    private @Nullable Action judge(long remote, int port) {
        RecordingClassifyOut out = new RecordingClassifyOut();
        FakeLayerValues values = new FakeLayerValues(Layer.ALE_CONNECT_REDIRECT_V4)
                .setNumber(Field.IP_REMOTE_ADDRESS, remote)
                .setNumber(Field.IP_REMOTE_PORT, port);
        callout.classify(values, new FakeMetadata(), null, filter, null, out);
        assertThat(out.isWriteRightCleared()).isEqualTo(out.answer() == Action.BLOCK);
        return out.answer();
    }

    @Test
    @Tag("REDIR-3")
    void shouldSendAConnectionToTheProxyAndGiveTheCopyBack() {
        assertThat(judge(SERVER, 80)).isEqualTo(Action.PERMIT);
        assertThat(connection.isApplied()).isTrue();
        assertThat(connection.remoteLow()).isEqualTo(PROXY);
        assertThat(connection.remotePort()).isEqualTo(3_128);
    }

    @Test
    void shouldKeepThePortIfNoneIsGiven() throws FilterRefusedException {
        filter = added(Layer.ALE_CONNECT_REDIRECT_V4, Map.of("proxy", "192.0.2.20"));
        assertThat(judge(SERVER, 80)).isEqualTo(Action.PERMIT);
        assertThat(connection.remoteLow()).isEqualTo(PROXY);
        assertThat(connection.remotePort()).isEqualTo(80);
    }

    @Test
    @Tag("REDIR-5")
    void shouldRedirectNothingTwice() {
        for (RedirectState state :
                new RedirectState[] {RedirectState.REDIRECTED_BY_SELF, RedirectState.PREVIOUSLY_REDIRECTED_BY_SELF}) {
            host.setConnection(state, connection);
            assertThat(judge(SERVER, 80)).isEqualTo(Action.PERMIT);
        }
        assertThat(connection.isApplied()).isFalse();
        host.setConnection(RedirectState.REDIRECTED_BY_OTHER, connection);
        assertThat(judge(SERVER, 80)).isEqualTo(Action.PERMIT);
        assertThat(connection.isApplied()).isTrue();
    }

    @Test
    void shouldLeaveWhatGoesToTheProxyAnyway() {
        assertThat(judge(PROXY, 3_128)).isEqualTo(Action.PERMIT);
        assertThat(connection.isApplied()).isFalse();
        assertThat(judge(PROXY, 80)).isEqualTo(Action.PERMIT);
        assertThat(connection.isApplied()).isTrue();
    }

    @Test
    void shouldBlockWhatCannotBeRedirected() {
        host.setConnection(RedirectState.NOT_REDIRECTED, null);
        assertThat(judge(SERVER, 80)).isEqualTo(Action.BLOCK);
        connection.apply();
        host.setConnection(RedirectState.NOT_REDIRECTED, connection); // applying again fails
        assertThat(judge(SERVER, 80)).isEqualTo(Action.BLOCK);
        filter = new FakeRuntimeFilter(Layer.ALE_CONNECT_REDIRECT_V4, Map.of("proxy", "nobody"));
        assertThat(judge(SERVER, 80)).isEqualTo(Action.BLOCK);
        Redirect unopened = new Redirect();
        RecordingClassifyOut out = new RecordingClassifyOut();
        unopened.classify(
                new FakeLayerValues(Layer.ALE_CONNECT_REDIRECT_V4), new FakeMetadata(), null, filter, null, out);
        assertThat(out.answer()).isEqualTo(Action.BLOCK);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThatThrownBy(() -> added(Layer.ALE_CONNECT_REDIRECT_V4, Map.of()))
                .hasMessageContaining("address of a host");
        assertThatThrownBy(() -> added(Layer.ALE_CONNECT_REDIRECT_V4, Map.of("proxy", "224.0.0.1")))
                .hasMessageContaining("address of a host");
        assertThatThrownBy(() -> added(Layer.ALE_CONNECT_REDIRECT_V4, Map.of("proxy", "2001:db8::1")))
                .hasMessageContaining("ale-connect-redirect-v4");
        assertThatThrownBy(() -> added(Layer.ALE_AUTH_CONNECT_V4, Map.of("proxy", "192.0.2.20")))
                .hasMessageContaining("ale-auth-connect-v4");
        assertThatThrownBy(() -> added(Layer.ALE_CONNECT_REDIRECT_V4, Map.of("proxy", "192.0.2.20", "port", 0L)))
                .hasMessageContaining("port");
    }
}
