/* Reading: `verify` and `inspect`. */

#include <stdlib.h>
#include <string.h>

#include "options.h"

static void set_now(const Case *vector, streamtoken_verify_context *context) {
    const json_t *now = default_now(vector, "context");
    if (now != NULL) {
        done(vector, streamtoken_verify_context_set_now(context, number(now), NULL));
    }
}

bool verify_context_by_json(const Case *vector, VerifyContext *said) {
    streamtoken_error *error;
    json_t *context = json_object_get(vector->input, "context");
    json_t *none = json_object();
    if (has_float(context)) {
        json_decref(none);
        return false;
    }
    Bytes json = dump(context == NULL ? none : context);
    json_decref(none);
    int32_t status =
        streamtoken_verify_context_from_json(json.start, json.length, &said->value, &error);
    free(json.start);
    said->error = status == STREAMTOKEN_OK ? NULL : refusal(vector, status, error);
    if (status == STREAMTOKEN_OK) {
        set_now(vector, said->value);
    }
    return true;
}

static bool set_text(const Case *vector, VerifyContext *said, const char *name,
                     const json_t *value) {
    typedef int32_t SetText(streamtoken_verify_context * context, const char *text, size_t length,
                            streamtoken_error **error);
    SetText *set_text = strcmp(name, "identifier") == 0 ? streamtoken_verify_context_set_identifier
                        : strcmp(name, "ip") == 0       ? streamtoken_verify_context_set_ip
                        : strcmp(name, "country") == 0  ? streamtoken_verify_context_set_country
                                                        : NULL;
    if (set_text != NULL) {
        done(vector,
             set_text(said->value, json_string_value(value), json_string_length(value), NULL));
    }
    return set_text != NULL;
}

static bool set(const Case *vector, VerifyContext *said, const char *name, const json_t *value) {
    bool is_number = json_is_number(value) || is_float(value);
    if (is_number && strcmp(name, "now") == 0) {
        done(vector, streamtoken_verify_context_set_now(said->value, number(value), NULL));
        return true;
    }
    if (is_number && strcmp(name, "leeway") == 0) {
        done(vector, streamtoken_verify_context_set_leeway(said->value, number(value), NULL));
        return true;
    }
    if (json_is_boolean(value) && strcmp(name, "download") == 0) {
        bool download = json_is_true(value);
        done(vector, streamtoken_verify_context_set_download(said->value, download, NULL));
        return true;
    }
    return json_is_string(value) && set_text(vector, said, name, value);
}

bool verify_context_by_setters(const Case *vector, VerifyContext *said) {
    json_t *context = json_object_get(vector->input, "context");
    const char *name;
    json_t *value;
    if (context != NULL && !json_is_object(context)) {
        return false;
    }
    said->error = NULL;
    done(vector, streamtoken_verify_context_new(&said->value, NULL));
    json_object_foreach(context, name, value) {
        if (!set(vector, said, name, value)) {
            streamtoken_verify_context_free(said->value);
            return false;
        }
    }
    set_now(vector, said->value);
    return true;
}

/* The claims as JSON, after each function for a part was compared with it. */
static json_t *described(const Case *vector, const streamtoken_claims *claims) {
    char *text[4];
    size_t length[4];
    uint64_t nbf;
    streamtoken_access_rules *rules;
    if (streamtoken_claims_to_json(claims, &text[0], &length[0], NULL) != STREAMTOKEN_OK ||
        streamtoken_claims_access_rules_to_json(claims, &text[1], &length[1], NULL) !=
            STREAMTOKEN_OK ||
        streamtoken_claims_flags_to_json(claims, &text[2], &length[2], NULL) != STREAMTOKEN_OK ||
        streamtoken_claims_other_to_json(claims, &text[3], &length[3], NULL) != STREAMTOKEN_OK ||
        streamtoken_claims_access_rules(claims, &rules, NULL) != STREAMTOKEN_OK) {
        fail(vector, "claims cannot be told");
    }
    json_t *whole = take_json(vector, text[0], length[0]);
    json_t *list = take_json(vector, text[1], length[1]);
    if (json_array_size(list) != streamtoken_access_rules_count(rules)) {
        fail(vector, "claims lose a rule");
    }
    json_t *has_nbf =
        streamtoken_claims_nbf(claims, &nbf) ? json_integer((json_int_t)nbf) : json_null();
    json_t *parts = json_pack(
        "{s:s, s:s, s:I, s:o, s:b, s:o, s:o, s:o}", "sub", streamtoken_claims_sub(claims, NULL),
        "kid", streamtoken_claims_kid(claims, NULL), "exp",
        (json_int_t)streamtoken_claims_exp(claims), "nbf", has_nbf, "downloadable",
        (int)streamtoken_claims_downloadable(claims), "accessRules", list, "flags",
        take_json(vector, text[2], length[2]), "other", take_json(vector, text[3], length[3]));
    same(vector, whole, parts, "claims as a whole and in parts");
    streamtoken_access_rules_free(rules);
    return json_pack("{s:o}", "claims", whole);
}

/* Frees the context. */
static json_t *verify(const Case *vector, const streamtoken_key_set *keys, VerifyContext said) {
    streamtoken_claims *claims;
    streamtoken_error *error;
    if (said.error != NULL) {
        return said.error;
    }
    Bytes token = input_text(vector, "token");
    int32_t status =
        streamtoken_key_set_verify(keys, token.start, token.length, said.value, &claims, &error);
    json_t *result =
        status == STREAMTOKEN_OK ? described(vector, claims) : refusal(vector, status, error);
    streamtoken_claims_free(claims);
    streamtoken_verify_context_free(said.value);
    return result;
}

static json_t *both_ways(const Case *vector, const streamtoken_key_set *keys) {
    VerifyContext said;
    json_t *result = NULL;
    if (verify_context_by_json(vector, &said)) {
        result = verify(vector, keys, said);
    }
    if (verify_context_by_setters(vector, &said)) {
        json_t *second = verify(vector, keys, said);
        if (result == NULL) {
            return second;
        }
        same(vector, result, second, "a context as JSON and with setters");
    }
    if (result == NULL) {
        fail(vector, "nothing can say this context");
    }
    return result;
}

/* `keys` is a JWK set as text; without it, the published example key. */
json_t *run_verify(const Case *vector) {
    static const char *const inputs[] = {"token", "keys", "context", NULL};
    streamtoken_key_set *keys;
    streamtoken_error *error;
    knows_only(vector, inputs);
    Bytes jwks = input_text(vector, "keys");
    int32_t status = jwks.start != NULL
                         ? streamtoken_key_set_load(jwks.start, jwks.length, NULL, 0, &keys, &error)
                         : streamtoken_key_set_from_signing_key(example_key(), &keys, &error);
    json_t *result =
        status == STREAMTOKEN_OK ? both_ways(vector, keys) : refusal(vector, status, error);
    streamtoken_key_set_free(keys);
    return result;
}

json_t *run_inspect(const Case *vector) {
    static const char *const inputs[] = {"token", NULL};
    streamtoken_unverified *unverified;
    streamtoken_error *error;
    size_t header_length;
    size_t payload_length;
    knows_only(vector, inputs);
    Bytes token = input_text(vector, "token");
    int32_t status = streamtoken_inspect(token.start, token.length, &unverified, &error);
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    const char *header = streamtoken_unverified_header(unverified, &header_length);
    const char *payload = streamtoken_unverified_payload(unverified, &payload_length);
    json_t *result = json_pack("{s:o, s:o}", "header", parse(header, header_length), "payload",
                               parse(payload, payload_length));
    streamtoken_unverified_free(unverified);
    return result;
}
