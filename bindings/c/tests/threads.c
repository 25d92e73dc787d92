/* Many threads sign and verify with one handle of each kind; processes are forked beside them. */

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

/* AddressSanitizer's own allocator has locks, which a fork copies as another thread holds them:
 * beside threads, a child hangs in its malloc. The C library's does not. */
#ifndef __SANITIZE_ADDRESS__

#define FORKS 48
#define KEYS_A_FORK 12

/* Keys that were never used, and how many of them may be. */
static streamtoken_prepared *unused_keys[FORKS * KEYS_A_FORK];
static atomic_size_t usable;

static bool use(size_t key) {
    static const uint8_t signature[256];
    streamtoken_token *token;
    return streamtoken_prepared_finish(unused_keys[key], signature, sizeof signature, &token,
                                       NULL) == STREAMTOKEN_SIGNATURE_NOT_FROM_KEY;
}

static void *use_each_for_the_first_time(void *unused) {
    (void)unused;
    for (size_t key = 0; key < FORKS * KEYS_A_FORK; key++) {
        while (atomic_load(&usable) <= key) {
        }
        CHECK(use(key));
    }
    return NULL;
}

/* Ends as another program: valgrind would miss what other threads hold. */
static void end(bool good) {
    execlp(good ? "true" : "false", "child", (char *)NULL);
    _exit(2);
}

static bool ended_well(pid_t child) {
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

/* Forks while the other thread uses the next keys. */
static void use_in_a_child(size_t first) {
    atomic_store(&usable, first + KEYS_A_FORK);
    pid_t child = fork();
    if (child == 0) {
        bool used = true;
        alarm(60);
        for (size_t key = first; key < first + KEYS_A_FORK; key++) {
            used = use(key) && used;
        }
        end(used);
    }
    CHECK(ended_well(child));
}

/* A lock that the other thread holds is never opened in the child. */
static void a_child_verifies_with_a_key_that_is_used_for_the_first_time(void) {
    pthread_t thread;
    streamtoken_public_key *key;
    char *pem;
    size_t length;
    OK(streamtoken_signing_key_public_key(shared.key, &key, NULL));
    OK(streamtoken_public_key_to_pem(key, &pem, &length, NULL));
    streamtoken_public_key_free(key);
    for (size_t i = 0; i < FORKS * KEYS_A_FORK; i++) {
        OK(streamtoken_public_key_load(pem, length, TEXT(KEY_ID), &key, NULL));
        OK(streamtoken_prepare(key, TEXT(VIDEO), NULL, &unused_keys[i], NULL));
        streamtoken_public_key_free(key);
    }
    streamtoken_string_free(pem);
    CHECK(pthread_create(&thread, NULL, use_each_for_the_first_time, NULL) == 0);
    for (size_t i = 0; i < FORKS; i++) {
        use_in_a_child(i * KEYS_A_FORK);
    }
    CHECK(pthread_join(thread, NULL) == 0);
    for (size_t i = 0; i < FORKS * KEYS_A_FORK; i++) {
        streamtoken_prepared_free(unused_keys[i]);
    }
}

static void *sign_once(void *unused) {
    streamtoken_token *token;
    (void)unused;
    OK(streamtoken_signer_sign(shared.signer, TEXT(VIDEO), shared.options, &token, NULL));
    streamtoken_token_free(token);
    return NULL;
}

/* In a child: forks again, `delay` microseconds after a thread began to sign. */
static void fork_beside_a_first_signature(useconds_t delay) {
    pthread_t thread;
    alarm(60);
    CHECK(pthread_create(&thread, NULL, sign_once, NULL) == 0);
    usleep(delay);
    pid_t grandchild = fork();
    if (grandchild == 0) {
        alarm(30);
        sign_once(NULL);
        end(atomic_load(&broken) == 0);
    }
    bool good = ended_well(grandchild);
    end(pthread_join(thread, NULL) == 0 && good);
}

static atomic_int signatures;

/* With a key that was never used: later signatures need no random numbers for a while. */
static void *sign_for_the_first_time(void *unused) {
    streamtoken_signing_key *key = example_key();
    streamtoken_signer *signer;
    streamtoken_token *token;
    (void)unused;
    OK(streamtoken_signer_new(key, &signer, NULL));
    OK(streamtoken_signer_sign(signer, TEXT(VIDEO), shared.options, &token, NULL));
    streamtoken_token_free(token);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
    atomic_fetch_add(&signatures, 1);
    return NULL;
}

static bool sign_on_a_thread(void) {
    pthread_t thread;
    return pthread_create(&thread, NULL, sign_for_the_first_time, NULL) == 0 &&
           pthread_join(thread, NULL) == 0;
}

/* At its end a thread gives back its random numbers, under a lock of AWS-LC's: without the
 * library's part in it, these forks hang. */
static void a_child_signs_that_was_forked_off_while_a_thread_ended(void) {
    for (int step = 0; step < 20; step++) {
        pthread_t thread;
        int before = atomic_load(&signatures);
        CHECK(pthread_create(&thread, NULL, sign_for_the_first_time, NULL) == 0);
        while (atomic_load(&signatures) == before) {
            usleep(50);
        }
        pid_t child = fork();
        if (child == 0) {
            alarm(60);
            end(sign_on_a_thread() && atomic_load(&broken) == 0);
        }
        bool good = ended_well(child);
        CHECK(pthread_join(thread, NULL) == 0);
        CHECK(good);
        if (!good) {
            break;
        }
    }
}

static pthread_mutex_t own_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool is_own_lock_used;
static atomic_bool is_signing;

static void lock_own(void) {
    if (atomic_load(&is_own_lock_used)) {
        CHECK(pthread_mutex_lock(&own_lock) == 0);
    }
}

static void unlock_own(void) {
    if (atomic_load(&is_own_lock_used)) {
        CHECK(pthread_mutex_unlock(&own_lock) == 0);
    }
}

static void *sign_under_own_lock(void *unused) {
    while (atomic_load(&is_signing)) {
        CHECK(pthread_mutex_lock(&own_lock) == 0);
        sign_once(unused);
        CHECK(pthread_mutex_unlock(&own_lock) == 0);
        /* The lock is not fair. */
        usleep(1000);
    }
    return NULL;
}

/* The library's handlers are the first that are registered, and so the last that are called before
 * a fork: otherwise this one waits for the thread that signs, and that for the fork. */
static void handlers_of_the_program_may_wait_for_a_thread_that_signs(void) {
    pthread_t thread;
    atomic_store(&is_own_lock_used, true);
    atomic_store(&is_signing, true);
    CHECK(pthread_create(&thread, NULL, sign_under_own_lock, NULL) == 0);
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        if (child == 0) {
            end(true);
        }
        CHECK(ended_well(child));
    }
    atomic_store(&is_signing, false);
    CHECK(pthread_join(thread, NULL) == 0);
    atomic_store(&is_own_lock_used, false);
}

