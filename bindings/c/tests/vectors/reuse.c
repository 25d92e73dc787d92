/* Tokens of windows of reuse, minted one after the other by one signer: `sign_in_turn`. */

#include <stdlib.h>
#include <string.h>

#include "options.h"

/* Mints with a signer; `token` is NULL when the answer is a refusal. */
static json_t *mint(const Case *vector, const streamtoken_signer *signer, const json_t *wanted,
                    streamtoken_token **token) {
    streamtoken_sign_options *options;
    streamtoken_error *error;
    const json_t *identifier = json_object_get(wanted, "identifier");
    Bytes json = dump(json_object_get(wanted, "options"));
    int32_t status = streamtoken_sign_options_from_json(json.start, json.length, &options, &error);
    free(json.start);
    *token = NULL;
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_signer_sign(signer, json_string_value(identifier),
                                         json_string_length(identifier), options, token, &error);
    }
    streamtoken_sign_options_free(options);
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    return json_pack("{s:s, s:I}", "token", streamtoken_token_text(*token, NULL), "renew_at",
                     (json_int_t)streamtoken_token_renew_at(*token));
}

/* The same by a signer that has kept nothing. */
static json_t *mint_afresh(const Case *vector, const json_t *wanted) {
    streamtoken_signer *signer;
    streamtoken_token *token;
    done(vector, streamtoken_signer_new(example_key(), &signer, NULL));
    json_t *result = mint(vector, signer, wanted, &token);
    streamtoken_token_free(token);
    streamtoken_signer_free(signer);
    return result;
}

json_t *run_sign_in_turn(const Case *vector) {
    static const char *const inputs[] = {"mints", NULL};
    streamtoken_signer *signer;
    streamtoken_token *token;
    size_t i;
    json_t *wanted;
    json_t *tokens = json_array();
    knows_only(vector, inputs);
    done(vector, streamtoken_signer_new(example_key(), &signer, NULL));
    json_array_foreach(json_object_get(vector->input, "mints"), i, wanted) {
        json_t *one = mint(vector, signer, wanted, &token);
        same(vector, one, mint_afresh(vector, wanted), "tokens that are kept and minted afresh");
        if (token == NULL) {
            json_decref(tokens);
            streamtoken_signer_free(signer);
            return one;
        }
        streamtoken_token_free(token);
        json_array_append_new(tokens, one);
    }
    streamtoken_signer_free(signer);
    return json_pack("{s:o}", "tokens", tokens);
}
