/* The surface as data: its error codes are those that the functions answer for, its options of
 * requests those that have a setter. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"

static json_t *code_at(size_t index) {
    int32_t number = streamtoken_error_code_at(index);
    return json_pack("{s:i, s:s, s:s, s:s, s:i, s:i, s:b}", "number", (int)number, "code",
                     streamtoken_error_code_slug(number, NULL), "text",
                     streamtoken_error_code_text(number, NULL), "group",
                     streamtoken_error_code_group(number, NULL), "http_status",
                     (int)streamtoken_error_code_http_status(number), "exit_code",
                     (int)streamtoken_error_code_exit_code(number), "retryable",
                     (int)streamtoken_error_code_retryable(number));
}

/* A function of this name exists, or nothing here links. */
typedef struct {
    const char *name;
    void (*set)(void);
} Setter;

#define CLIENT_SETTER(option)                                                                      \
    { #option, (void (*)(void))streamtoken_client_options_set_##option }
#define CALL_SETTER(option)                                                                        \
    { #option, (void (*)(void))streamtoken_call_options_set_##option }

static const Setter client_setters[] = {
    CLIENT_SETTER(api_token),  CLIENT_SETTER(api_key),         CLIENT_SETTER(api_email),
    CLIENT_SETTER(account_id), CLIENT_SETTER(base_url),        CLIENT_SETTER(allow_http),
    CLIENT_SETTER(timeout),    CLIENT_SETTER(connect_timeout), CLIENT_SETTER(max_retries),
    CLIENT_SETTER(deadline),
};

static const Setter call_setters[] = {
    CALL_SETTER(account_id),  CALL_SETTER(timeout),  CALL_SETTER(connect_timeout),
    CALL_SETTER(max_retries), CALL_SETTER(deadline),
};

static json_t *names_of(const Setter *setters, size_t count) {
    json_t *names = json_array();
    for (size_t i = 0; i < count; i++) {
        if (setters[i].set != NULL) {
            json_array_append_new(names, json_string(setters[i].name));
        }
    }
    return names;
}

#define NAMES_OF(setters) names_of(setters, sizeof setters / sizeof *setters)

/* What a token is asked for with: the options of signing, the key of `..._set_key`, and those of a
 * call. */
static json_t *token_params(const json_t *whole) {
    json_t *names = json_copy(json_object_get(whole, "sign_options"));
    json_array_append_new(names, json_string("id"));
    json_array_append_new(names, json_string("pem"));
    json_array_extend(names, json_object_get(whole, "call_options"));
    return names;
}

static void check_setters(const Case *surface, const json_t *whole) {
    same(surface, json_object_get(whole, "client_options"), NAMES_OF(client_setters),
         "options of a client and their setters");
    same(surface, json_object_get(whole, "call_options"), NAMES_OF(call_setters),
         "options of a call and their setters");
    same(surface, json_object_get(whole, "token_params"), token_params(whole),
         "options of a token and their setters");
}

void check_surface(void) {
    const Case surface = {.id = "the surface"};
    char *text;
    size_t length;
    if (streamtoken_surface_json(&text, &length, NULL) != STREAMTOKEN_OK) {
        fail(&surface, "there is none");
    }
    json_t *whole = take_json(&surface, text, length);
    const char *version = json_string_value(json_object_get(whole, "version"));
    if (version == NULL || strcmp(version, STREAMTOKEN_VERSION) != 0) {
        fail(&surface, "it is of another version than the header");
    }
    json_t *codes = json_array();
    for (size_t i = 0; i < streamtoken_error_code_count(); i++) {
        json_array_append_new(codes, code_at(i));
    }
    same(&surface, json_object_get(whole, "errors"), codes, "codes as data and by function");
    check_setters(&surface, whole);
    json_decref(whole);
}