static void fork_at_exit(void) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        end(true);
    }
    if (!ended_well(child)) {
        _exit(1);
    }
}

/* The first signature of a child gathers new randomness, for milliseconds and under a lock of
 * AWS-LC's: without the library's handlers, nearly every one of these forks hangs. */
static void a_child_signs_that_was_forked_off_while_a_thread_did(void) {
    for (useconds_t step = 0; step < 10; step++) {
        pid_t child = fork();
        if (child == 0) {
            fork_beside_a_first_signature(step * 1000);
        }
        CHECK(ended_well(child));
    }
}

#endif

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
#ifndef __SANITIZE_ADDRESS__
        {"a_child_verifies_with_a_key_that_is_used_for_the_first_time",
         a_child_verifies_with_a_key_that_is_used_for_the_first_time},
        {"a_child_signs_that_was_forked_off_while_a_thread_did",
         a_child_signs_that_was_forked_off_while_a_thread_did},
        {"a_child_signs_that_was_forked_off_while_a_thread_ended",
         a_child_signs_that_was_forked_off_while_a_thread_ended},
        {"handlers_of_the_program_may_wait_for_a_thread_that_signs",
         handlers_of_the_program_may_wait_for_a_thread_that_signs},
#endif
        {"keys_are_made_at_the_same_time", keys_are_made_at_the_same_time},
    };
#ifndef __SANITIZE_ADDRESS__
    /* Before the first call. */
    CHECK(pthread_atfork(lock_own, unlock_own, unlock_own) == 0);
    CHECK(atexit(fork_at_exit) == 0);
#endif
    read_example_key(count, arguments);
    share_all();
    int outcome = RUN(tests);
    unshare_all();
    return outcome;
}
