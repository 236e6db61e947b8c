package io.sallyport.deploy.trust;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a vendor can know before any operator has been asked. */
public final class VendorCheck {
    private VendorCheck() {}

    /**
     * Checks a jar that is whole.
     *
     * @param jar the plug-in
     * @param api jar of the callout API that it is to fit
     * @param certificate that it should be signed with, or null
     * @return what it is, in lines for people
     * @throws IOException why it would be refused, or that a file cannot be read
     */
    public static List<String> lines(Path jar, Path api, @Nullable Path certificate) throws IOException {
        try {
            Examination found = Examination.of(jar, HostPackages.ofApi(api));
            List<String> lines = new ArrayList<>();
            if (found.signers().isEmpty()) {
                throw new Untrusted("it is not signed; sign it: ./sallyport plugin sign");
            }
            for (X509Certificate signer : found.signers()) {
                lines.add("signed by " + signer.getSubjectX500Principal().getName() + ", "
                        + VendorKey.fingerprint(signer.getPublicKey()));
            }
            if (certificate != null) {
                String text = Files.readString(certificate, StandardCharsets.ISO_8859_1);
                X509Certificate wanted = VendorKey.certificate(certificate.toString(), text);
                VendorKey vendor = new VendorKey("", wanted, List.of(), List.of());
                if (found.signers().stream().noneMatch(vendor::isKeyOf)) {
                    throw new Untrusted("it is signed by another key than that of " + certificate);
                }
            }
            lines.add("callouts: " + String.join(", ", new TreeSet<>(found.callouts())));
            lines.add("budget: " + found.budget()
                    + (found.budget().isWithin(Budget.DEFAULT) ? "" : " (an operator has to approve it)"));
            return lines;
        } catch (Untrusted e) {
            throw new IOException(e.line(), e);
        }
    }
}
