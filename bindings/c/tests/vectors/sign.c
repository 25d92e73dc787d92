/* Minting: `sign`, `batch_line` and `prepare`. */

#include <stdlib.h>
#include <string.h>

#include "options.h"

static streamtoken_signer *new_signer(const Case *vector) {
    streamtoken_signer *signer;
    if (streamtoken_signer_new(example_key(), &signer, NULL) != STREAMTOKEN_OK) {
        fail(vector, "the key makes no signer");
    }
    return signer;
}

static json_t *part(const Case *vector, const char *token, int index) {
    while (index-- > 0) {
        token = strchr(token, '.') + 1;
    }
    Bytes text = {(char *)token, (size_t)(strchr(token, '.') - token)};
    Bytes decoded = decode_base64(vector, text);
    json_t *value = json_stringn(decoded.start, decoded.length);
    free(decoded.start);
    return value;
}

/* Frees the token. */
static json_t *described(const Case *vector, streamtoken_token *token) {
    size_t length;
    const char *text = streamtoken_token_text(token, &length);
    const char *identifier = json_string_value(json_object_get(vector->input, "identifier"));
    if (strlen(text) != length ||
        strcmp(streamtoken_token_identifier(token, NULL), identifier) != 0 ||
        strcmp(streamtoken_token_key_id(token, NULL), example("key_id")) != 0) {
        fail(vector, "a token forgets what it is for");
    }
    json_t *result =
        json_pack("{s:s, s:o, s:o, s:I, s:I, s:I}", "token", text, "header", part(vector, text, 0),
                  "payload", part(vector, text, 1), "exp", (json_int_t)streamtoken_token_exp(token),
                  "nbf", (json_int_t)streamtoken_token_nbf(token), "renew_at",
                  (json_int_t)streamtoken_token_renew_at(token));
    streamtoken_token_free(token);
    return result;
}

/* Frees the options. */
static json_t *sign(const Case *vector, SignOptions said) {
    streamtoken_token *token;
    streamtoken_error *error;
    if (said.error != NULL) {
        return said.error;
    }
    streamtoken_signer *signer = new_signer(vector);
    Bytes identifier = input_text(vector, "identifier");
    int32_t status = streamtoken_signer_sign(signer, identifier.start, identifier.length,
                                             said.value, &token, &error);
    streamtoken_signer_free(signer);
    streamtoken_sign_options_free(said.value);
    return status == STREAMTOKEN_OK ? described(vector, token) : refusal(vector, status, error);
}

/* Runs `operation` with the options said in each way that can say them: one result. */
static json_t *both_ways(const Case *vector, json_t *operation(const Case *, SignOptions)) {
    SignOptions said;
    json_t *result = NULL;
    if (sign_options_by_json(vector, &said)) {
        result = operation(vector, said);
    }
    if (sign_options_by_setters(vector, &said)) {
        json_t *second = operation(vector, said);
        if (result == NULL) {
            return second;
        }
        same(vector, result, second, "options as JSON and with setters");
    }
    if (result == NULL) {
        fail(vector, "nothing can say these options");
    }
    return result;
}

json_t *run_sign(const Case *vector) {
    static const char *const inputs[] = {"identifier", "options", "options_text", NULL};
    knows_only(vector, inputs);
    return both_ways(vector, sign);
}

/* One line of a batch; a line end is added where the case leaves it out. Frees the defaults. */
static json_t *batch_line(const Case *vector, SignOptions said) {
    char *answers;
    size_t length;
    streamtoken_error *error;
    if (said.error != NULL) {
        fail(vector, "the defaults are refused");
    }
    streamtoken_signer *signer = new_signer(vector);
    Bytes line = content(vector, "line");
    if (line.length == 0 || line.start[line.length - 1] != '\n') {
        line.start = realloc(line.start, line.length + 1);
        line.start[line.length++] = '\n';
    }
    int32_t status = streamtoken_signer_sign_many(signer, said.value, 1, line.start, line.length,
                                                  &answers, &length, &error);
    free(line.start);
    streamtoken_signer_free(signer);
    streamtoken_sign_options_free(said.value);
    if (status != STREAMTOKEN_OK) {
        fail(vector, "a batch failed as a whole");
    }
    return take_json(vector, answers, length);
}

json_t *run_batch_line(const Case *vector) {
    static const char *const inputs[] = {"line", "base64", "repeat", "options", NULL};
    knows_only(vector, inputs);
    return both_ways(vector, batch_line);
}

/* The signature of the case, or the one that the key makes over the same input. */
static Bytes signature(const Case *vector, const streamtoken_sign_options *options) {
    Bytes text = input_text(vector, "signature");
    streamtoken_token *token;
    if (text.start != NULL) {
        return decode_base64(vector, text);
    }
    streamtoken_signer *signer = new_signer(vector);
    Bytes identifier = input_text(vector, "identifier");
    if (streamtoken_signer_sign(signer, identifier.start, identifier.length, options, &token,
                                NULL) != STREAMTOKEN_OK) {
        fail(vector, "what can be prepared cannot be signed");
    }
    text.start = strrchr(streamtoken_token_text(token, NULL), '.') + 1;
    text.length = strlen(text.start);
    Bytes decoded = decode_base64(vector, text);
    streamtoken_token_free(token);
    streamtoken_signer_free(signer);
    return decoded;
}

static json_t *finish(const Case *vector, const streamtoken_prepared *prepared,
                      const streamtoken_sign_options *options) {
    streamtoken_token *token;
    streamtoken_error *error;
    Bytes made = signature(vector, options);
    int32_t status = streamtoken_prepared_finish(prepared, (const uint8_t *)made.start, made.length,
                                                 &token, &error);
    free(made.start);
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    json_t *result = described(vector, token);
    const char *input = streamtoken_prepared_signing_input(prepared, NULL);
    json_object_set_new(result, "signing_input", json_string(input));
    return result;
}

/* Frees the options. */
static json_t *prepare(const Case *vector, SignOptions said) {
    streamtoken_public_key *key;
    streamtoken_prepared *prepared;
    streamtoken_error *error;
    if (said.error != NULL) {
        return said.error;
    }
    if (streamtoken_signing_key_public_key(example_key(), &key, NULL) != STREAMTOKEN_OK) {
        fail(vector, "the key has no public half");
    }
    Bytes identifier = input_text(vector, "identifier");
    int32_t status = streamtoken_prepare(key, identifier.start, identifier.length, said.value,
                                         &prepared, &error);
    json_t *result = status == STREAMTOKEN_OK ? finish(vector, prepared, said.value)
                                              : refusal(vector, status, error);
    streamtoken_prepared_free(prepared);
    streamtoken_public_key_free(key);
    streamtoken_sign_options_free(said.value);
    return result;
}

json_t *run_prepare(const Case *vector) {
    static const char *const inputs[] = {"identifier", "options", "signature", NULL};
    knows_only(vector, inputs);
    return both_ways(vector, prepare);
}
