#include "service.h"

#include <stdlib.h>

static json_t *plain;
static json_t *secure;

static json_t *introduction(const char *variable) {
    const char *line = getenv(variable);
    json_t *read = line == NULL ? NULL : json_loads(line, 0, NULL);
    if (read == NULL) {
        fprintf(stderr, "%s is not set: run this program by `cargo xtask test`\n", variable);
        exit(2);
    }
    return read;
}

static void forget_services(void) {
    json_decref(plain);
    json_decref(secure);
}

void meet_services(void) {
    plain = introduction("STREAMTOKEN_SERVICE");
    secure = introduction("STREAMTOKEN_SERVICE_TLS");
    atexit(forget_services);
}

const char *told(const char *member) { return json_string_value(json_object_get(plain, member)); }

const char *told_over_tls(const char *member) {
    return json_string_value(json_object_get(secure, member));
}

streamtoken_signing_key *service_key(void) {
    streamtoken_signing_key *key;
    char *json = json_dumps(json_object_get(plain, "signing_key"), 0);
    OK(streamtoken_signing_key_load(LENGTHY(json), NULL, 0, &key, NULL));
    free(json);
    return key;
}

streamtoken_client_options *options_for(const char *base_url, const char *token,
                                        const char *account) {
    streamtoken_client_options *options;
    OK(streamtoken_client_options_new(&options, NULL));
    OK(streamtoken_client_options_set_base_url(options, LENGTHY(base_url), NULL));
    OK(streamtoken_client_options_set_api_token(options, LENGTHY(token), NULL));
    OK(streamtoken_client_options_set_account_id(options, LENGTHY(account), NULL));
    return options;
}

streamtoken_client *client_of(streamtoken_client_options *options) {
    streamtoken_client *client;
    OK(streamtoken_client_new(options, &client, NULL));
    streamtoken_client_options_free(options);
    return client;
}

streamtoken_client *service_client(void) {
    return client_of(options_for(told("base_url"), told("api_token"), told("account_id")));
}

streamtoken_claims *claims_of(streamtoken_token *token, const streamtoken_signing_key *key) {
    streamtoken_key_set *keys;
    streamtoken_verify_context *context;
    streamtoken_claims *claims;
    size_t length;
    const char *text = streamtoken_token_text(token, &length);
    OK(streamtoken_key_set_from_signing_key(key, &keys, NULL));
    OK(streamtoken_verify_context_from_json(
        TEXT("{\"identifier\": \"" VIDEO "\", \"country\": \"GB\", \"leeway\": 2}"), &context,
        NULL));
    OK(streamtoken_key_set_verify(keys, text, length, context, &claims, NULL));
    streamtoken_verify_context_free(context);
    streamtoken_key_set_free(keys);
    streamtoken_token_free(token);
    return claims;
}

void refused(int32_t number, const char *field, streamtoken_error *error) {
    const char *found = streamtoken_error_field(error, NULL);
    if (streamtoken_error_number(error) != number ||
        (field == NULL ? found != NULL : found == NULL || strcmp(found, field) != 0)) {
        fprintf(stderr, "%d at %s, not %d at %s: %s\n", streamtoken_error_number(error),
                found == NULL ? "nothing" : found, number, field == NULL ? "nothing" : field,
                error == NULL ? "no error" : streamtoken_error_message(error, NULL));
        CHECK(false);
    }
    streamtoken_error_free(error);
}
