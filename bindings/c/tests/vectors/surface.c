/* The surface as data: its error codes are those that the functions answer for. */

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
    json_decref(whole);
}
