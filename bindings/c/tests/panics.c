/* A panic inside any function becomes code 900, and the process lives on. Linked with a library
 * that was built with the feature `provoke-panic`. */

#include <pthread.h>

#include "check.h"
#include "slots.h"

/* Not in the header: only a library for this test has them. */
void streamtoken_provoke_panics(bool wanted);
size_t streamtoken_provoked_panics(void);

static size_t panics_before;

static void provoke(void) {
    panics_before = streamtoken_provoked_panics();
    streamtoken_provoke_panics(true);
}

/* An answer is no proof: the function must have panicked, once, and come back. */
static void expect_a_panic(const char *function) {
    streamtoken_provoke_panics(false);
    if (streamtoken_provoked_panics() != panics_before + 1) {
        fprintf(stderr, "%s does not guard its body\n", function);
        CHECK(false);
    }
}

static void every_function_answers_a_panic(void) {
#define STATUS(expected, function, ...)                                                            \
    poison_slots();                                                                                \
    provoke();                                                                                     \
    {                                                                                              \
        int32_t status = function(__VA_ARGS__);                                                    \
        expect_a_panic(#function);                                                                 \
        if (status != STREAMTOKEN_INTERNAL) {                                                      \
            fprintf(stderr, "%s: %d, not 900\n", #function, status);                               \
            CHECK(false);                                                                          \
        }                                                                                          \
        check_slots_after_failure(#function, status);                                              \
    }
#define ANSWER(value, function, ...)                                                               \
    provoke();                                                                                     \
    CHECK(function(__VA_ARGS__) == (value));                                                       \
    expect_a_panic(#function);
#define FREE(function, argument)                                                                   \
    provoke();                                                                                     \
    function(argument);                                                                            \
    expect_a_panic(#function);
#include "every_function.h"
#undef STATUS
#undef ANSWER
#undef FREE
}

static void functions_work_again_after_a_panic(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_signer *signer;
    streamtoken_token *token;
    streamtoken_error *error;
    OK(streamtoken_signer_new(key, &signer, NULL));
    streamtoken_provoke_panics(true);
    CHECK(streamtoken_signer_sign(signer, TEXT(VIDEO), NULL, &token, &error) ==
          STREAMTOKEN_INTERNAL);
    streamtoken_provoke_panics(false);
    CHECK(token == NULL);
    CHECK(strcmp(streamtoken_error_slug(error, NULL), "internal") == 0);
    CHECK(strcmp(streamtoken_error_message(error, NULL),
                 streamtoken_error_code_text(STREAMTOKEN_INTERNAL, NULL)) == 0);
    streamtoken_error_free(error);
    OK(streamtoken_signer_sign(signer, TEXT(VIDEO), NULL, &token, NULL));
    streamtoken_token_free(token);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
}

static void *panic_in_a_thread(void *argument) {
    const streamtoken_signer *signer = argument;
    for (int i = 0; i < 50; i++) {
        streamtoken_token *token;
        CHECK(streamtoken_signer_sign(signer, TEXT(VIDEO), NULL, &token, NULL) ==
              STREAMTOKEN_INTERNAL);
    }
    return NULL;
}

static void threads_live_on_as_well(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_signer *signer;
    pthread_t threads[4];
    OK(streamtoken_signer_new(key, &signer, NULL));
    streamtoken_provoke_panics(true);
    for (size_t i = 0; i < 4; i++) {
        CHECK(pthread_create(&threads[i], NULL, panic_in_a_thread, signer) == 0);
    }
    for (size_t i = 0; i < 4; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    streamtoken_provoke_panics(false);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
}

int main(int count, char **arguments) {
    static const Test tests[] = {
        {"every_function_answers_a_panic", every_function_answers_a_panic},
        {"functions_work_again_after_a_panic", functions_work_again_after_a_panic},
        {"threads_live_on_as_well", threads_live_on_as_well},
    };
    read_example_key(count, arguments);
    return RUN(tests);
}
