package io.sallyport.policy;

import java.util.Objects;

/**
 * Name and description of a managed object, for people (FWPM_DISPLAY_DATA).
 *
 * @param name mandatory for added objects (OBJ-6); unique for each provider and object type
 * @param description may be empty
 */
public record DisplayData(String name, String description) {

    /** Checks for null; an empty name is refused later, by the BFE, with NULL_DISPLAY_NAME. */
    public DisplayData {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
    }

    /**
     * A name without description.
     *
     * @param name the name
     * @return display data
     */
    public static DisplayData of(String name) {
        return new DisplayData(name, "");
    }
}
