package io.sallyport.bfe.internal.file;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes down the sets that the conditions of a filter name. */
@FunctionalInterface
interface SetNames {
    /** Where nothing can be named. */
    SetNames NONE = name -> null;

    /** A key that stands for the name until {@link SetResolver} finds the set; null if no set can be named here. */
    @Nullable UUID named(YamlNode.Scalar name);
}
