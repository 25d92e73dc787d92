/* Playback URLs, customer codes, rewriting and the embed. Without `token` a case uses the published
 * example token; without `customer_code` the code of Cloudflare's own demonstration videos. */

#include <stdlib.h>
#include <string.h>

#include "options.h"

static Bytes token_of(const Case *vector) {
    Bytes token = input_text(vector, "token");
    if (token.start == NULL) {
        token.start = (char *)example("token");
        token.length = strlen(token.start);
    }
    return token;
}

bool url_options_by_json(const Case *vector, UrlOptions *said) {
    streamtoken_error *error;
    json_t *options = json_object_get(vector->input, "options");
    json_t *none = json_object();
    if (has_float(options)) {
        json_decref(none);
        return false;
    }
    Bytes json = dump(options == NULL ? none : options);
    json_decref(none);
    int32_t status =
        streamtoken_url_options_from_json(json.start, json.length, &said->value, &error);
    free(json.start);
    said->error = status == STREAMTOKEN_OK ? NULL : refusal(vector, status, error);
    return true;
}

static void set(const Case *vector, UrlOptions *said, const char *row, const char *name,
                const json_t *value) {
    streamtoken_url_options *options = said->value;
    size_t row_length = strlen(row);
    size_t name_length = strlen(name);
    int32_t status;
    if (json_is_number(value) || is_float(value)) {
        status = streamtoken_url_options_set_number(options, row, row_length, name, name_length,
                                                    number(value), NULL);
    } else if (json_is_boolean(value)) {
        status = streamtoken_url_options_set_bool(options, row, row_length, name, name_length,
                                                  json_is_true(value), NULL);
    } else if (json_is_string(value)) {
        status = streamtoken_url_options_set_text(options, row, row_length, name, name_length,
                                                  json_string_value(value),
                                                  json_string_length(value), NULL);
    } else {
        Bytes json = dump(value);
        status = streamtoken_url_options_set_json(options, row, row_length, name, name_length,
                                                  json.start, json.length, NULL);
        free(json.start);
    }
    done(vector, status);
}

bool url_options_by_setters(const Case *vector, UrlOptions *said) {
    json_t *options = json_object_get(vector->input, "options");
    const char *row;
    const char *name;
    json_t *members;
    json_t *value;
    json_object_foreach(options, row, members) {
        if (!json_is_object(members) || json_object_size(members) == 0) {
            return false;
        }
    }
    if (options != NULL && !json_is_object(options)) {
        return false;
    }
    said->error = NULL;
    done(vector, streamtoken_url_options_new(&said->value, NULL));
    json_object_foreach(options, row, members) {
        json_object_foreach(members, name, value) { set(vector, said, row, name, value); }
    }
    return true;
}

/* The URLs as JSON, after each function for a row was compared with it. */
static json_t *rows(const Case *vector, const streamtoken_urls *urls) {
    char *text;
    size_t length;
    if (streamtoken_urls_to_json(urls, &text, &length, NULL) != STREAMTOKEN_OK) {
        fail(vector, "URLs have no JSON");
    }
    json_t *whole = take_json(vector, text, length);
    json_t *parts = json_object();
    for (size_t i = 0; i < streamtoken_urls_count(urls); i++) {
        size_t name_length;
        const char *name = streamtoken_urls_name(urls, i, &name_length);
        const char *url = streamtoken_urls_at(urls, i, &length);
        if (streamtoken_urls_get(urls, name, name_length, NULL) != url || strlen(url) != length) {
            fail(vector, "a row has two URLs");
        }
        json_object_set_new(parts, name, json_string(url));
    }
    same(vector, whole, parts, "URLs as a whole and by row");
    return whole;
}

static json_t *html(const Case *vector, const streamtoken_urls *urls) {
    char *text;
    size_t length;
    if (streamtoken_urls_embed(urls, &text, &length, NULL) != STREAMTOKEN_OK) {
        fail(vector, "URLs cannot be embedded");
    }
    return json_pack("{s:o}", "html", take_string(vector, text, length));
}

typedef json_t *Tell(const Case *vector, const streamtoken_urls *urls);

/* Frees the options. */
static json_t *build(const Case *vector, const streamtoken_customer_code *code, UrlOptions said,
                     Tell *tell) {
    streamtoken_urls *urls;
    streamtoken_error *error;
    if (said.error != NULL) {
        return said.error;
    }
    Bytes token = token_of(vector);
    int32_t status =
        streamtoken_playback_urls(token.start, token.length, code, said.value, &urls, &error);
    json_t *result = status == STREAMTOKEN_OK ? tell(vector, urls) : refusal(vector, status, error);
    streamtoken_urls_free(urls);
    streamtoken_url_options_free(said.value);
    return result;
}

static json_t *both_ways(const Case *vector, const streamtoken_customer_code *code, Tell *tell) {
    UrlOptions said;
    json_t *result = NULL;
    if (url_options_by_json(vector, &said)) {
        result = build(vector, code, said, tell);
    }
    if (url_options_by_setters(vector, &said)) {
        json_t *second = build(vector, code, said, tell);
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

static json_t *run(const Case *vector, Tell *tell) {
    static const char *const inputs[] = {"token", "customer_code", "options", NULL};
    streamtoken_customer_code *code;
    streamtoken_error *error;
    knows_only(vector, inputs);
    Bytes text = input_text(vector, "customer_code");
    if (text.start == NULL) {
        text.start = "f33zs165nr7gyfy4";
        text.length = strlen(text.start);
    }
    int32_t status = streamtoken_customer_code_parse(text.start, text.length, &code, &error);
    json_t *result =
        status == STREAMTOKEN_OK ? both_ways(vector, code, tell) : refusal(vector, status, error);
    streamtoken_customer_code_free(code);
    return result;
}

json_t *run_playback_urls(const Case *vector) { return run(vector, rows); }

json_t *run_embed(const Case *vector) { return run(vector, html); }

json_t *run_customer_code(const Case *vector) {
    static const char *const inputs[] = {"text", NULL};
    streamtoken_customer_code *code;
    streamtoken_error *error;
    knows_only(vector, inputs);
    Bytes text = input_text(vector, "text");
    int32_t status = streamtoken_customer_code_parse(text.start, text.length, &code, &error);
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    json_t *result =
        json_pack("{s:s, s:s}", "customer_code", streamtoken_customer_code_text(code, NULL), "host",
                  streamtoken_customer_code_host(code, NULL));
    streamtoken_customer_code_free(code);
    return result;
}

json_t *run_rewrite(const Case *vector) {
    static const char *const inputs[] = {"url", "token", NULL};
    char *rewritten;
    size_t length;
    streamtoken_error *error;
    knows_only(vector, inputs);
    Bytes url = input_text(vector, "url");
    Bytes token = token_of(vector);
    int32_t status = streamtoken_rewrite(url.start, url.length, token.start, token.length,
                                         &rewritten, &length, &error);
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    return json_pack("{s:o}", "url", take_string(vector, rewritten, length));
}
