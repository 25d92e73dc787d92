/* A test is a function; a program runs its tests and ends with `N passed, N failed`. */

#ifndef CHECK_H
#define CHECK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "streamtoken.h"

typedef struct {
    const char *name;
    void (*run)(void);
} Test;

/* Broken checks of the test that runs. Threads of one test share it. */
extern atomic_int broken;

/* Notes what does not hold and goes on: one look shows the first twenty. */
#define CHECK(holds)                                                                               \
    do {                                                                                           \
        if (!(holds) && atomic_fetch_add(&broken, 1) < 20) {                                       \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds);                            \
        }                                                                                          \
    } while (0)

/* Checks that a call succeeds. */
#define OK(call) CHECK((call) == STREAMTOKEN_OK)

/* Runs all tests and gives the program's exit code. */
int run_tests(const Test *tests, size_t count);

#define RUN(tests) run_tests(tests, sizeof tests / sizeof *tests)

/* A text literal as the two arguments that a function wants. */
#define TEXT(literal) literal, sizeof literal - 1

/* The published example key, read from the file that the program's first argument names. */
extern char example_key_text[4096];
void read_example_key(int count, char **arguments);
streamtoken_signing_key *example_key(void);

#define KEY_ID "e9db990a82666dd571c77f944a5c5c8d"
#define VIDEO "ea95132c15732412d22c1476fa83f27a"

#endif
