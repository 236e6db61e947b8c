package io.sallyport.bfe.internal.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML 1.2 (or JSON) document into nodes. It works on parser events, because the composed form no longer shows
 * the version directive, anchors and tags that a policy file must not have: everything in a policy stands where it is
 * read.
 */
final class YamlReader {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_CODE_POINTS = 1 << 26;

    private final Problems problems;
    private final Iterator<Event> events;

    private YamlReader(Problems problems, Iterator<Event> events) {
        this.problems = problems;
        this.events = events;
    }

    /** The root node, or null with problems reported. */
    static @Nullable YamlNode read(String text, Problems problems) {
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(true)
                .setCodePointLimit(MAX_CODE_POINTS)
                .build();
        try {
            return new YamlReader(
                            problems, new Parse(settings).parseString(text).iterator())
                    .document();
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            String context = e.getContext() == null ? "" : e.getContext() + ": ";
            problems.errorAt(line(mark), column(mark), "this is not YAML: " + context + e.getProblem());
        } catch (ReaderException e) {
            int[] at = position(text, e.getPosition());
            problems.errorAt(
                    at[0], at[1], String.format("the character U+%04X is not allowed in YAML", e.getCodePoint()));
        } catch (YamlEngineException e) {
            problems.errorAt(0, 0, "this is not YAML: " + e.getMessage());
        }
        return null;
    }

    private @Nullable YamlNode document() {
        YamlNode root = null;
        boolean hasRoot = false;
        while (events.hasNext()) {
            Event event = events.next();
            switch (event.getEventId()) {
                case DocumentStart -> {
                    checkDocument((DocumentStartEvent) event, hasRoot);
                    if (hasRoot) {
                        return null;
                    }
                    root = node(events.next(), 1);
                    hasRoot = true;
                }
                case StreamStart, DocumentEnd, StreamEnd, Comment -> {
                    // Nothing to keep.
                }
                default -> throw new IllegalStateException("unexpected event " + event);
            }
        }
        if (!hasRoot) {
            problems.errorAt(0, 0, "the file is empty: a policy needs at least apiVersion and provider");
        }
        return root;
    }

    private void checkDocument(DocumentStartEvent start, boolean hasRoot) {
        Optional<Mark> mark = start.getStartMark();
        if (hasRoot) {
            problems.errorAt(line(mark), column(mark), "a second document starts here; a policy file holds one");
        }
        start.getSpecVersion().ifPresent(version -> {
            if (version.getMajor() != 1 || version.getMinor() != 2) {
                problems.errorAt(
                        line(mark),
                        column(mark),
                        "%YAML " + version.getMajor() + "." + version.getMinor()
                                + " reads values differently; only 1.2");
            }
        });
        if (!start.getTags().isEmpty()) {
            problems.errorAt(line(mark), column(mark), "%TAG directives are not allowed");
        }
    }

    private @Nullable YamlNode node(Event event, int depth) {
        Optional<Mark> mark = event.getStartMark();
        if (event instanceof AliasEvent alias) {
            problems.errorAt(line(mark), column(mark), "the alias *" + alias.getAlias() + " is not allowed");
            return null;
        }
        if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            problems.errorAt(
                    line(mark), column(mark), "the anchor &" + node.getAnchor().get() + " is not allowed");
        }
        if (event instanceof ScalarEvent scalar) {
            checkTag(scalar.getTag(), mark);
            return new YamlNode.Scalar(scalar.getValue(), scalar.isPlain(), line(mark), column(mark));
        }
        CollectionStartEvent start = (CollectionStartEvent) event;
        checkTag(start.getTag(), mark);
        if (depth > MAX_DEPTH) {
            throw new TooDeep(line(mark), column(mark));
        }
        return start instanceof SequenceStartEvent ? sequence(mark, depth) : mapping(mark, depth);
    }

    private void checkTag(Optional<String> tag, Optional<Mark> mark) {
        tag.ifPresent(it -> problems.errorAt(line(mark), column(mark), "the tag " + it + " is not allowed"));
    }

    private YamlNode sequence(Optional<Mark> mark, int depth) {
        List<YamlNode> elements = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            YamlNode element = node(event, depth + 1);
            if (element != null) {
                elements.add(element);
            }
        }
        return new YamlNode.Sequence(elements, line(mark), column(mark));
    }

    private YamlNode mapping(Optional<Mark> mark, int depth) {
        List<YamlNode.Entry> entries = new ArrayList<>();
        Map<String, YamlNode.Scalar> seen = new HashMap<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            YamlNode key = node(event, depth + 1);
            YamlNode value = node(events.next(), depth + 1);
            if (!(key instanceof YamlNode.Scalar name)) {
                Optional<Mark> at = event.getStartMark();
                problems.errorAt(line(at), column(at), "a key must be a single value");
                continue;
            }
            YamlNode.Scalar first = seen.putIfAbsent(name.text(), name);
            if (first != null) {
                problems.errorAt(
                        name.line(),
                        name.column(),
                        "the key \"" + name.text() + "\" is there twice, first in line " + first.line());
            } else if (value != null) {
                entries.add(new YamlNode.Entry(name, value));
            }
        }
        return new YamlNode.Mapping(entries, line(mark), column(mark));
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(it -> it.getLine() + 1).orElse(0);
    }

    private static int column(Optional<Mark> mark) {
        return mark.map(it -> it.getColumn() + 1).orElse(0);
    }

    /** Line and column of a code point, counted as the parser counts them. */
    private static int[] position(String text, int index) {
        int[] at = {1, 1};
        text.codePoints().limit(index).forEach(c -> {
            if (c == '\n') {
                at[0]++;
                at[1] = 1;
            } else {
                at[1]++;
            }
        });
        return at;
    }

    /** Ends the reading of a file that would exhaust the stack. */
    private static final class TooDeep extends MarkedYamlEngineException {
        private static final long serialVersionUID = 1L;

        TooDeep(int line, int column) {
            super(
                    null,
                    Optional.empty(),
                    "nested more than " + MAX_DEPTH + " deep",
                    Optional.of(new Mark("", 0, line - 1, column - 1, new int[0], 0)));
        }
    }
}
