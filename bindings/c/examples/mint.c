/*
 * Mints a token for two hours that only viewers in Great Britain and Ireland may use.
 *
 * mint IDENTIFIER, with the key in CLOUDFLARE_STREAM_KEY or CLOUDFLARE_STREAM_KEY_FILE, and its id
 * in CLOUDFLARE_STREAM_KEY_ID.
 */

#include <stdio.h>
#include <string.h>

#include <streamtoken.h>

static const char conditions[] = "[{\"country\": [\"GB\", \"IE\"]}]";

/* Everything that the minting makes, to be freed at the end however far it came. */
struct work {
    streamtoken_signing_key *key;
    streamtoken_signer *signer;
    streamtoken_access_rules *rules;
    streamtoken_sign_options *options;
    streamtoken_token *token;
};

static int32_t mint(struct work *work, const char *identifier, streamtoken_error **error) {
    int32_t status = streamtoken_signing_key_from_env(&work->key, error);
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_signer_new(work->key, &work->signer, error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_access_rules_allow_only(conditions, strlen(conditions), &work->rules,
                                                     error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_sign_options_new(&work->options, error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_sign_options_set_expires_in(work->options, 2 * 3600, error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_sign_options_set_access_rules(work->options, work->rules, error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_signer_sign(work->signer, identifier, strlen(identifier),
                                         work->options, &work->token, error);
    }
    return status;
}

static void release(struct work *work) {
    streamtoken_token_free(work->token);
    streamtoken_sign_options_free(work->options);
    streamtoken_access_rules_free(work->rules);
    streamtoken_signer_free(work->signer);
    streamtoken_signing_key_free(work->key);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: mint IDENTIFIER\n");
        return 2;
    }
    struct work work = {0};
    streamtoken_error *error = NULL;
    int32_t status = mint(&work, arguments[1], &error);
    if (status == STREAMTOKEN_OK) {
        puts(streamtoken_token_text(work.token, NULL));
    } else {
        fprintf(stderr, "error[%s]: %s\n", streamtoken_error_slug(error, NULL),
                streamtoken_error_message(error, NULL));
    }
    streamtoken_error_free(error);
    release(&work);
    return status == STREAMTOKEN_OK ? 0 : 1;
}
