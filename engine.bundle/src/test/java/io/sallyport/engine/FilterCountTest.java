package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.Layer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FilterCountTest {
    private final Rig rig = new Rig(Layer.ALE_AUTH_CONNECT_V4);

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    @Tag("NEV-13")
    void shouldCountTheFiltersThatAreInForceAtEachLayer() throws Exception {
        assertThat(rig.engine.statistics().filters()).isEmpty();
        rig.permit("above").in(20).add().unknown("a").in(10).add();
        assertThat(rig.engine.statistics().filters()).as("not in force yet").isEmpty();
        rig.publish();
        assertThat(rig.engine.statistics().filters()).isEqualTo(Map.of(rig.layer, 2));
        rig.remove("a").publish();
        assertThat(rig.engine.statistics().filters()).isEqualTo(Map.of(rig.layer, 1));
        rig.remove("above").publish();
        assertThat(rig.engine.statistics().filters()).isEmpty();
    }
}
