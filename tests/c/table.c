#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"

int table_open(table *table, const char *path) {
  size_t size = 0;
  table->text = (char *)read_file(path, &size);
  table->next = table->text;
  return table->text != NULL;
}

int table_next(table *table, char **fields, int capacity) {
  char *line = table->next, *end;
  int count = 0;
  if (!line || !*line) return 0;
  end = strchr(line, '\n');
  table->next = end ? end + 1 : NULL;
  if (end) *end = 0;
  while (line && count < capacity) {
    fields[count++] = line;
    line = strchr(line, '\t');
    if (line) *line++ = 0;
  }
  return count;
}

void table_close(table *table) { free(table->text); }

uint64_t hex_of(const char *digits) { return strtoull(digits, NULL, 16); }

size_t unescape(char *text) {
  char *to = text;
  const char *from = text;
  while (*from) {
    if (*from == '%') {
      char digits[3] = {from[1], from[2], 0};
      *to++ = (char)strtoul(digits, NULL, 16);
      from += 3;
    } else {
      *to++ = *from++;
    }
  }
  return (size_t)(to - text);
}
