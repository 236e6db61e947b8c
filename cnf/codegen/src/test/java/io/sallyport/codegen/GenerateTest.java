package io.sallyport.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateTest {

    private static final Path TABLES = Path.of("..", "wfp");

    @TempDir
    Path out;

    @Test
    void shouldMakeTheTypesOfThreePackages() throws IOException {
        assertThat(Generate.sources(TABLES))
                .containsKeys(
                        "io/sallyport/layer/Layer.java",
                        "io/sallyport/layer/Field.java",
                        "io/sallyport/layer/DataType.java",
                        "io/sallyport/policy/WfpError.java",
                        "io/sallyport/callout/CalloutFlags.java")
                .allSatisfy(
                        (path, text) -> assertThat(text).contains("@Generated(").contains("/** "));
    }

    @Test
    void shouldLeaveUnchangedFilesAloneAndDeleteOutdatedOnes() throws IOException {
        Generate.main(new String[] {TABLES.toString(), out.toString()});
        Path layer = out.resolve("io/sallyport/layer/Layer.java");
        Path outdated = Files.writeString(out.resolve("io/sallyport/layer/Gone.java"), "class Gone {}");
        FileTime before = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(layer, before);

        Generate.main(new String[] {TABLES.toString(), out.toString()});

        assertThat(Files.getLastModifiedTime(layer)).isEqualTo(before);
        assertThat(outdated).doesNotExist();
    }

    @Test
    void shouldRefuseMissingArguments() {
        assertThatThrownBy(() -> Generate.main(new String[0])).hasMessageContaining("usage");
    }

    @Test
    void shouldTurnMeaningsIntoJavadocSentences() {
        assertThat(JavaText.sentence("a < b & c")).isEqualTo("A &lt; b &amp; c.");
        assertThat(JavaText.sentence("Done.")).isEqualTo("Done.");
    }

    @Test
    void shouldTurnNamesIntoConstantsAndPolicyNames() {
        assertThat(JavaText.upperSnake("BadSourceAddress")).isEqualTo("BAD_SOURCE_ADDRESS");
        assertThat(JavaText.policyName("ALE_AUTH_CONNECT_V4")).isEqualTo("ale-auth-connect-v4");
        assertThat(DataTypes.name("FWP_BYTE_BLOB_TYPE")).isEqualTo("BYTE_BLOB");
        assertThat(DataTypes.name("FWP_V4_ADDR_MASK")).isEqualTo("V4_ADDR_MASK");
    }
}
