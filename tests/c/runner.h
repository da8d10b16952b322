/* A test runner: tests are functions that return at the first check that fails. */
#ifndef RUNNER_H
#define RUNNER_H

#include <stdint.h>
#include <string.h>

typedef void (*test_function)(void);

void add_test(const char *name, test_function function);
/* Runs all tests in an order drawn from `seed`, prints `N passed, N failed`, and answers how many failed. */
int run_tests(uint64_t seed);
/* Marks the running test as failed. Safe from any thread. */
void fail(const char *file, int line, const char *format, ...);

#define ADD(function) add_test(#function, function)

#define CHECK(condition)                                   \
  do {                                                     \
    if (!(condition)) {                                    \
      fail(__FILE__, __LINE__, "%s", #condition);          \
      return;                                              \
    }                                                      \
  } while (0)

#define CHECK_INT(actual, expected)                                                                 \
  do {                                                                                              \
    long long actual_ = (long long)(actual), expected_ = (long long)(expected);                     \
    if (actual_ != expected_) {                                                                     \
      fail(__FILE__, __LINE__, "%s is %lld, not %s (%lld)", #actual, actual_, #expected, expected_); \
      return;                                                                                       \
    }                                                                                               \
  } while (0)

/* The same bits. */
#define CHECK_DOUBLE(actual, expected)                                                      \
  do {                                                                                      \
    double actual_ = (actual), expected_ = (expected);                                      \
    if (memcmp(&actual_, &expected_, sizeof actual_) != 0) {                                \
      fail(__FILE__, __LINE__, "%s is %a, not %a", #actual, actual_, expected_);            \
      return;                                                                               \
    }                                                                                       \
  } while (0)

#define CHECK_TEXT(text, length, expected)                                                            \
  do {                                                                                                \
    if ((length) != strlen(expected) || memcmp((text), (expected), strlen(expected)) != 0) {          \
      fail(__FILE__, __LINE__, "%s is '%.*s', not '%s'", #text, (int)(length), (text), (expected));   \
      return;                                                                                         \
    }                                                                                                 \
  } while (0)

#endif
