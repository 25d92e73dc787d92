/*
 * Prints every playback URL of a token, one `name url` a line.
 *
 * urls TOKEN CUSTOMER_CODE
 */

#include <stdio.h>
#include <string.h>

#include <streamtoken.h>

static void print(const streamtoken_urls *urls) {
    for (size_t index = 0; index < streamtoken_urls_count(urls); ++index) {
        printf("%s %s\n", streamtoken_urls_name(urls, index, NULL),
               streamtoken_urls_at(urls, index, NULL));
    }
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: urls TOKEN CUSTOMER_CODE\n");
        return 2;
    }
    const char *token = arguments[1];
    streamtoken_customer_code *code = NULL;
    streamtoken_urls *urls = NULL;
    streamtoken_error *error = NULL;
    int32_t status =
        streamtoken_customer_code_parse(arguments[2], strlen(arguments[2]), &code, &error);
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_playback_urls(token, strlen(token), code, NULL, &urls, &error);
    }
    if (status == STREAMTOKEN_OK) {
        print(urls);
    } else {
        fprintf(stderr, "error[%s]: %s\n", streamtoken_error_slug(error, NULL),
                streamtoken_error_message(error, NULL));
    }
    streamtoken_error_free(error);
    streamtoken_urls_free(urls);
    streamtoken_customer_code_free(code);
    return status == STREAMTOKEN_OK ? 0 : 1;
}
