package io.sallyport.shell.command;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Subscription;
import io.sallyport.policy.PolicyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code policy subscriptions}. */
@Command(
        name = "subscriptions",
        description = "Lists who is told of changes of policy, in the order of subscription.",
        footer = {
            "%nA subscription ends with its session; its key is the one that 'session list -o json' shows. Where the"
                    + " line is too short for it and for which objects are meant, they follow in the next one. WAITING changes have"
                    + " still to be told; LOST ones did not fit the queue.",
            "Exit: 0, also if there are none; 3 without the right read on the engine."
        })
final class PolicySubscriptions extends ShellCommand {
    PolicySubscriptions(CommandContext context) {
        super(context);
    }

    @Override
    public Integer call() {
        List<Subscription> subscriptions;
        TemplateWords words;
        try {
            Session session = context.session();
            subscriptions = session.subscriptions();
            words = new TemplateWords(session.view());
        } catch (PolicyException e) {
            throw Refused.by(e);
        }
        Table wide = columns().column("SESSION KEY").column("WHICH");
        Table narrow = columns();
        List<Map<String, @Nullable Object>> json = new ArrayList<>();
        for (Subscription it : subscriptions) {
            String type = TemplateWords.type(it.template()).word();
            List<String> changes = EventChoice.words(it.changes());
            List<Object> cells = new ArrayList<>(List.of(
                    it.session().name(),
                    it.session().principal(),
                    type,
                    String.join(",", changes),
                    it.waiting(),
                    it.lost()));
            String which = words.text(it.template());
            narrow.row(cells.toArray()).note("session " + it.session().key() + ": " + which);
            cells.add(it.session().key());
            cells.add(which);
            wide.row(cells.toArray());
            json.add(Json.object(
                    "session", it.session().key(),
                    "name", it.session().name(),
                    "principal", it.session().principal().self().toString(),
                    "type", type,
                    "changes", changes,
                    "template", words.fields(it.template()),
                    "waiting", it.waiting(),
                    "lost", it.lost()));
        }
        return print(wide.fits(context.width()) ? wide : narrow, json);
    }

    private static Table columns() {
        return new Table()
                .name("SESSION")
                .name("PRINCIPAL")
                .column("TYPE")
                .column("CHANGES")
                .number("WAITING")
                .number("LOST");
    }
}
