package dev.modelpack;

import java.util.List;

/**
 * The classes of a label, in the order of the columns of {@code probability}.
 *
 * @param dtype {@link Dtype#INT64}, {@link Dtype#FLOAT64}, {@link Dtype#BOOL} or {@link
 *     Dtype#STRING}
 * @param values a Long, Double, Boolean or String each
 */
public record Classes(Dtype dtype, List<Object> values) {
  /**
   * The position of a class.
   *
   * @param value a class; an Integer stands for the Long of the same value, a Float for the Double
   * @return its index, or -1 if it is no class
   */
  public int indexOf(Object value) {
    return values.indexOf(widened(value));
  }

  private static Object widened(Object value) {
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    return value instanceof Float number ? (Object) number.doubleValue() : value;
  }
}
