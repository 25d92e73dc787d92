#include "case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fail(const Case *vector, const char *why) {
    fprintf(stderr, "%s: %s\n", vector->id, why);
    exit(1);
}

void knows_only(const Case *vector, const char *const *names) {
    const char *member;
    json_t *value;
    json_object_foreach(vector->input, member, value) {
        const char *const *name = names;
        while (*name != NULL && strcmp(*name, member) != 0) {
            name++;
        }
        if (*name == NULL) {
            fail(vector, member);
        }
    }
}

Bytes input_text(const Case *vector, const char *name) {
    const json_t *value = json_object_get(vector->input, name);
    Bytes text = {NULL, 0};
    if (value != NULL) {
        if (!json_is_string(value)) {
            fail(vector, "an input is a string");
        }
        text.start = (char *)json_string_value(value);
        text.length = json_string_length(value);
    }
    return text;
}

size_t repetitions(const Case *vector) {
    const json_t *repeat = json_object_get(vector->input, "repeat");
    return repeat == NULL ? 1 : (size_t)json_integer_value(repeat);
}

Bytes content(const Case *vector, const char *name) {
    Bytes base64 = input_text(vector, "base64");
    Bytes text = input_text(vector, name);
    size_t times = repetitions(vector);
    if (base64.start != NULL) {
        return decode_base64(vector, base64);
    }
    Bytes whole = {malloc(text.length * times + 1), text.length * times};
    for (size_t i = 0; i < times; i++) {
        memcpy(whole.start + i * text.length, text.start, text.length);
    }
    return whole;
}

static int base64_digit(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const char *found = c == '\0' ? NULL : strchr(digits, c);
    if (found != NULL) {
        return (int)(found - digits);
    }
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

Bytes decode_base64(const Case *vector, Bytes text) {
    Bytes out = {malloc(text.length + 1), 0};
    unsigned bits = 0;
    int held = 0;
    while (text.length > 0 && text.start[text.length - 1] == '=') {
        text.length--;
    }
    for (size_t i = 0; i < text.length; i++) {
        int digit = base64_digit(text.start[i]);
        if (digit < 0) {
            fail(vector, "an input is base64");
        }
        bits = (bits << 6 | (unsigned)digit) & 0xffffu;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out.start[out.length++] = (char)(bits >> held & 0xffu);
        }
    }
    return out;
}

Bytes dump(const json_t *value) {
    Bytes text = {json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY), 0};
    if (text.start == NULL) {
        fputs("a value cannot be written as JSON\n", stderr);
        exit(1);
    }
    text.length = strlen(text.start);
    return text;
}

json_t *parse(const char *text, size_t length) {
    json_error_t why;
    size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES;
    json_t *value = json_loadb(text, length, flags, &why);
    if (value == NULL) {
        fprintf(stderr, "not JSON (%s): %.200s\n", why.text, text);
        exit(1);
    }
    return value;
}

bool is_float(const json_t *value) {
    return json_is_object(value) && json_object_get(value, "$float") != NULL;
}

double number(const json_t *value) {
    const char *name = json_string_value(json_object_get(value, "$float"));
    if (name == NULL) {
        return json_number_value(value);
    }
    return strtod(name, NULL);
}

static void expect_text(const Case *vector, const json_t *object, const char *name,
                        const char *text, size_t length) {
    const json_t *member = json_object_get(object, name);
    bool equal = text == NULL ? member == NULL && length == 0
                              : json_is_string(member) && json_string_length(member) == length &&
                                    strcmp(json_string_value(member), text) == 0;
    if (!equal) {
        fail(vector, "an error and its JSON disagree");
    }
}

json_t *refusal(const Case *vector, int32_t status, streamtoken_error *error) {
    char *text;
    size_t length;
    if (error == NULL) {
        fail(vector, "a call failed without an error");
    }
    if (streamtoken_error_to_json(error, &text, &length, NULL) != STREAMTOKEN_OK) {
        fail(vector, "an error has no JSON");
    }
    json_t *object = take_json(vector, text, length);
    const char *slug = streamtoken_error_slug(error, &length);
    expect_text(vector, object, "code", slug, length);
    const char *field = streamtoken_error_field(error, &length);
    expect_text(vector, object, "field", field, length);
    const char *message = streamtoken_error_message(error, &length);
    expect_text(vector, object, "message", message, length);
    if (streamtoken_error_number(error) != status ||
        json_integer_value(json_object_get(object, "number")) != status ||
        strcmp(slug, streamtoken_error_code_slug(status, NULL)) != 0) {
        fail(vector, "an error and its status disagree");
    }
    streamtoken_error_free(error);
    return json_pack("{s:o}", "error", object);
}

json_t *take_string(const Case *vector, char *text, size_t length) {
    if (strlen(text) != length) {
        fail(vector, "a text and its length disagree");
    }
    json_t *value = json_stringn(text, length);
    streamtoken_string_free(text);
    return value;
}

json_t *take_json(const Case *vector, char *text, size_t length) {
    if (strlen(text) != length) {
        fail(vector, "a text and its length disagree");
    }
    json_t *value = parse(text, length);
    streamtoken_string_free(text);
    return value;
}

void same(const Case *vector, const json_t *first, json_t *second, const char *ways) {
    if (second != NULL && !json_equal(first, second)) {
        json_dumpf(first, stderr, JSON_COMPACT | JSON_ENCODE_ANY);
        fputs("\n", stderr);
        json_dumpf(second, stderr, JSON_COMPACT | JSON_ENCODE_ANY);
        fputs("\n", stderr);
        fail(vector, ways);
    }
    json_decref(second);
}
