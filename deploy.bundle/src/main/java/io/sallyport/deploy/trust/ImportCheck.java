package io.sallyport.deploy.trust;

import io.sallyport.deploy.trust.ManifestHeader.Clause;
import java.util.TreeSet;
import java.util.jar.Attributes;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/** What a manifest asks of the gateway: packages of the callout API in a version that is there, and nothing behind it. */
final class ImportCheck {
    private final HostPackages host;

    ImportCheck(HostPackages host) {
        this.host = host;
    }

    void check(Attributes headers) throws Untrusted {
        for (Clause clause : ManifestHeader.parse(headers.getValue(Constants.IMPORT_PACKAGE))) {
            checkImport(clause);
        }
        refuse(
                headers.getValue(Constants.DYNAMICIMPORT_PACKAGE),
                "imports packages while it runs (DynamicImport-Package); name them in Import-Package");
        refuse(
                headers.getValue(Constants.REQUIRE_BUNDLE),
                "requires bundles (Require-Bundle); import packages instead");
        refuse(headers.getValue(Constants.BUNDLE_NATIVECODE), "brings native code; a plug-in has to be Java only");
        String classPath = headers.getValue(Constants.BUNDLE_CLASSPATH);
        if (classPath != null && !".".equals(classPath.strip())) {
            throw new Untrusted("it has a Bundle-ClassPath of its own (" + classPath.strip()
                    + "); unpack its libraries into the bundle (bnd: -conditionalpackage)");
        }
    }

    private void checkImport(Clause clause) throws Untrusted {
        Version offered = host.api().get(clause.name());
        if (offered != null) {
            checkVersion(clause, offered);
            return;
        }
        boolean isForeign = AllowedPackages.isOfJava(clause.name())
                || host.own().contains(clause.name())
                || clause.name().startsWith("io.sallyport.");
        if (isForeign && !AllowedPackages.isAllowed(clause.name())) {
            throw new Untrusted("it imports " + clause.name() + ", which plug-ins may not use; they may use "
                    + String.join(", ", new TreeSet<>(host.api().keySet())) + " and what docs/trust.md lists");
        }
    }

    private static void checkVersion(Clause clause, Version offered) throws Untrusted {
        String text = clause.attributes().getOrDefault("version", "0");
        VersionRange wanted;
        try {
            wanted = VersionRange.valueOf(text);
        } catch (IllegalArgumentException e) {
            throw new Untrusted("it imports " + clause.name() + " in version '" + text + "', which is no version range;"
                    + " build it with bnd");
        }
        if (wanted.includes(offered) || clause.isOptional()) {
            return;
        }
        String fitting = "[" + offered.getMajor() + "." + offered.getMinor() + "," + (offered.getMajor() + 1) + ")";
        throw new Untrusted("it is made for " + clause.name() + " " + text + ", and this gateway has " + offered
                + "; what would fit is a build against that version (an import of " + fitting
                + " or less), or a gateway with " + wanted.getLeft());
    }

    private static void refuse(@Nullable String header, String what) throws Untrusted {
        if (header != null && !header.isBlank()) {
            throw new Untrusted("it " + what);
        }
    }
}
