package dev.modelpack;

/**
 * Names and values inside messages, as the core writes them: in single quotes, on one line, cut.
 */
final class Quote {
  private static final int LONGEST = 64;

  private Quote() {}

  static String of(Object value) {
    String text = String.valueOf(value);
    StringBuilder quoted = new StringBuilder("'");
    text.codePoints().limit(LONGEST).forEach(character -> append(quoted, character));
    if (text.codePointCount(0, text.length()) > LONGEST) {
      quoted.append('…');
    }
    return quoted.append('\'').toString();
  }

  private static void append(StringBuilder quoted, int character) {
    if (character == '\'' || character == '\\') {
      quoted.append('\\').appendCodePoint(character);
    } else if (Character.isISOControl(character)
        || Character.getType(character) == Character.SURROGATE) {
      quoted.append("\\u{%x}".formatted(character));
    } else {
      quoted.appendCodePoint(character);
    }
  }
}
