package io.sallyport.layer;

/**
 * A field as one layer has it: the same field may have another index and another type at another layer (OBJ-12).
 *
 * @param field the field
 * @param index its position in the layer's values, from 0
 * @param type the type of its values at this layer
 * @param kind how those values are to be read
 */
public record FieldSpec(Field field, int index, DataType type, FieldKind kind) {}
