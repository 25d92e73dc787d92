/* Processes are forked beside threads: no child waits for what a thread of its parent holds. Most
 * of these forks hang without the library's part in it. */

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static struct {
    streamtoken_signing_key *key;
    streamtoken_signer *signer;
    streamtoken_key_set *keys;
    streamtoken_token *token;
} shared;

static void share_all(void) {
    shared.key = example_key();
    OK(streamtoken_signer_new(shared.key, &shared.signer, NULL));
    OK(streamtoken_key_set_from_signing_key(shared.key, &shared.keys, NULL));
    OK(streamtoken_signer_sign(shared.signer, TEXT(VIDEO), NULL, &shared.token, NULL));
}

static void unshare_all(void) {
    streamtoken_signing_key_free(shared.key);
    streamtoken_signer_free(shared.signer);
    streamtoken_key_set_free(shared.keys);
    streamtoken_token_free(shared.token);
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

/* Forks beside `thread`, and tells whether the child does `work` on a thread of its own. */
static bool a_child_can(void *(*work)(void *), pthread_t thread) {
    pid_t child = fork();
    if (child == 0) {
        pthread_t own;
        alarm(60);
        bool done = pthread_create(&own, NULL, work, NULL) == 0 && pthread_join(own, NULL) == 0;
        end(done && atomic_load(&broken) == 0);
    }
    bool good = ended_well(child);
    CHECK(good);
    CHECK(pthread_join(thread, NULL) == 0);
    return good;
}

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
    OK(streamtoken_signer_sign(shared.signer, TEXT(VIDEO), NULL, &token, NULL));
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
    OK(streamtoken_signer_sign(signer, TEXT(VIDEO), NULL, &token, NULL));
    streamtoken_token_free(token);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
    atomic_fetch_add(&signatures, 1);
    return NULL;
}

/* At its end a thread gives back its random numbers, under a lock of AWS-LC's: without the
 * library's part in it, these forks hang. */
static void a_child_signs_that_was_forked_off_while_a_thread_ended(void) {
    bool good = true;
    for (int step = 0; step < 20 && good; step++) {
        pthread_t thread;
        int before = atomic_load(&signatures);
        CHECK(pthread_create(&thread, NULL, sign_for_the_first_time, NULL) == 0);
        while (atomic_load(&signatures) == before) {
            usleep(50);
        }
        good = a_child_can(sign_for_the_first_time, thread);
    }
}

/* The first failure of a thread: AWS-LC makes a queue for its errors. */
static void *verify_what_was_not_signed(void *unused) {
    size_t length;
    streamtoken_claims *claims;
    const char *text = streamtoken_token_text(shared.token, &length);
    char *other = malloc(length);
    (void)unused;
    memcpy(other, text, length);
    other[length - 20] = other[length - 20] == 'A' ? 'B' : 'A';
    CHECK(streamtoken_key_set_verify(shared.keys, other, length, NULL, &claims, NULL) ==
          STREAMTOKEN_SIGNATURE_INVALID);
    free(other);
    return NULL;
}

/* The queue is made and freed under a lock of AWS-LC's. */
static void a_child_verifies_that_was_forked_off_while_a_thread_did(void) {
    bool good = true;
    for (useconds_t step = 0; step < 40 && good; step++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, verify_what_was_not_signed, NULL) == 0);
        usleep(step * 100);
        good = a_child_can(verify_what_was_not_signed, thread);
    }
}

/* Finds nobody there. */
static void *look_up_a_name(void *unused) {
    static const char options_json[] =
        "{\"base_url\": \"http://localhost:1\", \"api_token\": \"t\", \"account_id\": \"a\", "
        "\"max_retries\": 0}";
    streamtoken_client_options *options;
    streamtoken_client *client;
    streamtoken_token *token;
    (void)unused;
    OK(streamtoken_client_options_from_json(TEXT(options_json), &options, NULL));
    OK(streamtoken_client_new(options, &client, NULL));
    CHECK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, NULL, &token, NULL) ==
          STREAMTOKEN_API_CONNECTION);
    streamtoken_client_free(client);
    streamtoken_client_options_free(options);
    return NULL;
}

/* In slow_locks.c. */
extern atomic_int lookups_begun;

/* The C library has a lock around what its resolver reads of the system. */
static void a_child_looks_up_a_name_that_was_forked_off_while_a_thread_did(void) {
    bool good = true;
    /* The first one takes long, most of all under valgrind. */
    look_up_a_name(NULL);
    for (useconds_t step = 0; step < 20 && good; step++) {
        pthread_t thread;
        int before = atomic_load(&lookups_begun);
        CHECK(pthread_create(&thread, NULL, look_up_a_name, NULL) == 0);
        while (atomic_load(&lookups_begun) == before) {
            usleep(50);
        }
        usleep(step * 200);
        good = a_child_can(look_up_a_name, thread);
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

int main(int count, char **arguments) {
    static const Test tests[] = {
        {"a_child_verifies_with_a_key_that_is_used_for_the_first_time",
         a_child_verifies_with_a_key_that_is_used_for_the_first_time},
        {"a_child_signs_that_was_forked_off_while_a_thread_did",
         a_child_signs_that_was_forked_off_while_a_thread_did},
        {"a_child_signs_that_was_forked_off_while_a_thread_ended",
         a_child_signs_that_was_forked_off_while_a_thread_ended},
        {"a_child_verifies_that_was_forked_off_while_a_thread_did",
         a_child_verifies_that_was_forked_off_while_a_thread_did},
        {"a_child_looks_up_a_name_that_was_forked_off_while_a_thread_did",
         a_child_looks_up_a_name_that_was_forked_off_while_a_thread_did},
        {"handlers_of_the_program_may_wait_for_a_thread_that_signs",
         handlers_of_the_program_may_wait_for_a_thread_that_signs},
    };
    /* Before the first call. */
    CHECK(pthread_atfork(lock_own, unlock_own, unlock_own) == 0);
    CHECK(atexit(fork_at_exit) == 0);
    read_example_key(count, arguments);
    share_all();
    int outcome = RUN(tests);
    unshare_all();
    return outcome;
}
