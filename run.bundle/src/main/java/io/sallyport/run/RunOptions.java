package io.sallyport.run;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says.
 *
 * @param lan name of the inside interface
 * @param wan name of the outside interface
 * @param policy policy file, or null
 * @param home folder of the gateway's home; absolute
 * @param isShell a session on this terminal is wanted
 * @param isForced interfaces may be bridged, forwarding or addressed
 * @param adminGroup system group of administrators
 * @param operatorGroup system group of operators
 */
record RunOptions(
        String lan,
        String wan,
        @Nullable Path policy,
        Path home,
        boolean isShell,
        boolean isForced,
        String adminGroup,
        String operatorGroup) {}
