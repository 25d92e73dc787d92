/* Why a token is refused: `explain`. */

#include <stdlib.h>
#include <string.h>

#include "options.h"

static void set_now(const Case *vector, streamtoken_explain_context *context) {
    const json_t *now = default_now(vector, "context");
    if (now != NULL) {
        done(vector, streamtoken_explain_context_set_now(context, number(now), NULL));
    }
}

static bool context_by_json(const Case *vector, ExplainContext *said) {
    streamtoken_error *error;
    json_t *context = json_object_get(vector->input, "context");
    json_t *none = json_object();
    bool sayable = !has_float(context);
    if (sayable) {
        Bytes json = dump(context == NULL ? none : context);
        int32_t status =
            streamtoken_explain_context_from_json(json.start, json.length, &said->value, &error);
        free(json.start);
        said->error = status == STREAMTOKEN_OK ? NULL : refusal(vector, status, error);
        if (status == STREAMTOKEN_OK) {
            set_now(vector, said->value);
        }
    }
    json_decref(none);
    return sayable;
}

typedef int32_t SetNumber(streamtoken_explain_context *context, double seconds,
                          streamtoken_error **error);
typedef int32_t SetText(streamtoken_explain_context *context, const char *text, size_t length,
                        streamtoken_error **error);

static SetNumber *number_setter(const char *name) {
    return strcmp(name, "now") == 0        ? streamtoken_explain_context_set_now
           : strcmp(name, "leeway") == 0   ? streamtoken_explain_context_set_leeway
           : strcmp(name, "duration") == 0 ? streamtoken_explain_context_set_duration
                                           : NULL;
}

static SetText *text_setter(const char *name) {
    return strcmp(name, "identifier") == 0 ? streamtoken_explain_context_set_identifier
           : strcmp(name, "ip") == 0       ? streamtoken_explain_context_set_ip
           : strcmp(name, "country") == 0  ? streamtoken_explain_context_set_country
                                           : NULL;
}

static bool set(const Case *vector, streamtoken_explain_context *context, const char *name,
                const json_t *value) {
    SetNumber *set_number = number_setter(name);
    SetText *set_text = text_setter(name);
    if (set_number != NULL && (json_is_number(value) || is_float(value))) {
        done(vector, set_number(context, number(value), NULL));
        return true;
    }
    if (set_text != NULL && json_is_string(value)) {
        const char *text = json_string_value(value);
        done(vector, set_text(context, text, json_string_length(value), NULL));
        return true;
    }
    if (strcmp(name, "download") == 0 && json_is_boolean(value)) {
        bool download = json_is_true(value);
        done(vector, streamtoken_explain_context_set_download(context, download, NULL));
        return true;
    }
    return false;
}

static bool context_by_setters(const Case *vector, ExplainContext *said) {
    json_t *context = json_object_get(vector->input, "context");
    const char *name;
    json_t *value;
    if (context != NULL && !json_is_object(context)) {
        return false;
    }
    said->error = NULL;
    done(vector, streamtoken_explain_context_new(&said->value, NULL));
    json_object_foreach(context, name, value) {
        if (!set(vector, said->value, name, value)) {
            streamtoken_explain_context_free(said->value);
            return false;
        }
    }
    set_now(vector, said->value);
    return true;
}

static json_t *text_or_null(const char *text) {
    return text == NULL ? json_null() : json_string(text);
}

/* One check, from the functions for its parts. */
static json_t *check_at(const Case *vector, const streamtoken_report *report, size_t index) {
    size_t length;
    const char *id = streamtoken_report_check_id(report, index, &length);
    if (streamtoken_report_find(report, id, length) != index) {
        fail(vector, "a check is not found by its id");
    }
    int32_t code = streamtoken_report_check_code(report, index);
    const char *values = streamtoken_report_check_values(report, index, &length);
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:o}", "id", id, "status",
                     streamtoken_report_check_status(report, index, NULL), "verify",
                     streamtoken_report_check_verify(report, index, NULL), "platform",
                     streamtoken_report_check_platform(report, index, NULL), "code",
                     text_or_null(streamtoken_error_code_slug(code, NULL)), "values",
                     parse(values, length), "cause",
                     streamtoken_report_check_cause(report, index, NULL), "remedy",
                     text_or_null(streamtoken_report_check_remedy(report, index, NULL)));
}

/* The error of the report, as `refusal` gives one. */
static json_t *error_of(const Case *vector, const streamtoken_report *report) {
    const streamtoken_error *error = streamtoken_report_error(report);
    char *json;
    size_t length;
    if (error == NULL) {
        return json_null();
    }
    if (streamtoken_error_to_json(error, &json, &length, NULL) != STREAMTOKEN_OK) {
        fail(vector, "an error has no JSON");
    }
    return take_json(vector, json, length);
}

/* The report in parts, to be compared with the whole. `bytes` has no function: whoever asks has
 * them. */
