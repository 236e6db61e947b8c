package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.internal.file.PolicyDocument.CalloutPart;
import io.sallyport.bfe.internal.file.PolicyDocument.ContextPart;
import io.sallyport.bfe.internal.file.PolicyDocument.FilterPart;
import io.sallyport.bfe.internal.file.PolicyDocument.Header;
import io.sallyport.bfe.internal.file.PolicyDocument.SetPart;
import io.sallyport.bfe.internal.file.PolicyDocument.SetUse;
import io.sallyport.bfe.internal.file.PolicyDocument.SublayerPart;
import io.sallyport.bfe.internal.file.PolicyDocument.TestPart;
import io.sallyport.bfe.internal.store.Lifetime;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns the nodes of a file into a description of a policy. */
final class PolicyParser {
    private static final Pattern EXPECTATION = Pattern.compile("(permit|block)(?:\\s+by\\s+(.+))?");
    private static final BigInteger MAX_SUBLAYER_WEIGHT = BigInteger.valueOf(0xffff);

    private final InterfaceNames interfaces;
    private final Problems problems;
    private final Map<UUID, SetUse> setUses = new LinkedHashMap<>();
    private Lifetime fileLifetime = Lifetime.PERSISTENT;

    /** Where each name of a type was first used: names are unique for each provider and type. */
    private final Map<String, YamlNode> names = new HashMap<>();

    private PolicyParser(InterfaceNames interfaces, Problems problems) {
        this.interfaces = interfaces;
        this.problems = problems;
    }

    /** A description of what could be understood; null if the file is no policy at all. */
    static @Nullable PolicyDocument parse(YamlNode root, InterfaceNames interfaces, Problems problems) {
        return new PolicyParser(interfaces, problems).file(root);
    }

    private @Nullable PolicyDocument file(YamlNode root) {
        if (!(root instanceof YamlNode.Mapping mapping)) {
            problems.error(root, "", "", "a policy is a mapping, not " + root.kind(), PolicyKeys.FILE);
            return null;
        }
        ObjectReader file = new ObjectReader(mapping, "", PolicyKeys.FILE, problems);
        YamlNode.Scalar version = file.required("apiVersion");
        if (version != null && !version.text().equals(PolicyKeys.API_VERSION)) {
            file.error(
                    version,
                    "apiVersion",
                    "unknown version \"" + version.text() + "\"",
                    List.of(PolicyKeys.API_VERSION));
        }
        YamlNode.Scalar provider = file.required("provider");
        YamlNode.Scalar service = file.scalar("service");
        if (service != null && service.text().isBlank()) {
            file.error(service, "service", "is empty; name the bundle, or leave it out");
        }
        String lifetime = file.word("lifetime", PolicyKeys.FILTER_LIFETIMES);
        if (lifetime != null) {
            fileLifetime = lifetime(lifetime);
        }
        List<SublayerPart> sublayers = new ArrayList<>();
        List<CalloutPart> callouts = new ArrayList<>();
        List<ContextPart> contexts = new ArrayList<>();
        List<SetPart> sets = new ArrayList<>();
        List<FilterPart> filters = new ArrayList<>();
        List<TestPart> tests = new ArrayList<>();
        file.mappings("sublayers").forEach(node -> sublayer(node, sublayers));
        file.mappings("callouts").forEach(node -> callout(node, callouts));
        file.mappings("contexts").forEach(node -> context(node, contexts));
        file.mappings("sets").forEach(node -> set(node, sets));
        file.mappings("filters").forEach(node -> filter(node, filters));
        file.mappings("tests").forEach(node -> test(node, tests));
        return provider == null
                ? null
                : new PolicyDocument(
                        mapping,
                        provider,
                        service == null ? null : service.text(),
                        fileLifetime,
                        sublayers,
                        callouts,
                        contexts,
                        sets,
                        setUses,
                        filters,
                        tests);
    }

    private void sublayer(YamlNode.Mapping node, List<SublayerPart> parts) {
        ObjectReader reader = new ObjectReader(node, label("sublayer", node, "name"), PolicyKeys.SUBLAYER, problems);
        Header header = header(reader, "name", PolicyKeys.LIFETIMES);
        if (!reader.has("weight")) {
            reader.error(node, "weight", "is missing", List.of("0 to 65535"));
        }
        BigInteger weight = reader.integer("weight", MAX_SUBLAYER_WEIGHT);
        if (header != null && weight != null) {
            parts.add(new SublayerPart(header, weight.intValue()));
        }
    }

