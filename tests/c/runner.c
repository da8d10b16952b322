#include "runner.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_TESTS 256

static struct {
  const char *name;
  test_function function;
} tests[MAX_TESTS];
static int test_count;
static const char *running;
static volatile int failed;

void add_test(const char *name, test_function function) {
  if (test_count == MAX_TESTS) {
    fprintf(stderr, "MAX_TESTS is too small\n");
    exit(2);
  }
  tests[test_count].name = name;
  tests[test_count].function = function;
  test_count++;
}

void fail(const char *file, int line, const char *format, ...) {
  va_list arguments;
  fprintf(stderr, "%s:%d: %s: ", file, line, running);
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  failed = 1;
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state) {
  uint64_t value = (*state += 0x9E3779B97F4A7C15u);
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

int run_tests(uint64_t seed) {
  int order[MAX_TESTS], failures = 0, i;
  uint64_t state = seed;
  for (i = 0; i < test_count; i++) order[i] = i;
  for (i = test_count - 1; i > 0; i--) {
    int other = (int)(next_random(&state) % (uint64_t)(i + 1)), kept = order[i];
    order[i] = order[other];
    order[other] = kept;
  }
  for (i = 0; i < test_count; i++) {
    running = tests[order[i]].name;
    failed = 0;
    tests[order[i]].function();
    failures += failed;
  }
  printf("%d passed, %d failed (order %llu)\n", test_count - failures, failures, (unsigned long long)seed);
  return failures;
}
