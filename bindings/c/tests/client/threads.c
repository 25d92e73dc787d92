/* One client in many threads, and what is told of each attempt. */

#include <pthread.h>
#include <stdlib.h>

#include "fake.h"
#include "service.h"

#define THREADS 8
#define ROUNDS 8

/* All lines of a debug function. */
typedef struct {
    pthread_mutex_t lock;
    char text[65536];
    size_t length;
    int lines;
} Log;

static void note(void *user, const char *attempt, size_t length) {
    Log *log = user;
    pthread_mutex_lock(&log->lock);
    CHECK(strlen(attempt) == length && log->length + length + 2 < sizeof log->text);
    memcpy(log->text + log->length, attempt, length);
    log->length += length;
    log->text[log->length++] = '\n';
    log->lines++;
    json_t *read = json_loads(attempt, 0, NULL);
    CHECK(json_integer_value(json_object_get(read, "attempt")) >= 1);
    CHECK(json_is_string(json_object_get(read, "method")));
    json_decref(read);
    pthread_mutex_unlock(&log->lock);
}

static void lacks(const Log *log, const char *secret) {
    CHECK(strlen(secret) > 3 && strstr(log->text, secret) == NULL);
}

static streamtoken_client *told_client(streamtoken_client_options *options, Log *log) {
    OK(streamtoken_client_options_set_debug(options, note, log, NULL));
    return client_of(options);
}

void attempts_are_told_without_secrets(void) {
    static Log log = {.lock = PTHREAD_MUTEX_INITIALIZER};
    streamtoken_client *client =
        told_client(options_for(told("base_url"), told("api_token"), told("account_id")), &log);
    streamtoken_call_options *call;
    streamtoken_created_key *created;
    streamtoken_token *token;
    char *word;
    OK(streamtoken_call_options_new(&call, NULL));
    OK(streamtoken_call_options_set_key(call, TEXT(KEY_ID), LENGTHY(example_key_text), NULL));
    OK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, call, &token, NULL));
    OK(streamtoken_client_create_key(client, NULL, &created, NULL));
    OK(streamtoken_client_delete_key(client, LENGTHY(streamtoken_created_key_id(created, NULL)),
                                     NULL, &word, NULL, NULL));
    CHECK(log.lines == 3 && strstr(log.text, "\"status\":200") != NULL);
    lacks(&log, told("api_token"));
    lacks(&log, streamtoken_token_text(token, NULL));
    lacks(&log, streamtoken_created_key_pem(created, NULL));
    lacks(&log, streamtoken_created_key_jwk(created, NULL));
    lacks(&log, "LS0tLS1CRUdJTi");
    streamtoken_string_free(word);
    streamtoken_token_free(token);
    streamtoken_created_key_free(created);
    streamtoken_call_options_free(call);
    streamtoken_client_free(client);
    /* A server that sends the credential back is not repeated, neither in the log nor in the error.
     */
    Fake *fake = fake_start("HTTP/1.1 503 no\r\nconnection: close\r\ncf-ray: my-credential\r\n"
                            "retry-after: 0\r\n\r\n{\"success\":false,\"errors\":[{\"code\":1000,"
                            "\"message\":\"my-credential is wrong\"}]}");
    streamtoken_client_options *options = options_for(fake_url(fake), "my-credential", "a");
    streamtoken_error *error;
    char *json;
    OK(streamtoken_client_options_set_max_retries(options, 2, NULL));
    client = told_client(options, &log);
    CHECK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, NULL, &token, &error) ==
          STREAMTOKEN_API_SERVER_ERROR);
    CHECK(log.lines == 6 && strstr(log.text, "\"error\":\"api_server_error\"") != NULL);
    CHECK(streamtoken_error_attempts(error) == 3 && fake_count(fake) == 3);
    lacks(&log, "my-credential");
    OK(streamtoken_error_to_json(error, &json, NULL, NULL));
    CHECK(strstr(json, "my-credential") == NULL && strstr(json, "is wrong") != NULL);
    streamtoken_string_free(json);
    streamtoken_error_free(error);
    streamtoken_client_free(client);
    fake_stop(fake);
}

static struct {
    streamtoken_client *client;
    streamtoken_signing_key *key;
} shared;

static void *ask(void *unused) {
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        streamtoken_token *token;
        streamtoken_error *error;
        OK(streamtoken_client_create_token(shared.client, TEXT(VIDEO), NULL, NULL, &token, NULL));
        streamtoken_claims_free(claims_of(token, shared.key));
        /* A failure of one thread is its own. */
        CHECK(streamtoken_client_create_token(shared.client, TEXT("a b"), NULL, NULL, &token,
                                              &error) == STREAMTOKEN_IDENTIFIER_INVALID);
        streamtoken_error_free(error);
    }
    return NULL;
}

static void *wait_for_ever(void *unused) {
    (void)unused;
    streamtoken_key_list *keys;
    streamtoken_error *error;
    CHECK(streamtoken_client_list_keys(shared.client, NULL, &keys, &error) ==
          STREAMTOKEN_CLIENT_CLOSED);
    streamtoken_error_free(error);
    return NULL;
}

static void in_threads(pthread_t *threads, void *(*work)(void *)) {
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, work, NULL) == 0);
    }
}

static void join(const pthread_t *threads) {
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
}

void many_calls_on_one_client(void) {
    pthread_t threads[THREADS];
    shared.client = service_client();
    shared.key = service_key();
    in_threads(threads, ask);
    join(threads);
    streamtoken_signing_key_free(shared.key);
    streamtoken_client_free(shared.client);
}

void closing_ends_a_call_that_waits(void) {
    pthread_t threads[THREADS];
    Fake *fake = fake_start(NULL);
    shared.client = client_of(options_for(fake_url(fake), "t", "a"));
    in_threads(threads, wait_for_ever);
    fake_wait(fake);
    streamtoken_client_close(shared.client);
    streamtoken_client_close(shared.client);
    join(threads);
    wait_for_ever(NULL);
    streamtoken_client_free(shared.client);
    fake_stop(fake);
}
