package io.sallyport.shell.command;

import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.security.Role;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.plugin.api.PluginFolder;
import io.sallyport.plugin.api.PluginReport;
import io.sallyport.plugin.api.PluginTrust;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.stack.api.LiveLayers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Function;

/** Values that completion offers for an argument: what the live gateway holds now, or what the platform knows. */
abstract class Candidates implements Iterable<String> {
    /** Actions that a filter of a policy can have. */
    static final List<String> ACTIONS = Arrays.stream(ActionType.values())
            .filter(action -> action == ActionType.PERMIT || action == ActionType.BLOCK || action.isCallout())
            .filter(action -> action != ActionType.CONTINUE)
            .map(ActionType::policyName)
            .toList();

    final CommandContext context;

    Candidates(CommandContext context) {
        this.context = context;
    }

    abstract Collection<String> values();

    /** Whether the values have an order of their own; else they are sorted. */
    boolean isOrdered() {
        return false;
    }

    /** Nothing if the gateway is not complete: completion never fails. No session stays open. */
    @Override
    public Iterator<String> iterator() {
        try {
            return (isOrdered() ? new LinkedHashSet<>(values()) : new TreeSet<>(values())).iterator();
        } catch (RuntimeException e) {
            return List.<String>of().iterator();
        } finally {
            context.ownSession().close();
        }
    }

    static String pluginName(PluginReport report) {
        return String.valueOf(report.file().getFileName());
    }

    /** Vendors that are trusted. */
    static final class Vendors extends Candidates {
        Vendors(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            try {
                return context.trust().vendors().stream()
                        .map(PluginTrust.Vendor::name)
                        .toList();
            } catch (IOException e) {
                return List.of();
            }
        }
    }

    /** Names out of the policy in force. */
    abstract static class OfPolicy extends Candidates {
        private final Function<PolicyView, List<String>> names;

        OfPolicy(CommandContext context, Function<PolicyView, List<String>> names) {
            super(context);
            this.names = names;
        }

        @Override
        Collection<String> values() {
            return names.apply(context.view());
        }
    }

    static final class Filters extends OfPolicy {
        Filters(CommandContext context) {
            super(
                    context,
                    view -> view.filters().stream()
                            .map(filter -> filter.display().name())
                            .toList());
        }
    }

    static final class Sublayers extends OfPolicy {
        Sublayers(CommandContext context) {
            super(
                    context,
                    view -> view.sublayers().stream()
                            .map(sublayer -> sublayer.display().name())
                            .toList());
        }
    }

    static final class Providers extends OfPolicy {
        Providers(CommandContext context) {
            super(
                    context,
                    view -> view.providers().stream()
                            .map(provider -> provider.display().name())
                            .toList());
        }
    }

    static final class Revisions extends Candidates {
        Revisions(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            List<String> names = new ArrayList<>(List.of("current", "previous"));
            try {
                context.session().history().list().forEach(it -> names.add(Long.toString(it.number())));
            } catch (PolicyException e) {
                names.clear(); // without the right there is nothing to offer
            }
            return names;
        }

        /** Newest first: as numbers, not as text. */
        @Override
        boolean isOrdered() {
            return true;
        }
    }

    static final class Sets extends OfPolicy {
        Sets(CommandContext context) {
            super(
                    context,
                    view -> view.sets().stream()
                            .map(set -> set.display().name())
                            .toList());
        }
    }

    static final class Contexts extends OfPolicy {
        Contexts(CommandContext context) {
            super(
                    context,
                    view -> view.providerContexts().stream()
                            .map(object -> object.display().name())
                            .toList());
        }
    }

    static final class Callouts extends Candidates {
        Callouts(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            List<String> names = new ArrayList<>();
            context.view().callouts().forEach(callout -> names.add(callout.calloutName()));
            FilterEngine engine = context.engineOrNull();
            if (engine != null) {
                names.addAll(engine.registeredCallouts());
            }
            return names;
        }
    }

