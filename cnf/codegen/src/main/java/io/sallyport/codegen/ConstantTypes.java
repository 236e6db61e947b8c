package io.sallyport.codegen;

import static io.sallyport.codegen.JavaText.strip;
import static io.sallyport.codegen.JavaText.upperSnake;

import io.sallyport.codegen.Csv.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Which types are made from which groups of constants, and from the built-in objects. */
final class ConstantTypes {

    private static final String POLICY = "io.sallyport.policy";
    private static final String CALLOUT = "io.sallyport.callout";

    private final ConstantGroups groups;
    private final List<Row> builtin;

    ConstantTypes(List<Row> constants, List<Row> builtin) {
        this.groups = new ConstantGroups(constants);
        this.builtin = builtin;
    }

    void addTo(Map<String, String> sources) {
        new Adder(sources, LayerTypes.PACKAGE)
                .addEnum("DataType", "The type of a value or of a condition's operand.", DataTypes.constants(groups));
        addPolicyTypes(new Adder(sources, POLICY));
        BuiltinEnum.sublayers().addTo(sources, POLICY, builtin);
        BuiltinEnum.providers().addTo(sources, POLICY, builtin);
        BuiltinEnum.callouts().addTo(sources, POLICY, builtin);
        addCalloutTypes(new Adder(sources, CALLOUT));
        addDiscardReasons(new Adder(sources, CALLOUT));
    }

    private void addPolicyTypes(Adder policy) {
        policy.addFlags(
                "ConditionFlags",
                "Bits of the field {@code flags} that conditions test.",
                groups.group("condition_flag", "FWP_CONDITION_FLAG_"));
        policy.addFlags(
                "L2Flags",
                "Bits of the field {@code l2-flags} at the MAC layers.",
                groups.group("l2_flag", "FWP_CONDITION_L2_"));
        policy.addEnum(
                "MatchType",
                "How a condition compares a field with its operand.",
                groups.group("match_type", "FWP_MATCH_"));
        policy.addEnum(
                "ActionType",
                "What a filter does, or what a classify ended with.",
                groups.group("action_type", "FWP_ACTION_"),
                ActionMethods.source(groups));
        policy.addFlags("FilterFlags", "Options of a filter.", groups.group("filter_flag", "FWPM_FILTER_FLAG_"));
        policy.addFlags(
                "AccessRights",
                "Rights on engine, containers and objects (SEC-7); the generic ones stand for sets (SEC-10).",
                groups.group("access_right", ConstantTypes::rightName).stream()
                        .filter(right -> !right.wfpName().startsWith("FWP_"))
                        .toList());
        List<Constant> errors = new ArrayList<>(groups.group("error", ConstantTypes::errorName));
        errors.addAll(groups.group("error_other", UnaryOperator.identity()));
        policy.addEnum("WfpError", "Why a management call was refused.", errors);
    }

    private static String errorName(String name) {
        return name.startsWith("STATUS_FWP_") ? strip(name, "STATUS_FWP_") : strip(name, "FWP_E_");
    }

    private static String rightName(String name) {
        return name.startsWith("FWPM_ACTRL_") ? strip(name, "FWPM_ACTRL_") : name.replaceFirst("^FWPM_", "");
    }

    private void addCalloutTypes(Adder callout) {
        List<Constant> flags = new ArrayList<>(groups.group("fwps_callout_flag", "FWP_CALLOUT_FLAG_"));
        flags.addAll(groups.group("fwpm_callout_flag", "FWPM_CALLOUT_FLAG_"));
        callout.addFlags("CalloutFlags", "Options of a callout.", flags);
        callout.addFlags(
                "StreamFlags",
                "What a piece of stream data carries.",
                groups.group("stream_flag", "FWPS_STREAM_FLAG_"));
        callout.addEnum(
                "NotifyType",
                "What a callout is told about filters that name it.",
                groups.group("callout_notify_type", "FWPS_CALLOUT_NOTIFY_"));
        callout.addEnum(
                "BfeState", "The state of the base filtering engine.", groups.group("bfe_state", "FWPM_SERVICE_"));
        callout.addEnum(
                "ReauthorizeReason",
                "Why a flow is authorised again; the code is the bit that the field {@code reauthorize-reason} holds.",
                groups.group("reauthorize_reason", "FWP_CONDITION_REAUTHORIZE_REASON_"));
    }

    private void addDiscardReasons(Adder callout) {
        callout.addEnum(
                "DiscardModule",
                "Which set of reasons a discard reason belongs to.",
                groups.group("discard_module", "FWPS_DISCARD_MODULE_"));
        callout.addEnum(
                "GeneralDiscardReason",
                "Why a packet was dropped, if {@link DiscardModule#GENERAL} says so.",
                groups.group("general_discard_reason", "FWPS_DISCARD_"));
        callout.addEnum(
                "NetworkDiscardReason",
                "Why a packet was dropped, if {@link DiscardModule#NETWORK} says so.",
                groups.group("network_discard_reason", name -> upperSnake(strip(name, "IpDiscard"))));
        callout.addEnum(
                "TransportDiscardReason",
                "Why a packet was dropped, if {@link DiscardModule#TRANSPORT} says so.",
                groups.group("transport_discard_reason", name -> upperSnake(strip(name, "InetDiscard"))));
    }

    /** Adds types to a package. */
    private record Adder(Map<String, String> sources, String packageName) {

        void addEnum(String type, String doc, List<Constant> constants) {
            addEnum(type, doc, constants, "");
        }

        void addEnum(String type, String doc, List<Constant> constants, String extraMethods) {
            sources.put(
                    JavaText.path(packageName, type),
                    ConstantEnum.source(packageName, type, doc, constants, extraMethods));
        }

        void addFlags(String type, String doc, List<Constant> constants) {
            sources.put(JavaText.path(packageName, type), FlagClass.source(packageName, type, doc, constants));
        }
    }
}
