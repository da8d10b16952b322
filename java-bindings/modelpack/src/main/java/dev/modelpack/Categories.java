package dev.modelpack;

import java.util.AbstractList;
import java.util.HashMap;
import java.util.Map;
import java.util.RandomAccess;

/** The categories of a string feature that training saw, by code; empty for other features. */
public final class Categories extends AbstractList<String> implements RandomAccess {
  /** The code of a text that is none of the categories. */
  public static final long UNSEEN = -3;

  private final String[] texts;
  private final Map<String, Long> codes;

  Categories(String[] texts) {
    this.texts = texts;
    this.codes = new HashMap<>(texts.length * 2);
    for (int code = 0; code < texts.length; code++) {
      codes.put(texts[code], (long) code);
    }
  }

  @Override
  public String get(int code) {
    return texts[code];
  }

  @Override
  public int size() {
    return texts.length;
  }

  /**
   * The code of a category: what stands for it in a {@code double[]} row.
   *
   * @param text the category, compared exactly
   * @return its position, or {@link #UNSEEN}
   */
  public long code(String text) {
    Long code = codes.get(text);
    return code == null ? UNSEEN : code;
  }

  @Override
  public boolean contains(Object text) {
    return codes.containsKey(text);
  }

  @Override
  public int indexOf(Object text) {
    Long code = codes.get(text);
    return code == null ? -1 : code.intValue();
  }
}
