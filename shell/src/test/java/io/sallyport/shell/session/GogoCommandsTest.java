package io.sallyport.shell.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.shell.command.Catalogue;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.Test;

/** Gogo's list of commands is the catalogue's. */
class GogoCommandsTest {

    @Test
    void shouldHaveAMethodForEachCommand() {
        List<String> methods = Arrays.stream(GogoCommands.class.getDeclaredMethods())
                .filter(method -> Arrays.equals(
                        method.getParameterTypes(), new Class<?>[] {CommandSession.class, String[].class}))
                .map(Method::getName)
                .toList();
        assertThat(methods).containsExactlyInAnyOrderElementsOf(Catalogue.names());
    }

    @Test
    void shouldRegisterEachCommand() throws Exception {
        String xml;
        try (var in = GogoCommands.class.getResourceAsStream("/OSGI-INF/io.sallyport.shell.session.GogoCommands.xml")) {
            assertThat(in).as("component description").isNotNull();
            xml = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
        assertThat(Catalogue.names())
                .allSatisfy(name ->
                        assertThat(xml).containsPattern("(?m)^" + name + "\\b|>" + name + "\\b|\"" + name + "\""));
    }
}
