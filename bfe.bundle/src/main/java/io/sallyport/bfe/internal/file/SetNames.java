package io.sallyport.bfe.internal.file;

import java.util.UUID;

/** Takes down the sets that the conditions of a filter name. */
@FunctionalInterface
interface SetNames {
    /**
     * Takes one down.
     *
     * @param name as it was written
     * @param path of the condition in its filter, for messages
     * @return a key that stands for the name until {@link SetResolver} finds the set
     */
    UUID named(YamlNode.Scalar name, String path);
}
