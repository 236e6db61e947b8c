package io.sallyport.port.pcap.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.port.pcap.live.SettingsJournal.Entry;
import io.sallyport.port.pcap.live.SettingsJournal.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process leaves for the next one to give back, on a host made of files. */
class SettingsJournalTest {
    private static final List<Entry> CHANGES = List.of(
            new Entry(Kind.IPV6, 7, "lan0", List.of()),
            new Entry(Kind.OFFLOADS, 7, "lan0", List.of("tso", "gso")),
            new Entry(Kind.DOWN, 8, "wan0", List.of()));

    @TempDir
    private Path root;

    @BeforeEach
    void makeHost() throws IOException {
        Files.createDirectories(root.resolve("proc/sys/kernel/random"));
        boot("b-1");
        Files.createDirectories(root.resolve("proc/self/ns"));
        namespace(4711);
    }

    private void boot(String id) throws IOException {
        Files.writeString(root.resolve("proc/sys/kernel/random/boot_id"), id + "\n");
    }

    private void namespace(int number) throws IOException {
        Files.deleteIfExists(root.resolve("proc/self/ns/net"));
        Files.createSymbolicLink(root.resolve("proc/self/ns/net"), Path.of("net:[" + number + "]"));
    }

    private SettingsJournal journal() {
        return new SettingsJournal(root.resolve("interfaces"), root);
    }

    @Test
    void shouldReadWhatWasWritten() throws IOException {
        assertThat(journal().read()).isEmpty();
        journal().write(CHANGES);
        assertThat(journal().read()).isEqualTo(CHANGES);
        journal().write(List.of());
        assertThat(root.resolve("interfaces")).doesNotExist();
    }

    @Test
    void shouldNotTakeInterfacesOfAnotherBootOrNamespaceForItsOwn() throws IOException {
        journal().write(CHANGES);
        boot("b-2");
        assertThat(journal().read()).isEmpty();
        boot("b-1");
        namespace(4712);
        assertThat(journal().read()).isEmpty();
        namespace(4711);
        assertThat(journal().read()).isEqualTo(CHANGES);
    }

    @Test
    void shouldReadNothingFromADamagedFile() throws IOException {
        journal().write(CHANGES);
        Path file = root.resolve("interfaces");
        for (String line : List.of("ipv6", "ipv6 x lan0", "colour 7 lan0", "")) {
            Files.writeString(file, Files.readAllLines(file).get(0) + "\n" + line + "\n");
            assertThat(journal().read()).as(line).isEmpty();
        }
    }
}
