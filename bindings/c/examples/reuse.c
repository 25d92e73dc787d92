/*
 * Mints the token of a window of time: whoever mints within the same window, on any host and in any
 * language, gets the same bytes.
 *
 * reuse IDENTIFIER SECONDS NOW, with the length of the windows, the time in epoch seconds, and the
 * key in CLOUDFLARE_STREAM_KEY or CLOUDFLARE_STREAM_KEY_FILE, its id in CLOUDFLARE_STREAM_KEY_ID.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <streamtoken.h>

/* Everything that the minting makes, to be freed at the end however far it came. */
struct work {
    streamtoken_signing_key *key;
    streamtoken_signer *signer;
    streamtoken_sign_options *options;
    streamtoken_token *token;
};

static int32_t mint(struct work *work, char **arguments, streamtoken_error **error) {
    int32_t status = streamtoken_signing_key_from_env(&work->key, error);
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_signer_new(work->key, &work->signer, error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_sign_options_new(&work->options, error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_sign_options_set_reuse_window(work->options,
                                                           strtod(arguments[1], NULL), error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_sign_options_set_now(work->options, strtod(arguments[2], NULL), error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_signer_sign(work->signer, arguments[0], strlen(arguments[0]),
                                         work->options, &work->token, error);
    }
    return status;
}

static void release(struct work *work) {
    streamtoken_token_free(work->token);
    streamtoken_sign_options_free(work->options);
    streamtoken_signer_free(work->signer);
    streamtoken_signing_key_free(work->key);
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: reuse IDENTIFIER SECONDS NOW\n");
        return 2;
    }
    struct work work = {0};
    streamtoken_error *error = NULL;
    int32_t status = mint(&work, arguments + 1, &error);
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
