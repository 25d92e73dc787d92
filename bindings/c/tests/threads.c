/* Many threads sign and verify with one handle of each kind. */

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define THREADS 8
#define ROUNDS 8

static struct {
    streamtoken_signing_key *key;
    streamtoken_signer *signer;
    streamtoken_key_set *keys;
    streamtoken_sign_options *options;
    streamtoken_verify_context *context;
    streamtoken_token *expected;
} shared;

static void share_all(void) {
    shared.key = example_key();
    OK(streamtoken_signer_new(shared.key, &shared.signer, NULL));
    OK(streamtoken_key_set_from_signing_key(shared.key, &shared.keys, NULL));
    OK(streamtoken_sign_options_from_json(TEXT("{\"now\": 1537456765}"), &shared.options, NULL));
    OK(streamtoken_verify_context_from_json(
        TEXT("{\"now\": 1537456765, \"identifier\": \"" VIDEO "\"}"), &shared.context, NULL));
    OK(streamtoken_signer_sign(shared.signer, TEXT(VIDEO), shared.options, &shared.expected, NULL));
}

static void unshare_all(void) {
    streamtoken_signing_key_free(shared.key);
    streamtoken_signer_free(shared.signer);
    streamtoken_key_set_free(shared.keys);
    streamtoken_sign_options_free(shared.options);
    streamtoken_verify_context_free(shared.context);
    streamtoken_token_free(shared.expected);
}

static void *sign_and_verify(void *unused) {
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        streamtoken_token *token;
        streamtoken_claims *claims;
        streamtoken_error *error;
        size_t length;
        OK(streamtoken_signer_sign(shared.signer, TEXT(VIDEO), shared.options, &token, NULL));
        const char *text = streamtoken_token_text(token, &length);
        CHECK(strcmp(text, streamtoken_token_text(shared.expected, NULL)) == 0);
        OK(streamtoken_key_set_verify(shared.keys, text, length, shared.context, &claims, NULL));
        CHECK(streamtoken_claims_exp(claims) == streamtoken_token_exp(shared.expected));
        streamtoken_claims_free(claims);
        /* A failure of one thread is its own: here the signature lacks a byte. */
        CHECK(streamtoken_key_set_verify(shared.keys, text, length - 2, shared.context, &claims,
                                         &error) == STREAMTOKEN_SIGNATURE_INVALID);
        CHECK(streamtoken_error_number(error) == STREAMTOKEN_SIGNATURE_INVALID);
        streamtoken_error_free(error);
        streamtoken_token_free(token);
    }
    return NULL;
}

static void *sign_many(void *unused) {
    static const char line[] = "{\"identifier\":\"" VIDEO "\"}\n";
    char lines[20 * sizeof line];
    size_t length = 0;
    (void)unused;
    for (int i = 0; i < 20; i++) {
        memcpy(lines + length, line, sizeof line - 1);
        length += sizeof line - 1;
    }
    for (int i = 0; i < 2; i++) {
        char *answers;
        OK(streamtoken_signer_sign_many(shared.signer, shared.options, 1, lines, length, &answers,
                                        NULL, NULL));
        CHECK(strstr(answers, "error") == NULL);
        CHECK(strstr(answers, streamtoken_token_text(shared.expected, NULL)) != NULL);
        streamtoken_string_free(answers);
    }
    return NULL;
}

static void one_handle_serves_all_threads(void) {
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        void *(*work)(void *) = i % 4 == 3 ? sign_many : sign_and_verify;
        CHECK(pthread_create(&threads[i], NULL, work, NULL) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
}

static void *free_a_token(void *token) {
    CHECK(strcmp(streamtoken_token_identifier(token, NULL), VIDEO) == 0);
    streamtoken_token_free(token);
    return NULL;
}

static void a_handle_is_freed_by_another_thread(void) {
    streamtoken_token *token;
    pthread_t thread;
    OK(streamtoken_signer_sign(shared.signer, TEXT(VIDEO), shared.options, &token, NULL));
    CHECK(pthread_create(&thread, NULL, free_a_token, token) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

/* The child has its own copy of every handle and no other thread. */
static void a_child_process_signs_as_well(void) {
    int status = -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        sign_and_verify(NULL);
        sign_many(NULL);
        unshare_all();
        exit(atomic_load(&broken) == 0 ? 0 : 1);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void *make_a_key(void *key) {
    OK(streamtoken_signing_key_generate(key, NULL));
    return NULL;
}

static void keys_are_made_at_the_same_time(void) {
    streamtoken_signing_key *keys[2];
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++) {
        CHECK(pthread_create(&threads[i], NULL, make_a_key, &keys[i]) == 0);
    }
    for (size_t i = 0; i < 2; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(strlen(streamtoken_signing_key_id(keys[i], NULL)) == 32);
    }
    CHECK(strcmp(streamtoken_signing_key_id(keys[0], NULL),
                 streamtoken_signing_key_id(keys[1], NULL)) != 0);
    streamtoken_signing_key_free(keys[0]);
    streamtoken_signing_key_free(keys[1]);
}

int main(int count, char **arguments) {
    static const Test tests[] = {
        {"one_handle_serves_all_threads", one_handle_serves_all_threads},
        {"a_handle_is_freed_by_another_thread", a_handle_is_freed_by_another_thread},
        {"a_child_process_signs_as_well", a_child_process_signs_as_well},
        {"keys_are_made_at_the_same_time", keys_are_made_at_the_same_time},
    };
    read_example_key(count, arguments);
    share_all();
    int outcome = RUN(tests);
    unshare_all();
    return outcome;
}
