package io.sallyport.deploy;

import io.sallyport.deploy.PluginJar.RefusedException;
import io.sallyport.deploy.trust.VendorCheck;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** {@code ./sallyport plugin verify}: the gateway's checks without a gateway. A program of its own, outside of the framework. */
public final class VerifyPlugin {
    private static final int REFUSED = 4;
    private static final int USAGE = 2;

    private VerifyPlugin() {}

    /**
     * Checks.
     *
     * @param arguments jar of the callout API, the plug-in's jar, and maybe {@code --certificate FILE}
     */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int code = run(arguments, out, err);
        if (code != 0) {
            System.exit(code);
        }
    }

    static int run(String[] arguments, PrintStream out, PrintStream err) {
        Path jar = null;
        Path certificate = null;
        for (int i = 1; i < arguments.length; i++) {
            String word = arguments[i];
            if (word.equals("--certificate") && i + 1 < arguments.length) {
                certificate = Path.of(arguments[++i]);
            } else if (word.startsWith("--certificate=")) {
                certificate = Path.of(word.substring("--certificate=".length()));
            } else if (word.startsWith("-") || jar != null) {
                err.println("sallyport: plugin verify does not know '" + word + "'; try: ./sallyport plugin --help");
                return USAGE;
            } else {
                jar = Path.of(word);
            }
        }
        if (jar == null) {
            err.println("sallyport: plugin verify needs a jar; try: ./sallyport plugin --help");
            return USAGE;
        }
        return verify(Path.of(arguments[0]), jar, certificate, out, err);
    }

    private static int verify(Path api, Path jar, @Nullable Path certificate, PrintStream out, PrintStream err) {
        try {
            PluginJar plugin = PluginJar.check(jar);
            out.println(plugin.symbolicName() + " " + plugin.version());
            VendorCheck.lines(jar, api, certificate).forEach(out::println);
            return 0;
        } catch (RefusedException | IOException e) {
            err.println("sallyport: " + jar + " would be refused: " + e.getMessage());
            return REFUSED;
        }
    }
}
