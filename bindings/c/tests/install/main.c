/* Mints the token that Cloudflare's documentation publishes, with the key in the environment. */

#include <stdio.h>
#include <string.h>

#include <streamtoken.h>

static const char video[] = "ea95132c15732412d22c1476fa83f27a";
static const char options_text[] = "{\"now\": 1537456765, \"time_format\": \"string\"}";

int main(void) {
    streamtoken_signing_key *key = NULL;
    streamtoken_signer *signer = NULL;
    streamtoken_sign_options *options = NULL;
    streamtoken_token *token = NULL;
    streamtoken_error *error = NULL;
    int minted = streamtoken_signing_key_from_env(&key, &error) == STREAMTOKEN_OK &&
                 streamtoken_signer_new(key, &signer, &error) == STREAMTOKEN_OK &&
                 streamtoken_sign_options_from_json(options_text, strlen(options_text), &options,
                                                    &error) == STREAMTOKEN_OK &&
                 streamtoken_signer_sign(signer, video, strlen(video), options, &token, &error) ==
                     STREAMTOKEN_OK;
    if (minted && strcmp(streamtoken_version(), STREAMTOKEN_VERSION) == 0) {
        puts(streamtoken_token_text(token, NULL));
    } else {
        fprintf(stderr, "%s\n",
                minted ? "another version" : streamtoken_error_message(error, NULL));
    }
    streamtoken_error_free(error);
    streamtoken_token_free(token);
    streamtoken_sign_options_free(options);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
    return minted ? 0 : 1;
}
