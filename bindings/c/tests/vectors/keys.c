/* Keys: loading, describing, exporting, and sets of them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"

static const char *const KEY_INPUTS[] = {"text", "base64", "repeat", "id", NULL};

static json_t *jwk_of(const Case *vector, const streamtoken_public_key *key) {
    char *jwk;
    size_t length;
    if (streamtoken_public_key_to_jwk(key, &jwk, &length, NULL) != STREAMTOKEN_OK) {
        fail(vector, "a key has no JWK");
    }
    return take_json(vector, jwk, length);
}

static json_t *describe(const Case *vector, Bytes text, Bytes id) {
    char *json;
    size_t length;
    streamtoken_error *error;
    int32_t status = streamtoken_describe_key(text.start, text.length, id.start, id.length, &json,
                                              &length, &error);
    return status == STREAMTOKEN_OK ? take_json(vector, json, length)
                                    : refusal(vector, status, error);
}

static json_t *loaded(const Case *vector, const streamtoken_signing_key *key, Bytes text) {
    streamtoken_public_key *half;
    Bytes id = {(char *)streamtoken_signing_key_id(key, &id.length), 0};
    id.length = strlen(id.start);
    if (streamtoken_signing_key_public_key(key, &half, NULL) != STREAMTOKEN_OK) {
        fail(vector, "a key has no public half");
    }
    json_t *info = describe(vector, text, id);
    json_t *result = json_pack("{s:s, s:i, s:O, s:o}", "id", id.start, "bits",
                               (int)streamtoken_signing_key_bits(key), "form",
                               json_object_get(info, "form"), "jwk", jwk_of(vector, half));
    json_decref(info);
    streamtoken_public_key_free(half);
    return result;
}

json_t *run_key_load(const Case *vector) {
    streamtoken_signing_key *key;
    streamtoken_error *error;
    knows_only(vector, KEY_INPUTS);
    Bytes text = content(vector, "text");
    Bytes id = input_text(vector, "id");
    int32_t status =
        streamtoken_signing_key_load(text.start, text.length, id.start, id.length, &key, &error);
    json_t *result =
        status == STREAMTOKEN_OK ? loaded(vector, key, text) : refusal(vector, status, error);
    streamtoken_signing_key_free(key);
    free(text.start);
    return result;
}

json_t *run_key_describe(const Case *vector) {
    knows_only(vector, KEY_INPUTS);
    Bytes text = content(vector, "text");
    json_t *result = describe(vector, text, input_text(vector, "id"));
    free(text.start);
    return result;
}

static json_t *described_public(const Case *vector, const streamtoken_public_key *key) {
    char *pem;
    char *thumbprint;
    size_t pem_length;
    size_t thumbprint_length;
    if (streamtoken_public_key_to_pem(key, &pem, &pem_length, NULL) != STREAMTOKEN_OK ||
        streamtoken_public_key_thumbprint(key, &thumbprint, &thumbprint_length, NULL) !=
            STREAMTOKEN_OK) {
        fail(vector, "a public key cannot be written");
    }
    return json_pack("{s:s, s:i, s:o, s:o, s:o}", "id", streamtoken_public_key_id(key, NULL),
                     "bits", (int)streamtoken_public_key_bits(key), "thumbprint",
                     take_string(vector, thumbprint, thumbprint_length), "pem",
                     take_string(vector, pem, pem_length), "jwk", jwk_of(vector, key));
}

json_t *run_public_key_load(const Case *vector) {
    streamtoken_public_key *key;
    streamtoken_error *error;
    knows_only(vector, KEY_INPUTS);
    Bytes text = content(vector, "text");
    Bytes id = input_text(vector, "id");
    int32_t status =
        streamtoken_public_key_load(text.start, text.length, id.start, id.length, &key, &error);
    json_t *result =
        status == STREAMTOKEN_OK ? described_public(vector, key) : refusal(vector, status, error);
    streamtoken_public_key_free(key);
    free(text.start);
    return result;
}

/* `jwks` as it is, or as many copies of `member` as `repeat` says, `{n}` in each replaced by its
 * number. */
static Bytes key_set_text(const Case *vector) {
    Bytes jwks = input_text(vector, "jwks");
    Bytes member = input_text(vector, "member");
    size_t times = repetitions(vector);
    Bytes out = {malloc(jwks.length + (member.length + 24) * times + 16), 0};
    if (member.start == NULL) {
        out.length = jwks.length;
        memcpy(out.start, jwks.start, jwks.length);
        return out;
    }
    out.length = (size_t)sprintf(out.start, "{\"keys\":[");
    for (size_t n = 0; n < times; n++) {
        const char *rest = member.start;
        out.length += (size_t)sprintf(out.start + out.length, "%s", n == 0 ? "" : ",");
        for (const char *place; (place = strstr(rest, "{n}")) != NULL; rest = place + 3) {
            out.length +=
                (size_t)sprintf(out.start + out.length, "%.*s%zu", (int)(place - rest), rest, n);
        }
        out.length += (size_t)sprintf(out.start + out.length, "%s", rest);
    }
    out.length += (size_t)sprintf(out.start + out.length, "]}");
    return out;
}