static json_t *parts(const Case *vector, const streamtoken_report *report, size_t bytes) {
    json_t *checks = json_array();
    for (size_t i = 0; i < streamtoken_report_check_count(report); i++) {
        json_array_append_new(checks, check_at(vector, report, i));
    }
    return json_pack("{s:s, s:s, s:o, s:s, s:I, s:I, s:o}", "verify",
                     streamtoken_report_verify(report, NULL), "platform",
                     streamtoken_report_platform(report, NULL), "error", error_of(vector, report),
                     "kind", streamtoken_report_kind(report, NULL), "bytes", (json_int_t)bytes,
                     "read", (json_int_t)streamtoken_report_bytes_read(report), "checks", checks);
}

static bool has_status(const streamtoken_report *report, size_t index, const char *status) {
    return strcmp(streamtoken_report_check_status(report, index, NULL), status) == 0;
}

/* The text has a line for the verdicts and one for each finding; the findings are all that failed
 * and all that warn. */
static void check_findings(const Case *vector, const streamtoken_report *report) {
    char *text;
    size_t length;
    size_t wanted = 0;
    size_t found = 0;
    if (streamtoken_report_to_text(report, &text, &length, NULL) != STREAMTOKEN_OK ||
        strlen(text) != length) {
        fail(vector, "a report has no text");
    }
    for (size_t i = 0; i < streamtoken_report_check_count(report); i++) {
        wanted += has_status(report, i, "fail") || has_status(report, i, "warn") ? 1 : 0;
    }
    const char *line = text;
    for (size_t i; (i = streamtoken_report_finding(report, found)) != SIZE_MAX; found++) {
        line = strchr(line, '\n');
        if (line++ == NULL || strstr(line, streamtoken_report_check_id(report, i, NULL)) == NULL ||
            strstr(line, streamtoken_report_check_cause(report, i, NULL)) == NULL) {
            fail(vector, "a finding is not in the text");
        }
    }
    streamtoken_string_free(text);
    if (found != wanted) {
        fail(vector, "findings are left out");
    }
}

/* All checks when the case is about the whole, otherwise those that failed or warn. */
static json_t *described(const Case *vector, const streamtoken_report *report, size_t bytes) {
    char *json;
    size_t length;
    if (streamtoken_report_to_json(report, &json, &length, NULL) != STREAMTOKEN_OK) {
        fail(vector, "a report has no JSON");
    }
    json_t *whole = take_json(vector, json, length);
    same(vector, whole, parts(vector, report, bytes), "a report as a whole and in parts");
    check_findings(vector, report);
    json_t *checks = json_object_get(whole, "checks");
    bool all = json_is_true(json_object_get(vector->input, "whole"));
    for (size_t i = json_array_size(checks); i-- > 0;) {
        if (!all && !has_status(report, i, "fail") && !has_status(report, i, "warn")) {
            json_array_remove(checks, i);
        }
    }
    return json_pack("{s:o}", "report", whole);
}

/* Frees the context. */
static json_t *explain(const Case *vector, const streamtoken_key_set *keys, ExplainContext said) {
    streamtoken_report *report;
    streamtoken_error *error;
    if (said.error != NULL) {
        return said.error;
    }
    Bytes text = content(vector, "text");
    int32_t status =
        streamtoken_explain(text.start, text.length, keys, said.value, &report, &error);
    json_t *result = status == STREAMTOKEN_OK ? described(vector, report, text.length)
                                              : refusal(vector, status, error);
    free(text.start);
    streamtoken_report_free(report);
    streamtoken_explain_context_free(said.value);
    return result;
}

static json_t *both_ways(const Case *vector, const streamtoken_key_set *keys) {
    ExplainContext said;
    json_t *result = NULL;
    if (context_by_json(vector, &said)) {
        result = explain(vector, keys, said);
    }
    if (context_by_setters(vector, &said)) {
        json_t *second = explain(vector, keys, said);
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

/* `keys` is a JWK set as text, or null for none; without it, the published example key. */
json_t *run_explain(const Case *vector) {
    static const char *const inputs[] = {"text",    "base64", "repeat", "keys",
                                         "context", "whole",  NULL};
    const json_t *given = json_object_get(vector->input, "keys");
    streamtoken_key_set *keys = NULL;
    streamtoken_error *error = NULL;
    int32_t status = STREAMTOKEN_OK;
    knows_only(vector, inputs);
    if (given == NULL) {
        status = streamtoken_key_set_from_signing_key(example_key(), &keys, &error);
    } else if (!json_is_null(given)) {
        Bytes jwks = input_text(vector, "keys");
        status = streamtoken_key_set_from_jwks(jwks.start, jwks.length, &keys, &error);
    }
    json_t *result =
        status == STREAMTOKEN_OK ? both_ways(vector, keys) : refusal(vector, status, error);
    streamtoken_key_set_free(keys);
    return result;
}
