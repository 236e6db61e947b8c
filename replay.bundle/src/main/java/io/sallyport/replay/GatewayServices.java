package io.sallyport.replay;

import io.sallyport.bfe.api.BfeFactory;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.plugin.api.PluginDeployer;
import io.sallyport.stack.api.DataPathFactory;
import io.sallyport.stack.port.CaptureFiles;

/** What gateways are made of. */
record GatewayServices(
        CaptureFiles captureFiles,
        FilterEngineFactory engines,
        BfeFactory bfes,
        DataPathFactory dataPaths,
        PluginDeployer plugins) {}
