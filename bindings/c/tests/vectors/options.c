/* Options for minting. */

#include "options.h"

#include <stdlib.h>
#include <string.h>

void done(const Case *vector, int32_t status) {
    if (status != STREAMTOKEN_OK) {
        fail(vector, "a setter failed");
    }
}

bool has_float(const json_t *value) {
    const char *name;
    json_t *member;
    if (is_float(value)) {
        return true;
    }
    json_object_foreach((json_t *)value, name, member) {
        if (has_float(member)) {
            return true;
        }
    }
    return false;
}

const json_t *default_now(const Case *vector, const char *name) {
    const json_t *given = json_object_get(json_object_get(vector->input, name), "now");
    if (given != NULL && !json_is_null(given)) {
        return NULL;
    }
    return json_object_get(vector->whole, "now");
}

static void set_now(const Case *vector, streamtoken_sign_options *options) {
    const json_t *now = default_now(vector, "options");
    if (now != NULL) {
        done(vector, streamtoken_sign_options_set_now(options, number(now), NULL));
    }
}

bool sign_options_by_json(const Case *vector, SignOptions *said) {
    streamtoken_error *error;
    Bytes text = input_text(vector, "options_text");
    json_t *options = json_object_get(vector->input, "options");
    Bytes json = text;
    if (has_float(options)) {
        return false;
    }
    if (text.start == NULL) {
        json_t *none = json_object();
        json = dump(options == NULL ? none : options);
        json_decref(none);
    }
    int32_t status =
        streamtoken_sign_options_from_json(json.start, json.length, &said->value, &error);
    said->error = status == STREAMTOKEN_OK ? NULL : refusal(vector, status, error);
    if (status == STREAMTOKEN_OK) {
        set_now(vector, said->value);
    }
    if (text.start == NULL) {
        free(json.start);
    }
    return true;
}

typedef int32_t SetNumber(streamtoken_sign_options *options, double seconds,
                          streamtoken_error **error);

static SetNumber *number_setter(const char *name) {
    static const struct {
        const char *name;
        SetNumber *set;
    } setters[] = {
        {"exp", streamtoken_sign_options_set_exp},
        {"expires_in", streamtoken_sign_options_set_expires_in},
        {"nbf", streamtoken_sign_options_set_nbf},
        {"now", streamtoken_sign_options_set_now},
        {"reuse_window", streamtoken_sign_options_set_reuse_window},
    };
    for (size_t i = 0; i < sizeof setters / sizeof *setters; i++) {
        if (strcmp(setters[i].name, name) == 0) {
            return setters[i].set;
        }
    }
    return NULL;
}

/* Rules that parse go through their handle, others as text. A refusal is part of the case. */
static void set_rules(const Case *vector, SignOptions *said, const json_t *value) {
    streamtoken_access_rules *rules;
    Bytes json = dump(value);
    int32_t status = streamtoken_access_rules_parse(json.start, json.length, &rules, NULL);
    if (status == STREAMTOKEN_OK) {
        done(vector, streamtoken_sign_options_set_access_rules(said->value, rules, NULL));
    } else {
        done(vector, streamtoken_sign_options_set_access_rules_json(said->value, json.start,
                                                                    json.length, NULL));
    }
    streamtoken_access_rules_free(rules);
    free(json.start);
}

static void set_flags(const Case *vector, SignOptions *said, const json_t *value) {
    Bytes json = dump(value);
    done(vector, streamtoken_sign_options_set_flags(said->value, json.start, json.length, NULL));
    free(json.start);
}

static bool set_text(const Case *vector, SignOptions *said, const char *name, const json_t *value) {
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    if (strcmp(name, "expires_in") == 0) {
        done(vector, streamtoken_sign_options_set_expires_in_text(said->value, text, length, NULL));
        return true;
    }
    if (strcmp(name, "time_format") == 0) {
        done(vector, streamtoken_sign_options_set_time_format(said->value, text, length, NULL));
        return true;
    }
    return false;
}

static bool set(const Case *vector, SignOptions *said, const char *name, const json_t *value) {
    SetNumber *set_number = number_setter(name);
    if (set_number != NULL && (json_is_number(value) || is_float(value))) {
        done(vector, set_number(said->value, number(value), NULL));
        return true;
    }
    if (strcmp(name, "downloadable") == 0 && json_is_boolean(value)) {
        bool downloadable = json_is_true(value);
        done(vector, streamtoken_sign_options_set_downloadable(said->value, downloadable, NULL));
        return true;
    }
    if (strcmp(name, "accessRules") == 0) {
        set_rules(vector, said, value);
        return true;
    }
    if (strcmp(name, "flags") == 0) {
        set_flags(vector, said, value);
        return true;
    }
    return json_is_string(value) && set_text(vector, said, name, value);
}

bool sign_options_by_setters(const Case *vector, SignOptions *said) {
    json_t *options = json_object_get(vector->input, "options");
    const char *name;
    json_t *value;
    if (input_text(vector, "options_text").start != NULL ||
        (options != NULL && !json_is_object(options))) {
        return false;
    }
    said->error = NULL;
    done(vector, streamtoken_sign_options_new(&said->value, NULL));
    json_object_foreach(options, name, value) {
        if (!set(vector, said, name, value)) {
            streamtoken_sign_options_free(said->value);
            return false;
        }
    }
    set_now(vector, said->value);
    return true;
}