/* The ids in their order, each of which finds its key; the set made of these keys is the same. */
static json_t *ids_of(const Case *vector, const streamtoken_key_set *set) {
    size_t count = streamtoken_key_set_count(set);
    json_t *ids = json_array();
    streamtoken_public_key **keys = calloc(count, sizeof *keys);
    streamtoken_key_set *again;
    for (size_t i = 0; i < count; i++) {
        size_t length;
        const char *id = streamtoken_key_set_id(set, i, &length);
        if (streamtoken_key_set_get(set, id, length, &keys[i], NULL) != STREAMTOKEN_OK ||
            strcmp(streamtoken_public_key_id(keys[i], NULL), id) != 0) {
            fail(vector, "an id of the set has no key");
        }
        json_array_append_new(ids, json_string(id));
    }
    if (streamtoken_key_set_new((const streamtoken_public_key *const *)keys, count, &again, NULL) !=
            STREAMTOKEN_OK ||
        streamtoken_key_set_count(again) != count) {
        fail(vector, "the keys of a set make no set");
    }
    for (size_t i = 0; i < count; i++) {
        streamtoken_public_key_free(keys[i]);
    }
    free(keys);
    streamtoken_key_set_free(again);
    return ids;
}

static json_t *described_set(const Case *vector, const streamtoken_key_set *set) {
    char *json;
    size_t length;
    if (streamtoken_key_set_to_jwks(set, &json, &length, NULL) != STREAMTOKEN_OK) {
        fail(vector, "a set has no JSON");
    }
    return json_pack("{s:o, s:o}", "ids", ids_of(vector, set), "jwks",
                     take_json(vector, json, length));
}

json_t *run_key_set(const Case *vector) {
    static const char *const inputs[] = {"jwks", "member", "repeat", NULL};
    streamtoken_key_set *set;
    streamtoken_error *error;
    knows_only(vector, inputs);
    Bytes text = key_set_text(vector);
    int32_t status = streamtoken_key_set_from_jwks(text.start, text.length, &set, &error);
    json_t *result =
        status == STREAMTOKEN_OK ? described_set(vector, set) : refusal(vector, status, error);
    streamtoken_key_set_free(set);
    free(text.start);
    return result;
}

typedef int32_t Export(const streamtoken_signing_key *key, char **text, size_t *length,
                       streamtoken_error **error);

static Export *export_of(const Case *vector, const char *form) {
    static const struct {
        const char *form;
        Export *function;
    } exports[] = {
        {"pkcs1_pem", streamtoken_signing_key_to_pkcs1_pem},
        {"pkcs8_pem", streamtoken_signing_key_to_pkcs8_pem},
        {"jwk", streamtoken_signing_key_to_jwk},
        {"pem_base64", streamtoken_signing_key_to_pem_base64},
        {"jwk_base64", streamtoken_signing_key_to_jwk_base64},
    };
    for (size_t i = 0; i < sizeof exports / sizeof *exports; i++) {
        if (strcmp(exports[i].form, form) == 0) {
            return exports[i].function;
        }
    }
    fail(vector, "no such form");
}

/* An export loads again as the same key. */
static void loads_again(const Case *vector, const char *text, size_t length) {
    const char *id = example("key_id");
    streamtoken_signing_key *key;
    streamtoken_public_key *half;
    streamtoken_public_key *expected;
    if (streamtoken_signing_key_load(text, length, id, strlen(id), &key, NULL) != STREAMTOKEN_OK ||
        streamtoken_signing_key_public_key(key, &half, NULL) != STREAMTOKEN_OK ||
        streamtoken_signing_key_public_key(example_key(), &expected, NULL) != STREAMTOKEN_OK ||
        !streamtoken_public_key_equals(half, expected)) {
        fail(vector, "an export loads as another key");
    }
    streamtoken_signing_key_free(key);
    streamtoken_public_key_free(half);
    streamtoken_public_key_free(expected);
}

json_t *run_key_export(const Case *vector) {
    static const char *const inputs[] = {"form", NULL};
    char *text;
    size_t length;
    knows_only(vector, inputs);
    Export *export = export_of(vector, input_text(vector, "form").start);
    if (export(example_key(), &text, &length, NULL) != STREAMTOKEN_OK) {
        fail(vector, "the key cannot be exported");
    }
    loads_again(vector, text, length);
    return json_pack("{s:o}", "text", take_string(vector, text, length));
}