    private void callout(YamlNode.Mapping node, List<CalloutPart> parts) {
        ObjectReader reader = new ObjectReader(node, label("callout", node, "key"), PolicyKeys.CALLOUT, problems);
        YamlNode.Scalar name = reader.required("key");
        Lifetime lifetime = objectLifetime(reader, PolicyKeys.LIFETIMES);
        List<Layer> layers = Layers.read(reader, problems);
        UUID guid = name == null ? null : ValueParser.guid(name.text());
        if (guid != null && layers.size() > 1) {
            reader.error(name, "key", "a GUID is the key of a callout at one layer, not at " + layers.size());
            layers = List.of();
        }
        String calloutName = calloutName(reader, name, guid);
        int flags = CalloutFlags.USES_PROVIDER_CONTEXT;
        if (reader.has("flags")) {
            flags = Flags.read(reader, PolicyKeys.CALLOUT_FLAGS, CalloutFlags::byName);
        }
        flags |= Flags.onFault(reader);
        for (Layer layer : layers) {
            if (name != null && isFirst(reader, "callout " + layer, name, name.text() + " at " + layer.policyName())) {
                Header header = new Header(node, name.text(), reader.text("description", ""), lifetime, guid);
                parts.add(new CalloutPart(header, calloutName, List.of(layer), flags));
            }
        }
    }

    /** The key is the name that the code registers under; only beside a GUID the name stands apart. */
    private static String calloutName(ObjectReader reader, YamlNode.@Nullable Scalar key, @Nullable UUID guid) {
        YamlNode.Scalar own = reader.scalar("name");
        if (own != null && guid == null) {
            reader.error(own, "name", "goes only with a GUID as key; else the key is the name");
        }
        if (own != null && !own.text().isBlank()) {
            return own.text();
        }
        return key == null ? "" : key.text();
    }

    private void context(YamlNode.Mapping node, List<ContextPart> parts) {
        ObjectReader reader = new ObjectReader(node, label("context", node, "name"), PolicyKeys.CONTEXT, problems);
        Header header = header(reader, "name", PolicyKeys.LIFETIMES);
        Map<String, Object> data = Map.of();
        YamlNode value = reader.get("data");
        if (value instanceof YamlNode.Mapping mapping) {
            data = new DataParser(reader).mapping(mapping, "data");
        } else {
            reader.error(value, "data", value == null ? "is missing" : "must be a mapping, not " + value.kind());
        }
        if (header != null) {
            parts.add(new ContextPart(header, data));
        }
    }

    private void set(YamlNode.Mapping node, List<SetPart> parts) {
        ObjectReader reader = new ObjectReader(node, label("set", node, "name"), PolicyKeys.SET, problems);
        Header header = header(reader, "name", PolicyKeys.LIFETIMES);
        boolean isPorts = reader.has("ports");
        if (isPorts == reader.has("addresses")) {
            reader.error(node, "addresses", "must be there, or ports, and not both", List.of("addresses", "ports"));
            return;
        }
        SetKind kind = isPorts ? SetKind.PORTS : SetKind.ADDRESSES;
        YamlNode value = reader.get(kind.word());
        if (!(value instanceof YamlNode.Sequence list)) {
            reader.error(value, kind.word(), "must be a list");
            return;
        }
        List<SetEntry> entries = new ArrayList<>();
        Set<String> texts = new HashSet<>();
        for (YamlNode element : list.elements()) {
            entry(reader, kind, element, texts, entries);
        }
        if (header != null) {
            parts.add(new SetPart(header, kind, SetEntries.EMPTY.edited(List.of(), entries)));
        }
    }

