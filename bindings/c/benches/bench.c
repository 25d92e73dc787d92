/*
 * Timed blocks in C: JSON lines in on standard input, one JSON line out for each.
 *
 * {"what": "sign" or "verify", "n": 25} is answered with {"nanoseconds": ...} for n times. The key comes
 * from the environment and is read before the clock starts.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <streamtoken.h>

static const char identifier[] = "ea95132c15732412d22c1476fa83f27a";
static const char context_json[] = "{\"identifier\": \"ea95132c15732412d22c1476fa83f27a\"}";

static streamtoken_signer *signer;
static streamtoken_key_set *keys;
static streamtoken_verify_context *context;
static streamtoken_token *token;
static streamtoken_error *error;

/* The benchmark is not worth a measurement that failed. */
static void must(int32_t status) {
    if (status != STREAMTOKEN_OK) {
        fprintf(stderr, "%s\n", streamtoken_error_message(error, NULL));
        exit(EXIT_FAILURE);
    }
}

static void set_up(void) {
    streamtoken_signing_key *key = NULL;
    must(streamtoken_signing_key_from_env(&key, &error));
    must(streamtoken_signer_new(key, &signer, &error));
    must(streamtoken_key_set_from_signing_key(key, &keys, &error));
    must(streamtoken_verify_context_from_json(context_json, strlen(context_json), &context, &error));
    must(streamtoken_signer_sign(signer, identifier, strlen(identifier), NULL, &token, &error));
    streamtoken_signing_key_free(key);
}

static void sign(void) {
    streamtoken_token *minted = NULL;
    must(streamtoken_signer_sign(signer, identifier, strlen(identifier), NULL, &minted, &error));
    streamtoken_token_free(minted);
}

static void verify(void) {
    size_t length = 0;
    const char *text = streamtoken_token_text(token, &length);
    streamtoken_claims *claims = NULL;
    must(streamtoken_key_set_verify(keys, text, length, context, &claims, &error));
    streamtoken_claims_free(claims);
}

static int64_t timed(void (*work)(void), long times) {
    struct timespec start;
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long done = 0; done < times; done++) {
        work();
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (int64_t)(end.tv_sec - start.tv_sec) * 1000000000 + (end.tv_nsec - start.tv_nsec);
}

int main(void) {
    char line[256];
    set_up();
    while (fgets(line, sizeof line, stdin) != NULL) {
        const char *n = strstr(line, "\"n\":");
        if (n == NULL) {
            fprintf(stderr, "no n in %s", line);
            return EXIT_FAILURE;
        }
        void (*work)(void) = strstr(line, "\"verify\"") != NULL ? verify : sign;
        printf("{\"nanoseconds\": %" PRId64 "}\n", timed(work, strtol(n + strlen("\"n\":"), NULL, 10)));
        fflush(stdout);
    }
    return EXIT_SUCCESS;
}
