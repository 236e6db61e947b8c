package io.sallyport.shell.command;

import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.stack.api.FlowImpact;
import io.sallyport.stack.api.FlowImpact.Cause;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a change would mean for existing flows, for people and programs. */
final class FlowImpacts {
    private FlowImpacts() {}

    static Map<String, @Nullable Object> fields(FlowImpact impact, ExistingFlows fate) {
        return Json.object(
                "existingFlows", fate.policyName(),
                "flows", impact.flows(),
                "touched", impact.touched(),
                "blocked", impact.blocked(),
                "undecided", impact.undecided(),
                "causes", impact.causes().stream().map(FlowImpacts::fields).toList());
    }

    private static Map<String, @Nullable Object> fields(Cause cause) {
        return Json.object(
                "verdict", verdict(cause),
                "flows", cause.flows(),
                "filter", cause.filter(),
                "layer", layer(cause),
                "sublayer", cause.sublayer(),
                "provider", cause.provider(),
                "callout", cause.callout());
    }

    /** The sums and what becomes of the flows, then who decides. */
    static void print(CommandContext context, FlowImpact impact, ExistingFlows fate) {
        context.out()
                .println("nothing was changed; authorised flows " + impact.flows() + ", touched " + impact.touched()
                        + ", would be blocked " + impact.blocked() + ", undecided until their callouts are asked "
                        + impact.undecided());
        context.out().println(meaning(fate));
        if (impact.causes().isEmpty()) {
            return;
        }
        Table table = new Table()
                .column("VERDICT")
                .number("FLOWS")
                .name("FILTER")
                .column("LAYER")
                .flexible("SUBLAYER")
                .flexible("PROVIDER")
                .flexible("CALLOUT");
        impact.causes()
                .forEach(cause -> table.row(
                        verdict(cause),
                        cause.flows(),
                        cause.filter(),
                        layer(cause),
                        cause.sublayer(),
                        cause.provider(),
                        cause.callout()));
        table.print(context.out(), context.width());
    }

    private static String meaning(ExistingFlows fate) {
        return switch (fate) {
            case KEEP -> "keep: all of them stay authorised";
            case RECHECK ->
                "recheck: touched ones are asked for at their next packet, and end then if they are blocked";
            case RESET -> "reset: touched ones are asked for at once, and end then if they are blocked";
        };
    }

    private static String verdict(Cause cause) {
        return cause.verdict().name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String layer(Cause cause) {
        return cause.layer() == null ? null : cause.layer().policyName();
    }
}
