package io.sallyport.bfe.internal.file;

import io.sallyport.layer.Field;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One entry of {@code when} outside of a policy file: a template has one test for each field. */
final class SingleCondition {
    private SingleCondition() {}

    static Condition parse(Layer layer, String entry, InterfaceNames interfaces) throws PolicyException {
        Problems problems = new Problems("the condition");
        String text = PolicyText.check(entry, problems);
        YamlNode root = text == null ? null : YamlReader.read(text, problems);
        if (problems.hasErrors()) {
            throw refused(
                    WfpError.INVALID_PARAMETER, entry, problems.sorted().get(0).message());
        }
        if (!(root instanceof YamlNode.Mapping mapping) || mapping.entries().size() != 1) {
            throw refused(WfpError.INVALID_PARAMETER, entry, "write FIELD: VALUE");
        }
        String name = mapping.entries().get(0).key().text();
        Field field = Field.byName(name);
        FieldSpec spec = field == null ? null : layer.schema().find(field);
        if (spec == null) {
            throw refused(
                    WfpError.CONDITION_NOT_FOUND,
                    entry,
                    "the layer " + layer.policyName() + " has no field " + name
                            + Suggestions.didYouMean(name, Fields.namesAt(layer)));
        }
        try {
            List<Condition> tests = new ConditionParser(layer, spec, interfaces, set -> null)
                    .parse(mapping.entries().get(0).value());
            if (tests.size() != 1) {
                throw refused(
                        WfpError.INVALID_PARAMETER,
                        entry,
                        "these are " + tests.size() + " tests; write one value, network, range or comparison");
            }
            return tests.get(0);
        } catch (ConditionParser.BadCondition e) {
            throw refused(WfpError.INVALID_PARAMETER, entry, e.message() + allowed(e.allowed()));
        }
    }

    private static String allowed(List<String> values) {
        return values.isEmpty() ? "" : "; allowed: " + String.join(", ", values);
    }

    private static PolicyException refused(WfpError error, @Nullable String entry, String message) {
        return new PolicyException(error, "'" + entry + "': " + message);
    }
}
