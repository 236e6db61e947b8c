package io.sallyport.bfe.internal.file;

import io.sallyport.layer.Layer;
import io.sallyport.policy.ObjectType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The keys of objects that policy files name: the same name gives the same key on every gateway (UUID version 5). */
final class ObjectKeys {

    /** The namespace of the format sallyport/v1. */
    private static final UUID NAMESPACE = UUID.fromString("5a11b0a7-0001-5c6e-9d1f-7b0f6a3e5c01");

    private ObjectKeys() {}

    static UUID of(String provider, ObjectType type, String name, @Nullable Layer layer) {
        return v5(provider + "|" + type.word() + "|" + name + "|" + (layer == null ? "" : layer.policyName()));
    }

    /** Callouts belong to whoever offers their code, so their key does not depend on the provider that adds them. */
    static UUID ofCallout(String name, Layer layer) {
        return v5(name + "|" + layer.policyName());
    }

    /** Stands for a name until it is known what the name means; the key of no object. */
    static UUID standIn(ObjectType type, String name) {
        return v5("|" + type.word() + "|" + name);
    }

    private static UUID v5(String name) {
        try {
            // UUID version 5 is defined with SHA-1; nothing here depends on its strength.
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(Addresses.bytes(NAMESPACE.getMostSignificantBits(), NAMESPACE.getLeastSignificantBits()));
            ByteBuffer hash = ByteBuffer.wrap(digest.digest(name.getBytes(StandardCharsets.UTF_8)));
            long high = (hash.getLong() & ~0xf000L) | 0x5000L;
            long low = (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
            return new UUID(high, low);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
