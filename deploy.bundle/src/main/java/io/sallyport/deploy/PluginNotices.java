package io.sallyport.deploy;

import io.sallyport.deploy.PluginFile.Running;
import io.sallyport.gateway.api.Notices;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is told about plug-ins: once for each cause. */
final class PluginNotices {
    private static final Logger LOG = LoggerFactory.getLogger(PluginNotices.class);

    private final Supplier<@Nullable Notices> notices;

    PluginNotices(Supplier<@Nullable Notices> notices) {
        this.notices = notices;
    }

    void active(PluginFile file, Running running) {
        file.told = "";
        state("plugin " + file.name() + ": " + running.title() + " is active");
    }

    void updated(PluginFile file, Running running) {
        file.told = "";
        state("plugin " + file.name() + ": " + running.symbolicName() + " is updated to " + running.version());
    }

    void removed(PluginFile file, Running running) {
        state("plugin " + file.name() + ": " + running.title() + " is removed");
    }

    void refused(PluginFile file, String reason) {
        if (!reason.equals(file.told)) {
            file.told = reason;
            fault("plugin " + file.name() + " refused: " + reason);
        }
    }

    void state(String line) {
        Notices to = notices.get();
        if (to == null) {
            LOG.info(line);
        } else {
            to.state(line);
        }
    }

    void fault(String line) {
        Notices to = notices.get();
        if (to == null) {
            LOG.warn(line);
        } else {
            to.fault(line);
        }
    }
}
