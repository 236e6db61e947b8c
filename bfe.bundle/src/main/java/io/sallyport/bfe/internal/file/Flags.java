package io.sallyport.bfe.internal.file;

import io.sallyport.policy.FaultPolicy;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Function;

/** Reads the names of flags, and what is kept among them. */
final class Flags {
    private Flags() {}

    /** The bits of the key {@code flags}; names that are unknown or not for policy files are reported. */
    static int read(ObjectReader reader, List<String> allowed, Function<String, OptionalInt> byName) {
        int flags = 0;
        for (YamlNode.Scalar scalar : reader.scalars("flags")) {
            OptionalInt bits = byName.apply(scalar.text());
            String word = scalar.text().toLowerCase(Locale.ROOT).replace('_', '-');
            boolean isAllowed = bits.isPresent() && allowed.stream().anyMatch(word::endsWith);
            if (!isAllowed) {
                String wrong = word.endsWith("persistent") || word.endsWith("boottime")
                        ? "\"" + scalar.text() + "\" is said by the key lifetime"
                        : "unknown flag \"" + scalar.text() + "\"" + Suggestions.didYouMean(word, allowed);
                reader.error(scalar, "flags", wrong, allowed);
            } else {
                flags |= bits.getAsInt();
            }
        }
        return flags;
    }

    /** The bits of the key {@code on-fault}; 0 if it is not there, or makes no sense, which is reported. */
    static int onFault(ObjectReader reader) {
        YamlNode.Scalar word = reader.scalar("on-fault");
        FaultPolicy said = word == null ? null : FaultPolicy.byName(word.text());
        if (word != null && said == null) {
            reader.error(
                    word,
                    "on-fault",
                    "unknown policy for faults \"" + word.text() + "\""
                            + Suggestions.didYouMean(word.text(), PolicyKeys.FAULT_POLICIES),
                    PolicyKeys.FAULT_POLICIES);
        }
        return said == null ? 0 : said.bits();
    }
}
