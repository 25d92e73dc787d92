/*
 * Asks Cloudflare's API for a token of two hours, and tells what it did on the way.
 *
 * client IDENTIFIER, with CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID in the environment, and
 * CLOUDFLARE_BASE_URL for another service than Cloudflare's.
 */

#include <stdio.h>
#include <string.h>

#include <streamtoken.h>

/* Called after every attempt, with a line of JSON that holds no secret. */
static void tell(void *user, const char *attempt, size_t length) {
    fprintf(user, "%.*s\n", (int)length, attempt);
}

int main(int count, char **arguments) {
    streamtoken_client_options *options = NULL;
    streamtoken_client *client = NULL;
    streamtoken_sign_options *lifetime = NULL;
    streamtoken_token *token = NULL;
    streamtoken_error *error = NULL;
    if (count != 2) {
        fprintf(stderr, "usage: client IDENTIFIER\n");
        return 2;
    }
    int32_t status = streamtoken_client_options_new(&options, &error);
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_client_options_set_debug(options, tell, stderr, &error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_client_options_set_deadline(options, 20, &error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_client_from_env(options, &client, &error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_sign_options_new(&lifetime, &error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_sign_options_set_expires_in(lifetime, 2 * 3600, &error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_client_create_token(client, arguments[1], strlen(arguments[1]),
                                                 lifetime, NULL, &token, &error);
    }
    if (status == STREAMTOKEN_OK) {
        puts(streamtoken_token_text(token, NULL));
    } else {
        fprintf(stderr, "error[%s]: %s\n", streamtoken_error_slug(error, NULL),
                streamtoken_error_message(error, NULL));
    }
    streamtoken_error_free(error);
    streamtoken_token_free(token);
    streamtoken_sign_options_free(lifetime);
    streamtoken_client_free(client);
    streamtoken_client_options_free(options);
    return status == STREAMTOKEN_OK ? 0 : 1;
}
