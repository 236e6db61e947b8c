package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.BfeFactory;
import io.sallyport.bfe.internal.file.PolicyFilesImpl;
import io.sallyport.bfe.internal.file.TestBench;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.stack.api.DataPathFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The door to this bundle. The two references serve the tests inside policy files only, so they may come and go: the base
 * filtering engine outlives a restart of engine and stack.
 */
@Component(service = BfeFactory.class)
public final class BfeFactoryComponent implements BfeFactory {

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable FilterEngineFactory engines;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable DataPathFactory dataPaths;

    @Override
    public BaseFilteringEngine createInMemory(FilterEngine engine) {
        return new BfeImpl(engine, BfeImpl.DEFAULT_HOLD_LIMIT_MS, bfe -> new PolicyFilesImpl(bfe, this::testBench));
    }

    private @Nullable TestBench testBench() {
        FilterEngineFactory engineFactory = engines;
        DataPathFactory dataPathFactory = dataPaths;
        return engineFactory == null || dataPathFactory == null ? null : new TestBench(engineFactory, dataPathFactory);
    }
}
