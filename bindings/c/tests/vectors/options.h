/* Options and facts of a case, as JSON text and with setters. */

#ifndef OPTIONS_H
#define OPTIONS_H

#include "case.h"

/* What came of saying options: a builder, or the refusal that took its place. */
#define SAID(handle)                                                                               \
    struct {                                                                                       \
        handle *value;                                                                             \
        json_t *error;                                                                             \
    }

typedef SAID(streamtoken_sign_options) SignOptions;
typedef SAID(streamtoken_verify_context) VerifyContext;
typedef SAID(streamtoken_explain_context) ExplainContext;
typedef SAID(streamtoken_url_options) UrlOptions;

/* From the input's `options_text` or `options` as text, with the case's `now` where they give none;
 * false when JSON cannot say them. */
bool sign_options_by_json(const Case *vector, SignOptions *said);

/* The same with setters; false when there is no setter for a name or a type. */
bool sign_options_by_setters(const Case *vector, SignOptions *said);

bool verify_context_by_json(const Case *vector, VerifyContext *said);
bool verify_context_by_setters(const Case *vector, VerifyContext *said);
bool url_options_by_json(const Case *vector, UrlOptions *said);
bool url_options_by_setters(const Case *vector, UrlOptions *said);

/* Fails unless a setter did what it should. */
void done(const Case *vector, int32_t status);

/* Whether the value holds a number that JSON cannot say. */
bool has_float(const json_t *value);

/* The case's own `now`, when it has one and the input's member `name` gives none. */
const json_t *default_now(const Case *vector, const char *name);

#endif
