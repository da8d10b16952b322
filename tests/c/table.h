/* The tab-separated tables of tests/vectors. */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Lines of a file, cut into fields in place. */
typedef struct table {
  char *text;
  char *next;
} table;

/* Answers 0 if the file cannot be read. */
int table_open(table *table, const char *path);
/* The next line's fields, at most `capacity` of them; answers their number, 0 at the end. */
int table_next(table *table, char **fields, int capacity);
void table_close(table *table);

uint64_t hex_of(const char *digits);
/* `%XX` in place; answers the number of bytes. */
size_t unescape(char *text);

#endif
