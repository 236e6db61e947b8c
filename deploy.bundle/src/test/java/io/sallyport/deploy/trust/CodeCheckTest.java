package io.sallyport.deploy.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Class files of the classes below, which nobody runs. */
class CodeCheckTest {

    @Test
    void shouldRefuseWhatLeavesOrEndsTheJvm() {
        assertThatThrownBy(() -> check(Exits.class))
                .hasMessage(
                        "class io.sallyport.deploy.trust.CodeCheckTest$Exits calls java.lang.System.exit; a plug-in may"
                                + " not leave or end the JVM");
        assertThatThrownBy(() -> check(Halts.class)).hasMessageContaining("calls java.lang.Runtime.halt");
        assertThatThrownBy(() -> check(Starts.class)).hasMessageContaining("uses java.lang.ProcessBuilder");
        assertThatThrownBy(() -> check(Native.class)).hasMessageContaining("has native code (call)");
        assertThatThrownBy(() -> check(Manages.class))
                .hasMessageContaining("uses java.lang.management.ManagementFactory");
        assertThatThrownBy(() -> check(Loader.class)).hasMessageContaining("makes a class loader of its own");
        assertThatThrownBy(() -> check(Hides.class)).hasMessageContaining("names sun.misc.Unsafe");
    }

    @Test
    void shouldLetOrdinaryCodePass() {
        assertThatCode(() -> check(Ordinary.class)).doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseDamagedClassesAndThoseForANewerJava() throws IOException {
        byte[] newer = classFile(Ordinary.class);
        newer[7] = (byte) 200;
        assertThatThrownBy(() -> CodeCheck.check("a/B.class", newer)).hasMessageContaining("made for another Java");
        byte[] cut = Arrays.copyOf(classFile(Ordinary.class), 40);
        assertThatThrownBy(() -> CodeCheck.check("a/B.class", cut)).hasMessageContaining("is damaged");
    }

    @Test
    void shouldMatchPatternsByWholeWords() {
        List<String> patterns = List.of("com.acme.*", "org.one");
        assertThat(NamePattern.allows(patterns, "com.acme")).isTrue();
        assertThat(NamePattern.allows(patterns, "com.acme.a.b")).isTrue();
        assertThat(NamePattern.allows(patterns, "com.acmes")).isFalse();
        assertThat(NamePattern.allows(patterns, "org.one.two")).isFalse();
        assertThat(NamePattern.allows(List.of(), "org.one")).isFalse();
        assertThat(NamePattern.isPattern("com.*.acme")).isFalse();
        assertThat(NamePattern.isPattern("*")).isTrue();
    }

    private static void check(Class<?> type) throws IOException, Untrusted {
        CodeCheck.check(type.getName().replace('.', '/') + ".class", classFile(type));
    }

    private static byte[] classFile(Class<?> type) throws IOException {
        try (InputStream in =
                type.getResourceAsStream(type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class")) {
            return in.readAllBytes();
        }
    }

    static final class Exits {
        void go() {
            System.exit(1);
        }
    }

    static final class Halts {
        void go() {
            Runtime.getRuntime().halt(1);
        }
    }

    static final class Starts {
        Object go() {
            return new ProcessBuilder("ls");
        }
    }

    static final class Native {
        native void call();
    }

    static final class Manages {
        Object go() {
            return ManagementFactory.getRuntimeMXBean();
        }
    }

    static final class Loader extends ClassLoader {}

    static final class Hides {
        Class<?> go() throws ClassNotFoundException {
            return Class.forName("sun.misc.Unsafe");
        }
    }

    static final class Ordinary {
        private final long[] numbers = {1L << 40, 2};

        Object go() {
            return Ordinary.class.getClassLoader() == null ? numbers.clone() : List.of(new int[1][2], Math.PI, "text");
        }
    }
}