    static final class Layers extends Candidates {
        Layers(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return LiveLayers.all().stream().map(Layer::policyName).toList();
        }
    }

    /** Fields, ready for the value that follows. */
    static final class Fields extends Candidates {
        Fields(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            TreeSet<Field> fields = new TreeSet<>();
            LiveLayers.all().forEach(layer -> layer.schema().forEach(spec -> fields.add(spec.field())));
            return fields.stream().map(field -> field.policyName() + "=").toList();
        }
    }

    static final class Plugins extends Candidates {
        Plugins(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            PluginFolder folder = context.services().find(PluginFolder.class, null);
            return folder == null
                    ? List.of()
                    : folder.plugins().stream().map(Candidates::pluginName).toList();
        }
    }

    static final class Actions extends Candidates {
        Actions(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return ACTIONS;
        }
    }

    static final class FlowFates extends Candidates {
        static final List<String> NAMES = Arrays.stream(ExistingFlows.values())
                .map(ExistingFlows::policyName)
                .toList();

        FlowFates(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return NAMES;
        }
    }

    static final class Flags extends Candidates {
        Flags(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return List.of("clear-action-right", "permit-if-callout-unregistered", "disabled");
        }
    }

    static final class FaultPolicies extends Candidates {
        FaultPolicies(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return List.of("block", "permit", "continue");
        }
    }

    static final class Lifetimes extends Candidates {
        Lifetimes(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return List.of("persistent", "static", "boot-time");
        }
    }

    static final class Kinds extends Candidates {
        Kinds(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return EventChoice.words(List.of(NetEvent.Kind.values()));
        }
    }

    static final class Types extends Candidates {
        Types(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return EventChoice.words(List.of(NetEvent.Type.values()));
        }
    }

    static final class EventFields extends Candidates {
        EventFields(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return List.of(
                    "ip-protocol=", "ip-local-address=", "ip-remote-address=", "ip-local-port=", "ip-remote-port=");
        }
    }

    static final class Keywords extends Candidates {
        Keywords(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return EventChoice.words(List.of(NetEventOptions.Keyword.values()));
        }
    }

    static final class AuditGroups extends Candidates {
        AuditGroups(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return EventChoice.words(List.of(NetEventOptions.AuditGroup.values()));
        }
    }

    static final class Options extends Candidates {
        Options(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return Arrays.stream(EngineOption.values())
                    .map(EngineOption::policyName)
                    .toList();
        }
    }

    static final class ChangingTypes extends Candidates {
        ChangingTypes(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return ChangeChoice.CHANGING.stream().map(ObjectType::word).toList();
        }
    }

    static final class SecurityTypes extends Candidates {
        SecurityTypes(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return SecurityTargets.types();
        }
    }

    /** Names of the objects of a type, which is the word before. */
    static final class Secured extends Candidates {
        private String type = "";

        Secured(CommandContext context) {
            super(context);
        }

        Secured of(String newType) {
            type = newType;
            return this;
        }

        @Override
        Collection<String> values() {
            return SecurityTargets.names(context.view(), type);
        }
    }

    /** Who an access entry may be for. */
    static class Trustees extends Candidates {
        Trustees(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            List<String> who = new ArrayList<>(List.of("everyone", "owner"));
            Arrays.stream(Role.values())
                    .filter(role -> role != Role.SYSTEM)
                    .forEach(role -> who.add("role:" + role.name().toLowerCase(Locale.ROOT)));
            return who;
        }
    }

    /** The same, ready for the rights that follow. */
    static final class Entries extends Trustees {
        Entries(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return super.values().stream().map(who -> who + "=").toList();
        }
    }

    static final class FlowsOfStop extends Candidates {
        FlowsOfStop(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return BfeCommand.FlowsChoice.NAMES;
        }
    }

    static final class Commands extends Candidates {
        Commands(CommandContext context) {
            super(context);
        }

        @Override
        Collection<String> values() {
            return Catalogue.names();
        }
    }
}
