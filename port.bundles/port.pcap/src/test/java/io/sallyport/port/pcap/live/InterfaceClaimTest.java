package io.sallyport.port.pcap.live;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterfaceClaimTest {
    @TempDir
    private Path root;

    @BeforeEach
    void makeNamespace() throws IOException {
        Files.createDirectories(root.resolve("proc/self/ns"));
        Files.createSymbolicLink(root.resolve("proc/self/ns/net"), Path.of("net:[4711]"));
    }

    @Test
    void shouldRefuseAnInterfaceThatAnotherGatewayHasAndGiveUpTheOther() throws IOException {
        NetworkInterfaceFile lan = link("lan0", 7);
        NetworkInterfaceFile wan = link("wan0", 8);
        NetworkInterfaceFile other = link("dmz0", 9);
        InterfaceClaim first = InterfaceClaim.take(root, List.of(lan, wan));
        assertThatThrownBy(() -> InterfaceClaim.take(root, List.of(other, wan)))
                .hasMessage("interface wan0 is in use by the gateway of process "
                        + ProcessHandle.current().pid() + "; stop that one, or choose another interface");
        InterfaceClaim.take(root, List.of(other)).close();
        first.close();
        InterfaceClaim.take(root, List.of(other, wan)).close();
    }

    @Test
    void shouldKnowAnInterfaceByItsNumberNotItsName() throws IOException {
        InterfaceClaim first = InterfaceClaim.take(root, List.of(link("lan0", 7)));
        InterfaceClaim.take(root, List.of(link("lan0", 70))).close();
        NetworkInterfaceFile renamed = link("inside", 7);
        assertThatThrownBy(() -> InterfaceClaim.take(root, List.of(renamed))).hasMessageContaining("inside is in use");
        first.close();
    }

    private NetworkInterfaceFile link(String name, int index) throws IOException {
        Path folder = Files.createDirectories(root.resolve("sys/class/net").resolve(name));
        Files.writeString(folder.resolve("ifindex"), index + "\n");
        return new NetworkInterfaceFile(name, root);
    }
}
