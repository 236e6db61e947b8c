package io.sallyport.layer;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ordered list of fields that are known when a layer is classified (OBJ-12).
 *
 * <p>Immutable. Classify path and management path: any thread, never blocks; {@link #size()}, {@link #get(int)} and
 * {@link #indexOf(Field)} do not allocate.
 */
public final class LayerSchema implements Iterable<FieldSpec> {

    private final FieldSpec[] specs;
    private final byte[] indexes;

    private LayerSchema(FieldSpec[] specs) {
        this.specs = specs;
        this.indexes = new byte[Field.COUNT];
        Arrays.fill(indexes, (byte) -1);
        for (int i = 0; i < specs.length; i++) {
            if (specs[i].index() != i) {
                throw new IllegalArgumentException(
                        "field " + specs[i].field() + " is at " + i + ", not at " + specs[i].index());
            }
            indexes[specs[i].field().ordinal()] = (byte) i;
        }
    }

    /** Makes a schema of fields that are in the order of their indexes. */
    static LayerSchema of(FieldSpec... specs) {
        return new LayerSchema(specs.clone());
    }

    /**
     * How many fields the layer has.
     *
     * @return the number; 0 for reserved layers
     */
    public int size() {
        return specs.length;
    }

    /**
     * The field at a position.
     *
     * @param index 0 to {@link #size()} - 1
     * @return the field
     * @throws IndexOutOfBoundsException if there is no such position
     */
    public FieldSpec get(int index) {
        return specs[index];
    }

    /**
     * The position of a field: one array read.
     *
     * @param field the field
     * @return its index, or -1 if the layer does not have it
     */
    public int indexOf(Field field) {
        return indexes[field.ordinal()];
    }

    /**
     * The specification of a field.
     *
     * @param field the field
     * @return the specification, or null if the layer does not have it
     */
    public @Nullable FieldSpec find(Field field) {
        int index = indexOf(field);
        return index < 0 ? null : specs[index];
    }

    /**
     * All fields in the order of their indexes.
     *
     * @return an immutable list
     */
    public List<FieldSpec> fields() {
        return List.of(specs);
    }

    @Override
    public Iterator<FieldSpec> iterator() {
        return fields().iterator();
    }

    @Override
    public String toString() {
        return fields().toString();
    }
}