    private static void entry(
            ObjectReader reader, SetKind kind, YamlNode element, Set<String> texts, List<SetEntry> entries) {
        if (!(element instanceof YamlNode.Scalar scalar)) {
            reader.error(element, kind.word(), "an entry is a single value, not " + element.kind());
        } else if (!texts.add(scalar.text())) {
            reader.error(element, kind.word(), "entry \"" + scalar.text() + "\" is there twice");
        } else {
            try {
                entries.add(EntryParser.parse(kind, scalar.text()));
            } catch (ValueParser.BadValue e) {
                reader.error(element, kind.word(), e.message());
            }
        }
    }

    private void filter(YamlNode.Mapping node, List<FilterPart> parts) {
        String label = label("filter", node, "name");
        ObjectReader reader = new ObjectReader(node, label, PolicyKeys.FILTER, problems);
        Header header = header(reader, "name", PolicyKeys.FILTER_LIFETIMES);
        SetNames sets = (name, path) -> {
            UUID standIn = ObjectKeys.standIn(ObjectType.SET, name.text());
            setUses.putIfAbsent(standIn, new SetUse(label, path, name));
            return standIn;
        };
        FilterPart part = new FilterParser(reader, interfaces, sets, problems).parse(header);
        if (part != null) {
            parts.add(part);
        }
    }

    private void test(YamlNode.Mapping node, List<TestPart> parts) {
        ObjectReader reader = new ObjectReader(node, label("test", node, "packet"), PolicyKeys.TEST, problems);
        YamlNode.Scalar packet = reader.required("packet");
        YamlNode.Scalar expect = reader.required("expect");
        Matcher expectation =
                EXPECTATION.matcher(expect == null ? "" : expect.text().strip());
        if (expect != null && !expectation.matches()) {
            reader.error(
                    expect,
                    "expect",
                    "\"" + expect.text() + "\" is no expectation",
                    List.of("permit", "block", "permit by FILTER", "block by FILTER"));
        }
        if (packet == null || expect == null || !expectation.matches()) {
            return;
        }
        try {
            boolean isPermit = expectation.group(1).equals("permit");
            parts.add(new TestPart(node, TestPacket.parse(packet.text()), isPermit, expectation.group(2)));
        } catch (ValueParser.BadValue e) {
            reader.error(packet, "packet", e.message(), e.allowed());
        }
    }

    /** Name, description, lifetime and key; null if there is no name. */
    private @Nullable Header header(ObjectReader reader, String nameKey, List<String> lifetimes) {
        YamlNode.Scalar name = reader.required(nameKey);
        Lifetime lifetime = objectLifetime(reader, lifetimes);
        UUID key = null;
        YamlNode.Scalar given = reader.scalar("key");
        if (given != null) {
            key = ValueParser.guid(given.text());
            if (key == null) {
                reader.error(given, "key", "\"" + given.text() + "\" is no GUID");
            }
        }
        if (name == null) {
            return null;
        }
        String type = reader.object().split(" ", 2)[0];
        if (key == null && !isFirst(reader, type, name, name.text())) {
            return null;
        }
        return new Header(reader.node(), name.text(), reader.text("description", ""), lifetime, key);
    }

    private boolean isFirst(ObjectReader reader, String type, YamlNode.Scalar at, String name) {
        YamlNode first = names.putIfAbsent(type + " " + name, at);
        if (first != null) {
            reader.error(at, "name", "\"" + name + "\" is used twice, first in line " + first.line());
        }
        return first == null;
    }

    private Lifetime objectLifetime(ObjectReader reader, List<String> allowed) {
        String own = reader.word("lifetime", allowed);
        if (own != null) {
            return lifetime(own);
        }
        // Only filters can be boot-time; what they refer to must then outlive the engine, too.
        boolean canBeBootTime = allowed.contains("boot-time");
        return fileLifetime == Lifetime.BOOT_TIME && !canBeBootTime ? Lifetime.PERSISTENT : fileLifetime;
    }

    private static Lifetime lifetime(String word) {
        return Lifetime.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private static String label(String type, YamlNode.Mapping node, String nameKey) {
        return node.get(nameKey) instanceof YamlNode.Scalar name && !name.text().isBlank()
                ? type + " " + name.text()
                : type + " in line " + node.line();
    }

    /** Names that a test may expect. */
    static Set<String> filterNames(PolicyDocument document) {
        Set<String> names = new java.util.LinkedHashSet<>();
        document.filters().forEach(filter -> names.add(filter.header().name()));
        return names;
    }
}
