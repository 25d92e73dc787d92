/* What is probably not meant: `lint`, `sign_lint`; and what rules do to viewers: `simulate`. */

#include <stdlib.h>
#include <string.h>

#include "options.h"

/* The findings as JSON, after each function for a part was compared with it. Frees the findings. */
static json_t *told(const Case *vector, streamtoken_findings *findings) {
    char *json;
    size_t length;
    if (streamtoken_findings_to_json(findings, &json, &length, NULL) != STREAMTOKEN_OK) {
        fail(vector, "findings have no JSON");
    }
    json_t *whole = take_json(vector, json, length);
    json_t *parts = json_array();
    for (size_t i = 0; i < streamtoken_findings_count(findings); i++) {
        json_t *part =
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", streamtoken_findings_id(findings, i, NULL),
                      "level", streamtoken_findings_level(findings, i, NULL), "field",
                      streamtoken_findings_field(findings, i, NULL), "message",
                      streamtoken_findings_message(findings, i, NULL), "remedy",
                      streamtoken_findings_remedy(findings, i, NULL));
        json_array_append_new(parts, part);
    }
    same(vector, whole, parts, "findings as a whole and in parts");
    streamtoken_findings_free(findings);
    return whole;
}

/* Rules that parse are linted by their handle as well; NULL when they do not. */
static json_t *by_rules(const Case *vector, Bytes json) {
    streamtoken_access_rules *rules;
    streamtoken_findings *findings;
    if (streamtoken_access_rules_parse(json.start, json.length, &rules, NULL) != STREAMTOKEN_OK) {
        return NULL;
    }
    if (streamtoken_access_rules_lint(rules, &findings, NULL) != STREAMTOKEN_OK) {
        fail(vector, "rules cannot be linted");
    }
    streamtoken_access_rules_free(rules);
    return told(vector, findings);
}

/* Options that can be set are linted by their handle as well; NULL when they cannot. */
static json_t *by_options(const Case *vector) {
    SignOptions said;
    streamtoken_findings *findings;
    if (json_object_get(vector->input, "options") == NULL ||
        !sign_options_by_setters(vector, &said)) {
        return NULL;
    }
    if (streamtoken_sign_options_lint(said.value, &findings, NULL) != STREAMTOKEN_OK) {
        fail(vector, "options cannot be linted");
    }
    streamtoken_sign_options_free(said.value);
    return told(vector, findings);
}

/* Either `accessRules` or `options`. */
json_t *run_lint(const Case *vector) {
    static const char *const inputs[] = {"accessRules", "options", NULL};
    streamtoken_findings *findings;
    streamtoken_error *error;
    knows_only(vector, inputs);
    json_t *rules = json_object_get(vector->input, "accessRules");
    json_t *options = json_object_get(vector->input, "options");
    json_t *now = json_object_get(vector->whole, "now");
    if (json_object_size(vector->input) != 1 || now == NULL) {
        fail(vector, "one of two is linted, at a time");
    }
    Bytes json = dump(rules != NULL ? rules : options);
    int32_t status = streamtoken_lint_at(json.start, json.length, (uint64_t)json_integer_value(now),
                                         &findings, &error);
    if (status != STREAMTOKEN_OK) {
        free(json.start);
        return refusal(vector, status, error);
    }
    json_t *list = told(vector, findings);
    if (rules != NULL) {
        same(vector, list, by_rules(vector, json), "rules as JSON and as a handle");
    }
    same(vector, list, by_options(vector), "options as JSON and with setters");
    free(json.start);
    return json_pack("{s:o}", "findings", list);
}

/* The ids and fields of the warnings. Frees the findings. */
static json_t *warnings(const Case *vector, streamtoken_findings *findings) {
    json_t *whole = told(vector, findings);
    json_t *list = json_array();
    size_t i;
    json_t *finding;
    json_array_foreach(whole, i, finding) {
        json_t *one = json_pack("{s:O, s:O}", "id", json_object_get(finding, "id"), "field",
                                json_object_get(finding, "field"));
        json_array_append_new(list, one);
    }
    json_decref(whole);
    return json_pack("{s:o}", "warnings", list);
}

static json_t *sign(const Case *vector, Bytes level, const streamtoken_sign_options *options) {
    streamtoken_signer *signer;
    streamtoken_token *token;
    streamtoken_findings *findings;
    streamtoken_error *error;
    Bytes identifier = input_text(vector, "identifier");
    int32_t status =
        streamtoken_signer_new_with_lint(example_key(), level.start, level.length, &signer, &error);
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    if (level.start != NULL && strcmp(streamtoken_signer_lint_level(signer, NULL), level.start)) {
        fail(vector, "a signer forgets its lint level");
    }
    status = streamtoken_signer_sign(signer, identifier.start, identifier.length, options, &token,
                                     &error);
    streamtoken_signer_free(signer);
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    if (streamtoken_token_warnings(token, &findings, NULL) != STREAMTOKEN_OK) {
        fail(vector, "a token does not tell its warnings");
    }
    streamtoken_token_free(token);
    return warnings(vector, findings);
}

/* The same of a token that is signed elsewhere. */
static json_t *prepare(const Case *vector, Bytes level, const streamtoken_sign_options *options) {
    streamtoken_public_key *key;
    streamtoken_prepared *prepared;
    streamtoken_findings *findings;
    streamtoken_error *error;
    Bytes identifier = input_text(vector, "identifier");
    done(vector, streamtoken_signing_key_public_key(example_key(), &key, NULL));
    int32_t status =
        streamtoken_prepare_with_lint(key, identifier.start, identifier.length, options,
                                      level.start, level.length, &prepared, &error);
    streamtoken_public_key_free(key);
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    if (streamtoken_prepared_warnings(prepared, &findings, NULL) != STREAMTOKEN_OK) {
        fail(vector, "a prepared token does not tell its warnings");
    }
    streamtoken_prepared_free(prepared);
    return warnings(vector, findings);
}

/* Minting at the level `lint`, a text; the default without. */
json_t *run_sign_lint(const Case *vector) {
    static const char *const inputs[] = {"identifier", "options", "lint", NULL};
    const json_t *lint = json_object_get(vector->input, "lint");
    SignOptions said;
    knows_only(vector, inputs);
    if (lint != NULL && !json_is_string(lint)) {
        return NULL;
    }
    if (!sign_options_by_json(vector, &said)) {
        fail(vector, "nothing can say these options");
    }
    if (said.error != NULL) {
        return said.error;
    }
    Bytes level = input_text(vector, "lint");
    json_t *result = sign(vector, level, said.value);
    same(vector, result, prepare(vector, level, said.value),
         "warnings here and of what is prepared");
    streamtoken_sign_options_free(said.value);
    return result;
}

json_t *run_simulate(const Case *vector) {
    static const char *const inputs[] = {"accessRules", "viewers", NULL};
    streamtoken_access_rules *rules;
    streamtoken_error *error;
    char *results;
    size_t length;
    knows_only(vector, inputs);
    Bytes list = dump(json_object_get(vector->input, "accessRules"));
    int32_t status = streamtoken_access_rules_parse(list.start, list.length, &rules, &error);
    free(list.start);
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    Bytes viewers = dump(json_object_get(vector->input, "viewers"));
    status = streamtoken_simulate(rules, viewers.start, viewers.length, &results, &length, &error);
    free(viewers.start);
    streamtoken_access_rules_free(rules);
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    return json_pack("{s:o}", "results", take_json(vector, results, length));
}
