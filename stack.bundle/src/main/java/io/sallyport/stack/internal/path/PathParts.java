package io.sallyport.stack.internal.path;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.flow.FlowKey;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.hold.FragmentNormalizer;
import io.sallyport.stack.internal.hold.FrameSlab;
import io.sallyport.stack.internal.hold.Reassembler;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.port.FrameTransmitter;

/**
 * The parts of one worker's packet path, put together around a {@link PathState}, whose flows it gives to an engine: who knows
 * whom. Nothing happens here; the parts belong to the worker, and none is replaced while it lives.
 */
final class PathParts {
    final Classifier classifier;
    final PacketLensImpl lens = new PacketLensImpl();
    final HeaderParser parser;
    final Settlement settlement;
    final FlowEnd flowEnd;
    final FrameIntake intake;
    final FragmentPath fragments;
    final Retention retention;
    final StreamRelease release;
    final StreamPath streams;
    final Answers answers;
    final Pends pends;
    final FlowSweep sweep;
    final Injector injector;
    final Inbox inbox = new Inbox();
    final Door door;

    PathParts(
            DataPathConfig config,
            PathState state,
            FilterEngine engine,
            PathObserver observer,
            FrameTransmitter toLan,
            FrameTransmitter toWan,
            ShimSlots slots) {
        this.classifier = engine.newClassifier();
        this.parser = new HeaderParser(config.checksums());
        FlowTable flows = state.flows;
        FrameSlab slab = state.slab;
        Books books = state.books;
        flows.connect(classifier);
        ClassifyOutcome out = classifier.newOutcome();
        ClassifyOutcome eventOut = classifier.newOutcome();
        FlowKey key = new FlowKey(state.hash);

        FrameSlab fragmentSlab = state.fragmentSlab;
        Reassembler reassembler =
                new Reassembler(config.maxReassemblies(), fragmentSlab.maxBytes(), config.timeoutDivisor(), state.hash);
        this.settlement = new Settlement(books, slab, slots, observer, toLan, toWan, eventOut, state.counters);
        this.pends = new Pends(settlement, parser, slab, books, inbox);
        Judge judge = new Judge(slots, settlement, observer, pends, out, state.reauthorizations);
        Orientation orientation = new Orientation(config, flows, key, reassembler, parser);
        this.retention = new Retention(engine, classifier, orientation, reassembler);

        StreamSender sender = new StreamSender(settlement, parser, books, state.pool.timers());
        this.release = new StreamRelease(settlement, parser, slab, books, sender);
        this.streams = new StreamPath(slots, judge, settlement, retention, state.pool, release, sender, state.shedding);
        this.flowEnd = new FlowEnd(
                flows, classifier, slots, streams, pends, eventOut, state.counters, settlement.unfinished());
        Redirection redirection = new Redirection(flows, state.neighbors, new FlowKey(state.hash));
        redirection.setClassifier(classifier);
        FlowAuthority authority = new FlowAuthority(
                flows,
                key,
                flowEnd,
                judge,
                settlement,
                classifier,
                retention,
                observer,
                pends,
                redirection,
                config.midStream(),
                state.shedding);
        this.sweep = new FlowSweep(flows, authority, classifier, slots, parser, state.counters, books);

        FragmentNormalizer normalizer = new FragmentNormalizer(state.recentIds);
        settlement.setNormalizer(normalizer);
        Translator translator = new Translator(parser);
        FragmentExit exit = new FragmentExit(judge, settlement, parser, fragmentSlab, books, normalizer, translator);
        PacketPath path =
                new PacketPath(judge, settlement, authority, flowEnd, flows, streams, exit, translator, books);
        release.setRest(path);
        pends.setRest(path);
        this.answers = new Answers(state, parser, orientation, path);
        settlement.setAnswers(answers);
        this.fragments = new FragmentPath(
                reassembler, fragmentSlab, parser, orientation, judge, settlement, path, retention, books);
        this.intake = new FrameIntake(state, parser, orientation, retention, judge, settlement, path, fragments);

        this.injector = new Injector(
                parser, orientation, retention, judge, settlement, path, fragments, flows, flowEnd, books, classifier);
        StreamInjector intoStreams = new StreamInjector(classifier, flows, streams, settlement.unfinished());
        this.door = new Door(classifier, lens, inbox, injector, intoStreams, pends, redirection);
        classifier.serve(door);
    }
}
