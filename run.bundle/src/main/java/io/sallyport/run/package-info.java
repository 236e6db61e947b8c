/** The verb {@code run}: claims a home folder, offers the configuration of a live gateway, waits until it is ready and until it is to end. */
@NullMarked
@Capability(
        namespace = "osgi.service",
        attribute = {"objectClass:List<String>='io.sallyport.gateway.api.GatewayConfig'"},
        effective = "active")
package io.sallyport.run;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Capability;
