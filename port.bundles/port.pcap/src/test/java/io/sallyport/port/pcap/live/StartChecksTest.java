package io.sallyport.port.pcap.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.port.pcap.live.StartChecks.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the port refuses to start with, on a host made of files. */
class StartChecksTest {
    private static final String ALL_RIGHTS = "000001ffffffffff";

    @TempDir
    Path root;

    private @Nullable String libpcapProblem;
    private boolean hasNft = true;

    @BeforeEach
    void makeHost() throws IOException {
        rights(ALL_RIGHTS);
        for (String name : List.of("tst0", "tst1")) {
            ethernet(name, 1);
        }
        ethernet("tstlo", 772);
    }

    @Test
    void shouldFindNothingWrongWithTwoInterfacesOfTheirOwn() throws IOException {
        assertThat(check("tst0", "tst1", false)).isEmpty();
    }

    @Test
    void shouldNameTheInterfaceThatIsMissingAndThoseThereAre() throws IOException {
        assertThat(check("tst0", "tst9", false))
                .containsExactly(new Problem(2, "--wan: there is no interface tst9; there are: tst0, tst1"));
    }

    @Test
    void shouldRefuseNamesThatLeadElsewhere() throws IOException {
        assertThat(check("../tst0", "tst1", true)).singleElement().satisfies(problem -> {
            assertThat(problem.exitCode()).isEqualTo(2);
            assertThat(problem.line()).startsWith("--lan: there is no interface ../tst0;");
        });
        assertThat(check("tst0", "t\" ; }", true)).hasSize(1);
        assertThat(check("tst0", "", true)).hasSize(1);
    }

    @Test
    void shouldRefuseOneInterfaceForBothSides() throws IOException {
        assertThat(check("tst0", "tst0", true))
                .containsExactly(
                        new Problem(2, "--lan and --wan are the same interface, tst0; the gateway stands between two"));
    }

    @Test
    void shouldRefuseWhatIsNoEthernet() throws IOException {
        assertThat(check("tstlo", "tst1", true))
                .containsExactly(
                        new Problem(2, "--lan: interface tstlo is no Ethernet interface; there are: tst0, tst1"));
    }

    @Test
    void shouldRefuseToStartWithoutRightsBeforeAllElse() throws IOException {
        for (String bits : List.of("0000000000000000", "0000000000001000", "0000000000002000")) {
            rights(bits);
            assertThat(check("tst0", "tst9", true))
                    .extracting(Problem::exitCode)
                    .as(bits)
                    .containsExactly(3, 2);
        }
        rights("0000000000003000");
        assertThat(check("tst0", "tst1", true)).isEmpty();
    }

    @Test
    void shouldNameThePackageOfWhatIsMissing() throws IOException {
        libpcapProblem = "libpcap cannot be loaded";
        hasNft = false;

        List<Problem> problems = check("tst0", "tst1", true);

        assertThat(problems).extracting(Problem::exitCode).containsExactly(1, 1);
        assertThat(problems.get(0).line()).isEqualTo("libpcap cannot be loaded");
        assertThat(problems.get(1).line()).contains("nft is missing").contains("apt-get install nftables");
    }

    @Test
    void shouldRefuseMembersOfABridge() throws IOException {
        Files.createSymbolicLink(root.resolve("sys/class/net/tst1/master"), Path.of("../br0"));

        assertThat(check("tst0", "tst1", false))
                .containsExactly(new Problem(
                        1,
                        "interface tst1 is a member of br0, which may forward its frames too; ip link set tst1 nomaster, or"
                                + " start with --force"));
        assertThat(check("tst0", "tst1", true)).isEmpty();
    }

    @Test
    void shouldRefuseForwardingInterfacesAndTellAllAtOnce() throws IOException {
        conf("ipv4", "tst0", "forwarding", "1");
        conf("ipv6", "tst1", "forwarding", "1");

        List<Problem> problems = check("tst0", "tst1", false);

        assertThat(problems).extracting(Problem::exitCode).containsExactly(1, 1);
        assertThat(problems.get(0).line()).contains("tst0 forwards IPv4", "sysctl -w net.ipv4.conf.tst0.forwarding=0");
        assertThat(problems.get(1).line()).contains("tst1 forwards IPv6", "sysctl -w net.ipv6.conf.tst1.forwarding=0");
        assertThat(problems).allSatisfy(problem -> assertThat(problem.line()).endsWith("or start with --force"));
        assertThat(check("tst0", "tst1", true)).isEmpty();
    }

    private List<Problem> check(String lan, String wan, boolean isForced) {
        Commands commands = new Commands() {
            @Override
            @Nullable Path find(String program) {
                return hasNft ? Path.of("/bin", program) : null;
            }
        };
        StartChecks checks = new StartChecks(root, new IngressGuard(commands, lan, wan), () -> libpcapProblem);
        return checks.run(new GatewayConfig(root, lan, wan, null, isForced));
    }

    private void rights(String bits) throws IOException {
        Path status = root.resolve("proc/self/status");
        Files.createDirectories(status.getParent());
        Files.writeString(status, "Name:\tjava\nCapPrm:\t0000000000000000\nCapEff:\t" + bits + "\n");
    }

    private void ethernet(String name, int type) throws IOException {
        Path folder = Files.createDirectories(root.resolve("sys/class/net").resolve(name));
        Files.writeString(folder.resolve("type"), type + "\n");
        conf("ipv4", name, "forwarding", "0");
        conf("ipv6", name, "forwarding", "0");
    }

    private void conf(String family, String name, String file, String value) throws IOException {
        Path folder =
                root.resolve("proc/sys/net").resolve(family).resolve("conf").resolve(name);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(file), value + "\n");
    }
}
