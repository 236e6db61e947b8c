package io.sallyport.run;

import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Asks the component runtime who waits for whom: the likely reason for a gateway that does not become ready. */
final class WaitingComponents {
    private WaitingComponents() {}

    /** One line for each component that cannot run. */
    static List<String> lines(ServiceComponentRuntime runtime) {
        List<String> lines = new ArrayList<>();
        for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs()) {
            for (ComponentConfigurationDTO state : runtime.getComponentConfigurationDTOs(component)) {
                if (state.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
                    lines.add("component " + component.name + " failed to start: "
                            + String.valueOf(state.failure).lines().findFirst().orElse(""));
                }
                for (UnsatisfiedReferenceDTO reference : state.unsatisfiedReferences) {
                    lines.add("component " + component.name + " waits for its reference " + reference.name
                            + (reference.target == null ? "" : " " + reference.target));
                }
            }
        }
        return lines;
    }
}
