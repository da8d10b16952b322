package dev.modelpack;

/**
 * One column of a model's input.
 *
 * @param index position in the schema
 * @param name name in rows and tables
 * @param dtype {@link Dtype#FLOAT64} to {@link Dtype#TIMESTAMP}
 * @param missing what becomes of a missing value
 * @param unseen what becomes of a category that training did not see
 * @param nullIs what null is to the model
 * @param optional whether the feature may be absent, which then means missing
 * @param categories of a string feature: what training saw
 */
public record Feature(
    int index,
    String name,
    Dtype dtype,
    Policy missing,
    Policy unseen,
    NullKind nullIs,
    boolean optional,
    Categories categories) {}
