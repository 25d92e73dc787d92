/* One golden vector (crates/streamtoken/vectors/README.md), and what the operations share. */

#ifndef CASE_H
#define CASE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "streamtoken.h"

/* A piece of text with its length: it may hold NUL. */
typedef struct {
    char *start;
    size_t length;
} Bytes;

typedef struct {
    const char *id;
    json_t *whole;
    json_t *input;
} Case;

/* What one operation gives: an object as `expect` has it. The caller of `run` owns it. NULL when C
 * cannot say the input, which the case's flag `value-level` must excuse. */
typedef json_t *Operation(const Case *vector);

Operation run_key_load, run_key_describe, run_public_key_load, run_key_set, run_key_export;
Operation run_rules_parse, run_rules_evaluate, run_rules_allow_only, run_rules_block;
Operation run_sign, run_batch_line, run_prepare;
Operation run_sign_in_turn, run_sign_lint, run_lint, run_simulate;
Operation run_verify, run_inspect, run_explain;
Operation run_playback_urls, run_embed, run_customer_code, run_rewrite;

/* Ends the program: the vectors or the library are not what this runner knows. */
_Noreturn void fail(const Case *vector, const char *why);

/* Fails on a member of the input that is not in the list, which ends with NULL. */
void knows_only(const Case *vector, const char *const *names);

/* The member of the input as text; NULL and 0 when it is absent. It lives as long as the case. */
Bytes input_text(const Case *vector, const char *name);

/* The content that the input describes: `base64` decoded, or the text `name`, `repeat` times. */
Bytes content(const Case *vector, const char *name);

/* How often the input says that a text is repeated: 1 when it does not say. */
size_t repetitions(const Case *vector);

/* Base64 and base64url, with or without padding. */
Bytes decode_base64(const Case *vector, Bytes text);

/* A JSON value as compact text, and back. */
Bytes dump(const json_t *value);
json_t *parse(const char *text, size_t length);

/* The number that `{"$float": "NaN"}` or a plain number stands for. */
bool is_float(const json_t *value);
double number(const json_t *value);

/* `{"error": ...}` of a failed call, after the error's functions were compared with each other.
 * Frees the error. */
json_t *refusal(const Case *vector, int32_t status, streamtoken_error *error);

/* A text of the library as a JSON string, or parsed as JSON. Both free the text. */
json_t *take_string(const Case *vector, char *text, size_t length);
json_t *take_json(const Case *vector, char *text, size_t length);

/* Ends the program when the error codes of `streamtoken_surface_json` are not those of the
 * functions. */
void check_surface(void);

/* The published example (example-key.json). */
const char *example(const char *member);
const streamtoken_signing_key *example_key(void);

/* Ends the program when the same input, said in two ways, gave two results. Frees `second`, which
 * is NULL when the second way cannot say the input. */
void same(const Case *vector, const json_t *first, json_t *second, const char *ways);

#endif
