#include "check.h"

#include <stdlib.h>

atomic_int broken;
char example_key_text[4096];

int run_tests(const Test *tests, size_t count) {
    size_t failed = 0;
    for (size_t i = 0; i < count; i++) {
        atomic_store(&broken, 0);
        tests[i].run();
        bool passed = atomic_load(&broken) == 0;
        failed += passed ? 0 : 1;
        printf("test %s ... %s\n", tests[i].name, passed ? "ok" : "FAILED");
    }
    printf("%zu passed, %zu failed\n", count - failed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

void read_example_key(int count, char **arguments) {
    FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
    if (file == NULL || fread(example_key_text, 1, sizeof example_key_text - 1, file) == 0) {
        fputs("usage: PROGRAM FILE, which holds the example key\n", stderr);
        exit(2);
    }
    fclose(file);
}

streamtoken_signing_key *example_key(void) {
    streamtoken_signing_key *key;
    OK(streamtoken_signing_key_load(example_key_text, strlen(example_key_text), TEXT(KEY_ID), &key,
                                    NULL));
    return key;
}
