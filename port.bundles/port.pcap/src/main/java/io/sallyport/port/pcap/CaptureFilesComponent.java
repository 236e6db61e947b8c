package io.sallyport.port.pcap;

import io.sallyport.stack.port.CaptureFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.osgi.service.component.annotations.Component;

/** Capture files by way of libpcap. */
@Component(service = CaptureFiles.class)
public final class CaptureFilesComponent implements CaptureFiles {

    @Override
    public CaptureSource open(Path file) throws IOException {
        return PcapSource.open(file);
    }

    @Override
    public CaptureSink create(Path file) throws IOException {
        return PcapSink.create(file);
    }
}
