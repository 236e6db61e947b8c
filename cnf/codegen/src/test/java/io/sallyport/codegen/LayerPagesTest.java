package io.sallyport.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerPagesTest {

    @TempDir
    Path root;

    @BeforeEach
    void makeProject() throws IOException {
        put("cnf/wfp/layers.csv", """
                name,mode,direction,absorb_flag_allowed,meaning
                FWPM_LAYER_A_V4,kernel,in,y,What comes
                FWPM_LAYER_A_V6,kernel,in,y,What comes
                FWPM_LAYER_A_V4_DISCARD,kernel,in,n,What does not
                FWPM_LAYER_A_V6_DISCARD,kernel,in,n,What does not
                FWPM_LAYER_B,user,none,?,What is
                FWPM_LAYER_C,kernel,out,n,What goes
                """);
        put("cnf/wfp/conditions.csv", """
                name,alias_of
                FWPM_CONDITION_PORT,
                FWPM_CONDITION_ICMP_CODE,FWPM_CONDITION_PORT
                """);
        put("cnf/wfp/layer_conditions.csv", """
                layer,condition,field_index_observed,classify_type_observed,field_kind,in_live_schema
                FWPM_LAYER_A_V4,FWPM_CONDITION_PORT,1,FWP_UINT16,RAW_DATA,y
                FWPM_LAYER_A_V4,FWPM_CONDITION_IP,0,FWP_UINT32,IP_ADDRESS,y
                FWPM_LAYER_A_V4,FWPM_CONDITION_FLAGS,2,FWP_UINT32,FLAGS,y
                FWPM_LAYER_A_V4,FWPM_CONDITION_GONE,,,,n
                FWPM_LAYER_A_V6,FWPM_CONDITION_PORT,0,FWP_UINT8,RAW_DATA,y
                FWPM_LAYER_A_V4_DISCARD,FWPM_CONDITION_IP,0,FWP_UINT32,IP_ADDRESS,y
                FWPM_LAYER_A_V4_DISCARD,FWPM_CONDITION_FLAGS,1,FWP_UINT32,FLAGS,y
                FWPM_LAYER_B,FWPM_CONDITION_MAC,0,FWP_BYTE_ARRAY6_TYPE,RAW_DATA,y
                """);
        put("cnf/wfp/live-layers.csv", """
                layer,classified-when
                FWPM_LAYER_A_V4,"first, then again"
                FWPM_LAYER_A_V6,"first, then again"
                FWPM_LAYER_A_V4_DISCARD,dropped at a-v4
                FWPM_LAYER_A_V6_DISCARD,dropped at a-v6
                FWPM_LAYER_B,now and then
                """);
        put("cnf/wfp/layer-notes.csv", """
                layer,when,data,actions,metadata
                FWPM_LAYER_A_V4,"Each time, at once.",The thing.,"Clone, absorb.",time
                FWPM_LAYER_B,Never.,None.,Nothing helps.,none
                """);
        refresh();
    }

    @Test
    void shouldShowEachLiveLayerOnceForBothIpVersions() throws IOException {
        assertThat(LayerPages.problems(root)).isEmpty();
        assertThat(page())
                .contains("| [`a-v4`, `a-v6`](layers/a.md) | first, then again | in | yes | yes |\n")
                .contains("| [`b`](layers/b.md) | now and then | - | no | no |\n")
                .contains("| [`a-v4-discard`, `a-v6-discard`](layers/a-discard.md) | `a-v4`, `a-v6` |\n")
                .doesNotContain("`c`");
    }

    @Test
    void shouldListTheFieldsByTypeInOrderOfTheSchema() throws IOException {
        assertThat(page()).contains("""
                        ### a-v4, a-v6

                        | type | fields |
                        |---|---|
                        | ip-address | `ip` |
                        | uint16 | `port` (`icmp-code`) |
                        | uint32, flags | `flags` |
                        """).contains("""
                        ### b

                        | type | fields |
                        |---|---|
                        | byte-array6 | `mac` |
                        """).doesNotContain("`gone`");
    }

    @Test
    void shouldSayWhereTheTypesOfIpVersionsDiffer() throws IOException {
        assertThat(page()).contains("\nAt `a-v6`: `port` (`icmp-code`) is uint8.\n");
    }

    @Test
    void shouldSayWhereADiscardLayerDiffersFromItsTwin() throws IOException {
        assertThat(page()).contains("\n`a-v4-discard`: lacks `port` (`icmp-code`).\n");
    }

    @Test
    void shouldNameALayerThatDoesNotExist() throws IOException {
        put("cnf/wfp/live-layers.csv", "layer,classified-when\nFWPM_LAYER_D,never\n");
        assertThat(LayerPages.problems(root)).singleElement().asString().contains("there is no such layer");
    }

    @Test
    void shouldNameALayerThatIsLiveForOneIpVersionOnly() throws IOException {
        put("cnf/wfp/live-layers.csv", "layer,classified-when\nFWPM_LAYER_A_V6,now\n");
        assertThat(LayerPages.problems(root)).singleElement().asString().contains("one IP version only");
    }

    @Test
    void shouldGiveEachLayerAPageOfItsOwn() throws IOException {
        assertThat(Files.readString(root.resolve("docs/layers/a.md")))
                .startsWith("# `a-v4`, `a-v6`\n")
                .contains(
                        "Each time, at once.", "The thing.", "- Absorb: with a block.\n- Clone, absorb.\n", ": time.\n")
                .contains("| uint16 | `port` (`icmp-code`) |\n")
                .contains("shown to [`a-v4-discard`, `a-v6-discard`](a-discard.md)");
        assertThat(Files.readString(root.resolve("docs/layers/a-discard.md")))
                .contains("dropped at [`a-v4`, `a-v6`](a.md)")
                .contains("- Absorb: no (DISC-5).\n")
                .doesNotContain("`port`");
        assertThat(root.resolve("docs/layers/c.md")).doesNotExist();
    }

    @Test
    void shouldNameALiveLayerThatNobodyDescribes() throws IOException {
        put("cnf/wfp/layer-notes.csv", "layer,when,data,actions,metadata\nFWPM_LAYER_B,Never.,None.,Nothing.,none\n");
        assertThat(LayerPages.problems(root)).singleElement().asString().contains("FWPM_LAYER_A_V4: live, but");
    }

    @Test
    void shouldNameWordsAboutALayerThatIsNotLive() throws IOException {
        put("cnf/wfp/live-layers.csv", "layer,classified-when\nFWPM_LAYER_B,now and then\n");
        refresh();
        assertThat(LayerPages.problems(root)).singleElement().asString().contains("FWPM_LAYER_A_V4: in cnf/wfp");
    }

    @Test
    void shouldNoticeAnOutdatedOrLeftoverPageOfALayer() throws IOException {
        put("docs/layers/a.md", "old");
        put("docs/layers/c.md", "old");
        assertThat(LayerPages.problems(root))
                .hasSize(2)
                .anyMatch(it -> it.contains("a.md is out of date"))
                .anyMatch(it -> it.contains("c.md is of no live layer"));
    }

    @Test
    void shouldNoticeAnOutdatedPage() throws IOException {
        put("docs/layers.md", "old");
        assertThat(LayerPages.problems(root)).singleElement().asString().contains("out of date");
    }

    @Test
    void shouldBeUpToDateInThisProject() throws IOException {
        assertThat(LayerPages.problems(Path.of("../.."))).isEmpty();
    }

    private String page() throws IOException {
        return Files.readString(root.resolve("docs/layers.md"));
    }

    private void refresh() throws IOException {
        put("docs/layers.md", LayerPages.render(root));
        LayerFolder.write(root);
    }

    private void put(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
