/*
 * Checks that a token lets a viewer from one country play one video.
 *
 * verify TOKEN IDENTIFIER COUNTRY, with the key as for mint; its public half is what is used.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <streamtoken.h>

/* Everything that the check makes, to be freed at the end however far it came. */
struct work {
    streamtoken_signing_key *key;
    streamtoken_key_set *keys;
    streamtoken_verify_context *context;
    streamtoken_claims *claims;
};

static int32_t describe(struct work *work, const char *identifier, const char *country,
                        streamtoken_error **error) {
    int32_t status = streamtoken_verify_context_new(&work->context, error);
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_verify_context_set_identifier(work->context, identifier,
                                                           strlen(identifier), error);
    }
    if (status == STREAMTOKEN_OK) {
        status =
            streamtoken_verify_context_set_country(work->context, country, strlen(country), error);
    }
    return status;
}

static int32_t check(struct work *work, char **arguments, streamtoken_error **error) {
    const char *token = arguments[1];
    int32_t status = streamtoken_signing_key_from_env(&work->key, error);
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_key_set_from_signing_key(work->key, &work->keys, error);
    }
    if (status == STREAMTOKEN_OK) {
        status = describe(work, arguments[2], arguments[3], error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_key_set_verify(work->keys, token, strlen(token), work->context,
                                            &work->claims, error);
    }
    return status;
}

static void release(struct work *work) {
    streamtoken_claims_free(work->claims);
    streamtoken_verify_context_free(work->context);
    streamtoken_key_set_free(work->keys);
    streamtoken_signing_key_free(work->key);
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: verify TOKEN IDENTIFIER COUNTRY\n");
        return 2;
    }
    struct work work = {0};
    streamtoken_error *error = NULL;
    int32_t status = check(&work, arguments, &error);
    if (status == STREAMTOKEN_OK) {
        printf("%s %" PRIu64 "\n", streamtoken_claims_sub(work.claims, NULL),
               streamtoken_claims_exp(work.claims));
    } else {
        fprintf(stderr, "error[%s]: %s\n", streamtoken_error_slug(error, NULL),
                streamtoken_error_message(error, NULL));
    }
    streamtoken_error_free(error);
    release(&work);
    return status == STREAMTOKEN_OK ? 0 : 1;
}
