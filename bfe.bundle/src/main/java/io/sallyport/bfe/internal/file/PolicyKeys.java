package io.sallyport.bfe.internal.file;

import java.util.List;

/** The words of the format. The shipped JSON Schema lists the same ones; a test compares. */
final class PolicyKeys {
    static final String API_VERSION = "sallyport/v1";

    static final List<String> FILE = List.of(
            "apiVersion",
            "provider",
            "service",
            "lifetime",
            "sublayers",
            "callouts",
            "contexts",
            "sets",
            "filters",
            "tests");
    static final List<String> SUBLAYER = List.of("name", "description", "weight", "lifetime", "key");
    static final List<String> CALLOUT = List.of("key", "name", "description", "layer", "flags", "on-fault", "lifetime");
    static final List<String> CONTEXT = List.of("name", "description", "data", "lifetime", "key");
    static final List<String> SET = List.of("name", "description", "addresses", "ports", "lifetime", "key");
    static final List<String> FILTER = List.of(
            "name",
            "description",
            "layer",
            "sublayer",
            "weight",
            "when",
            "action",
            "callout",
            "context",
            "raw-context",
            "flags",
            "on-fault",
            "lifetime",
            "key");
    static final List<String> TEST = List.of("packet", "expect");

    static final List<String> OPERATORS = List.of(
            "in",
            "in-set",
            "not",
            "range",
            "gt",
            "ge",
            "lt",
            "le",
            "all-set",
            "any-set",
            "none-set",
            "ends-with",
            "not-ends-with",
            "iequal");
    static final List<String> ACTIONS =
            List.of("permit", "block", "callout-terminating", "callout-inspection", "callout-unknown");
    static final List<String> FILTER_FLAGS =
            List.of("clear-action-right", "permit-if-callout-unregistered", "disabled");
    static final List<String> CALLOUT_FLAGS = List.of("uses-provider-context");
    static final List<String> FAULT_POLICIES = List.of("block", "permit", "continue");
    static final List<String> FILTER_LIFETIMES = List.of("persistent", "static", "boot-time");
    static final List<String> LIFETIMES = List.of("persistent", "static");

    private PolicyKeys() {}
}
