/* What a C program can get wrong at the boundary: NULL, lengths, encodings, order of freeing. */

#include <stdlib.h>

#include "check.h"
#include "slots.h"

/* A length that nobody has: what a program passes that subtracts one from nothing. */
#define HUGE_LENGTH SIZE_MAX

static void null_goes_in_everywhere(void) {
#define STATUS(expected, function, ...)                                                            \
    poison_slots();                                                                                \
    {                                                                                              \
        int32_t status = function(__VA_ARGS__);                                                    \
        if (status != (expected)) {                                                                \
            fprintf(stderr, "%s: %d, not %s\n", #function, status, #expected);                     \
            CHECK(false);                                                                          \
        }                                                                                          \
        if (status != STREAMTOKEN_OK) {                                                            \
            check_slots_after_failure(#function, status);                                          \
        }                                                                                          \
    }                                                                                              \
    free_slots();
#define ANSWER(value, function, ...)                                                               \
    slots.length = SIZE_MAX;                                                                       \
    CHECK(function(__VA_ARGS__) == (value) && (slots.length == 0 || slots.length == SIZE_MAX));
#define FREE(function, argument) function(argument);
#include "every_function.h"
#undef STATUS
#undef ANSWER
#undef FREE
}

static void out_parameters_may_not_be_null_but_lengths_and_errors_may(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_error *error;
    char *text;
    CHECK(streamtoken_signer_new(key, NULL, &error) == STREAMTOKEN_POINTER_NULL);
    CHECK(strstr(streamtoken_error_message(error, NULL), "signer is NULL") != NULL);
    streamtoken_error_free(error);
    CHECK(streamtoken_signer_new(key, NULL, NULL) == STREAMTOKEN_POINTER_NULL);
    CHECK(streamtoken_signing_key_to_jwk(key, NULL, NULL, NULL) == STREAMTOKEN_POINTER_NULL);
    OK(streamtoken_signing_key_to_jwk(key, &text, NULL, NULL));
    CHECK(text[0] == '{');
    streamtoken_string_free(text);
    CHECK(strcmp(streamtoken_signing_key_id(key, NULL), KEY_ID) == 0);
    streamtoken_signing_key_free(key);
}

static void null_with_a_length_is_refused(void) {
    streamtoken_signing_key *key;
    streamtoken_error *error;
    CHECK(streamtoken_signing_key_load(NULL, 5, NULL, 0, &key, &error) == STREAMTOKEN_POINTER_NULL);
    CHECK(strstr(streamtoken_error_message(error, NULL), "text is NULL") != NULL);
    CHECK(key == NULL);
    streamtoken_error_free(error);
    /* An optional text too: whoever gives a length believes that there is one. */
    const char *text = example_key_text;
    CHECK(streamtoken_signing_key_load(text, strlen(text), NULL, 5, &key, NULL) ==
          STREAMTOKEN_POINTER_NULL);
    CHECK(streamtoken_key_set_new(NULL, 1, &slots.key_set, NULL) == STREAMTOKEN_POINTER_NULL);
    const streamtoken_public_key *keys[] = {NULL};
    CHECK(streamtoken_key_set_new(keys, 1, &slots.key_set, NULL) == STREAMTOKEN_POINTER_NULL);
}

/* The pointers have a byte or none behind them: reading as far as the length says would crash. */
static void huge_lengths_are_refused_before_anything_is_read(void) {
    static const size_t lengths[] = {STREAMTOKEN_MAX_LENGTH + 1, SIZE_MAX / 2, SIZE_MAX / 2 + 1,
                                     HUGE_LENGTH};
    streamtoken_signing_key *key = example_key();
    streamtoken_signer *signer;
    streamtoken_sign_options *options;
    OK(streamtoken_signer_new(key, &signer, NULL));
    OK(streamtoken_sign_options_new(&options, NULL));
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t huge = lengths[i];
        const char *text = malloc(1);
        const int32_t refused[] = {
            streamtoken_signing_key_load(text, huge, NULL, 0, &slots.signing_key, NULL),
            streamtoken_signing_key_load("", 0, text, huge, &slots.signing_key, NULL),
            streamtoken_signing_key_load(NULL, huge, NULL, 0, &slots.signing_key, NULL),
            streamtoken_key_set_from_jwks(text, huge, &slots.key_set, NULL),
            streamtoken_key_set_new(NULL, huge, &slots.key_set, NULL),
            streamtoken_signer_sign(signer, text, huge, NULL, &slots.token, NULL),
            streamtoken_signer_sign_many(signer, NULL, 1, text, huge, &slots.string, NULL, NULL),
            streamtoken_sign_options_from_json(text, huge, &slots.sign_options, NULL),
            streamtoken_sign_options_set_time_format(options, text, huge, NULL),
            streamtoken_inspect(text, huge, &slots.unverified, NULL),
            streamtoken_access_rules_parse(text, huge, &slots.access_rules, NULL),
            streamtoken_rewrite(text, huge, text, huge, &slots.string, NULL, NULL),
        };
        for (size_t n = 0; n < sizeof refused / sizeof *refused; n++) {
            CHECK(refused[n] == STREAMTOKEN_LENGTH_TOO_LARGE);
        }
        free((char *)text);
    }
    streamtoken_sign_options_free(options);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
}

static void what_is_not_utf8_is_refused_by_name(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_signer *signer;
    streamtoken_error *error;
    OK(streamtoken_signer_new(key, &signer, NULL));
    CHECK(streamtoken_signer_sign(signer, TEXT("\xff\xfe"), NULL, &slots.token, &error) ==
          STREAMTOKEN_TEXT_NOT_UTF8);
    CHECK(strcmp(streamtoken_error_field(error, NULL), "/identifier") == 0);
    CHECK(slots.token == NULL);
    streamtoken_error_free(error);
    CHECK(streamtoken_customer_code_parse(TEXT("\xc3\x28"), &slots.customer_code, NULL) ==
          STREAMTOKEN_TEXT_NOT_UTF8);
    CHECK(streamtoken_sign_options_from_json(TEXT("{\"\xed\xa0\x80\":1}"), &slots.sign_options,
                                             NULL) == STREAMTOKEN_TEXT_NOT_UTF8);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
}

/* The length counts, not the NUL: a text that looks well-formed to strlen is refused as a whole. */
static void a_nul_in_between_ends_no_text(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_signer *signer;
    streamtoken_key_set *keys;
    streamtoken_token *token;
    streamtoken_verify_context *context;
    size_t length;
    OK(streamtoken_signer_new(key, &signer, NULL));
    CHECK(streamtoken_signer_sign(signer, TEXT("video\0admin"), NULL, &slots.token, NULL) ==
          STREAMTOKEN_IDENTIFIER_INVALID);
    CHECK(streamtoken_signing_key_load(example_key_text, strlen(example_key_text), TEXT("id\0"),
                                       &slots.signing_key, NULL) == STREAMTOKEN_KEY_ID_INVALID);
    OK(streamtoken_key_set_from_signing_key(key, &keys, NULL));
    OK(streamtoken_signer_sign(signer, TEXT(VIDEO), NULL, &token, NULL));
    const char *text = streamtoken_token_text(token, &length);
    OK(streamtoken_verify_context_new(&context, NULL));
    OK(streamtoken_verify_context_set_country(context, TEXT("GB\0"), NULL));
    CHECK(streamtoken_key_set_verify(keys, text, length, context, &slots.claims, NULL) ==
          STREAMTOKEN_VIEWER_COUNTRY_INVALID);
    CHECK(slots.claims == NULL);
    CHECK(streamtoken_sign_options_from_json(TEXT("{}\0"), &slots.sign_options, NULL) ==
          STREAMTOKEN_JSON_INVALID);
    CHECK(streamtoken_inspect(TEXT("a.b.c\0"), &slots.unverified, NULL) ==
          STREAMTOKEN_TOKEN_BASE64);
    streamtoken_verify_context_free(context);
    streamtoken_token_free(token);
    streamtoken_key_set_free(keys);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
}

/* A payload may hold NUL, inside JSON: its text is escaped, and strlen sees all of it. */
static void a_text_that_leaves_holds_no_nul(void) {
    streamtoken_unverified *unverified;
    size_t length;
    /* {"alg":"RS256"} and {"sub":"a\u0000b"} */
    OK(streamtoken_inspect(TEXT("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhXHUwMDAwYiJ9.AAAA"), &unverified,
                           NULL));
    const char *payload = streamtoken_unverified_payload(unverified, &length);
    CHECK(strcmp(payload, "{\"sub\":\"a\\u0000b\"}") == 0 && strlen(payload) == length);
    streamtoken_unverified_free(unverified);
}

static void texts_need_no_nul_at_their_end(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_signer *signer;
    streamtoken_token *token;
    char *identifier = malloc(3);
    memcpy(identifier, "abc", 3);
    OK(streamtoken_signer_new(key, &signer, NULL));
    OK(streamtoken_signer_sign(signer, identifier, 3, NULL, &token, NULL));
    free(identifier);
    CHECK(strcmp(streamtoken_token_identifier(token, NULL), "abc") == 0);
    streamtoken_token_free(token);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
}

/* Each handle lives on when what it was made of is gone. */
static void handles_are_freed_in_any_order(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_signing_key *again;
    streamtoken_public_key *half;
    streamtoken_key_set *keys;
    streamtoken_signer *signer;
    streamtoken_prepared *prepared;
    streamtoken_token *token;
    streamtoken_claims *claims;
    streamtoken_access_rules *rules;
    size_t length;
    OK(streamtoken_signing_key_public_key(key, &half, NULL));
    OK(streamtoken_signer_new(key, &signer, NULL));
    streamtoken_signing_key_free(key);
    OK(streamtoken_signer_key(signer, &again, NULL));
    OK(streamtoken_prepare(half, TEXT(VIDEO), NULL, &prepared, NULL));
    const streamtoken_public_key *one[] = {half};
    OK(streamtoken_key_set_new(one, 1, &keys, NULL));
    streamtoken_public_key_free(half);
    CHECK(strchr(streamtoken_prepared_signing_input(prepared, &length), '.') != NULL);
    streamtoken_prepared_free(prepared);
    OK(streamtoken_signer_sign(signer, TEXT(VIDEO), NULL, &token, NULL));
    streamtoken_signer_free(signer);
    const char *text = streamtoken_token_text(token, &length);
    OK(streamtoken_key_set_verify(keys, text, length, NULL, &claims, NULL));
    streamtoken_token_free(token);
    streamtoken_key_set_free(keys);
    CHECK(strcmp(streamtoken_claims_sub(claims, NULL), VIDEO) == 0);
    OK(streamtoken_claims_access_rules(claims, &rules, NULL));
    streamtoken_claims_free(claims);
    CHECK(streamtoken_access_rules_count(rules) == 0);
    streamtoken_access_rules_free(rules);
    CHECK(strcmp(streamtoken_signing_key_id(again, NULL), KEY_ID) == 0);
    streamtoken_signing_key_free(again);
}

static void an_option_set_again_is_replaced(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_signer *signer;
    streamtoken_sign_options *options;
    streamtoken_token *token;
    OK(streamtoken_signer_new(key, &signer, NULL));
    OK(streamtoken_sign_options_from_json(TEXT("{\"now\": 1000, \"expires_in\": \"1h\"}"), &options,
                                          NULL));
    OK(streamtoken_sign_options_set_expires_in(options, -1, NULL));
    CHECK(streamtoken_signer_sign(signer, TEXT(VIDEO), options, &token, NULL) ==
          STREAMTOKEN_TIME_NEGATIVE);
    OK(streamtoken_sign_options_set_expires_in_text(options, TEXT("2m"), NULL));
    OK(streamtoken_signer_sign(signer, TEXT(VIDEO), options, &token, NULL));
    CHECK(streamtoken_token_exp(token) == 1120);
    streamtoken_token_free(token);
    streamtoken_sign_options_free(options);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
}

static void many_lines_are_answered_in_order_and_counted(void) {
    static const char lines[] = "{\"identifier\":\"a\"}\r\n\n{\"identifier\":\"b\"}";
    streamtoken_signing_key *key = example_key();
    streamtoken_signer *signer;
    char *answers;
    size_t length;
    OK(streamtoken_signer_new(key, &signer, NULL));
    OK(streamtoken_signer_sign_many(signer, NULL, 41, TEXT(lines), &answers, &length, NULL));
    CHECK(strncmp(answers, "{\"line\":41,\"token\":", 19) == 0);
    CHECK(strstr(answers, "\n{\"line\":42,\"error\":{\"code\":\"line_blank\",\"number\":171,") !=
          NULL);
    CHECK(strstr(answers, "\n{\"line\":43,\"token\":") != NULL);
    CHECK(strlen(answers) == length && answers[length - 1] == '\n');
    streamtoken_string_free(answers);
    OK(streamtoken_signer_sign_many(signer, NULL, 1, NULL, 0, &answers, &length, NULL));
    CHECK(answers != NULL && length == 0);
    streamtoken_string_free(answers);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
}

/* More than are answered at a time. */
static void ten_thousand_lines_are_counted_as_well(void) {
    static char lines[10000];
    streamtoken_signing_key *key = example_key();
    streamtoken_signer *signer;
    char *answers;
    size_t length;
    unsigned long counted = 0;
    memset(lines, '\n', sizeof lines);
    OK(streamtoken_signer_new(key, &signer, NULL));
    OK(streamtoken_signer_sign_many(signer, NULL, 1, lines, sizeof lines, &answers, &length, NULL));
    for (const char *answer = answers; *answer != '\0'; answer = strchr(answer, '\n') + 1) {
        counted++;
        CHECK(strncmp(answer, "{\"line\":", 8) == 0 && strtoul(answer + 8, NULL, 10) == counted);
    }
    CHECK(counted == sizeof lines && strlen(answers) == length);
    streamtoken_string_free(answers);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
}

static void what_is_not_there_is_null_and_no_error(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_key_set *keys;
    streamtoken_public_key *found;
    streamtoken_customer_code *code;
    size_t length = 7;
    OK(streamtoken_key_set_from_signing_key(key, &keys, NULL));
    OK(streamtoken_key_set_get(keys, TEXT("another"), &found, NULL));
    CHECK(found == NULL);
    CHECK(streamtoken_key_set_id(keys, 1, &length) == NULL && length == 0);
    OK(streamtoken_key_set_get(keys, TEXT(KEY_ID), &found, NULL));
    CHECK(found != NULL);
    streamtoken_public_key_free(found);
    unsetenv("CLOUDFLARE_STREAM_CUSTOMER_CODE");
    OK(streamtoken_customer_code_from_env(&code, NULL));
    CHECK(code == NULL);
    streamtoken_key_set_free(keys);
    streamtoken_signing_key_free(key);
}

static void the_environment_names_a_key_and_a_code(void) {
    streamtoken_signing_key *key;
    streamtoken_customer_code *code;
    setenv("CLOUDFLARE_STREAM_KEY", example_key_text, 1);
    setenv("CLOUDFLARE_STREAM_KEY_ID", KEY_ID, 1);
    setenv("CLOUDFLARE_STREAM_CUSTOMER_CODE", " F33ZS165NR7GYFY4 ", 1);
    OK(streamtoken_signing_key_from_env(&key, NULL));
    CHECK(streamtoken_signing_key_bits(key) == 2048);
    OK(streamtoken_customer_code_from_env(&code, NULL));
    CHECK(strcmp(streamtoken_customer_code_text(code, NULL), "f33zs165nr7gyfy4") == 0);
    streamtoken_customer_code_free(code);
    streamtoken_signing_key_free(key);
    unsetenv("CLOUDFLARE_STREAM_KEY");
    unsetenv("CLOUDFLARE_STREAM_KEY_ID");
    unsetenv("CLOUDFLARE_STREAM_CUSTOMER_CODE");
}

static void codes_answer_for_themselves(void) {
    size_t count = streamtoken_error_code_count();
    int32_t before = 0;
    CHECK(count > 100);
    for (size_t i = 0; i < count; i++) {
        int32_t number = streamtoken_error_code_at(i);
        size_t length;
        CHECK(number > before);
        before = number;
        CHECK(strlen(streamtoken_error_code_slug(number, &length)) == length && length > 0);
        CHECK(strlen(streamtoken_error_code_text(number, &length)) == length && length > 0);
        CHECK(strlen(streamtoken_error_code_group(number, &length)) == length && length > 0);
        CHECK(streamtoken_error_code_http_status(number) >= 400);
        CHECK(streamtoken_error_code_exit_code(number) > 0);
    }
    CHECK(streamtoken_error_code_at(count) == 0);
    CHECK(strcmp(streamtoken_error_code_slug(STREAMTOKEN_TOKEN_EXPIRED, NULL), "token_expired") ==
          0);
    CHECK(streamtoken_error_code_retryable(STREAMTOKEN_TOKEN_NOT_YET_VALID));
    CHECK(!streamtoken_error_code_retryable(STREAMTOKEN_TOKEN_EXPIRED));
    CHECK(streamtoken_error_code_slug(-1, NULL) == NULL);
}

/* In include_twice.c. */
const char *version_seen_elsewhere(void);

static void header_and_library_are_of_one_version(void) {
    char numbers[64];
    CHECK(version_seen_elsewhere() == streamtoken_version());
    CHECK(strcmp(streamtoken_version(), STREAMTOKEN_VERSION) == 0);
    snprintf(numbers, sizeof numbers, "%d.%d.%d", STREAMTOKEN_VERSION_MAJOR,
             STREAMTOKEN_VERSION_MINOR, STREAMTOKEN_VERSION_PATCH);
    CHECK(strncmp(numbers, STREAMTOKEN_VERSION, strlen(numbers)) == 0);
}

int main(int count, char **arguments) {
    static const Test tests[] = {
        {"null_goes_in_everywhere", null_goes_in_everywhere},
        {"out_parameters_may_not_be_null_but_lengths_and_errors_may",
         out_parameters_may_not_be_null_but_lengths_and_errors_may},
        {"null_with_a_length_is_refused", null_with_a_length_is_refused},
        {"huge_lengths_are_refused_before_anything_is_read",
         huge_lengths_are_refused_before_anything_is_read},
        {"what_is_not_utf8_is_refused_by_name", what_is_not_utf8_is_refused_by_name},
        {"a_nul_in_between_ends_no_text", a_nul_in_between_ends_no_text},
        {"a_text_that_leaves_holds_no_nul", a_text_that_leaves_holds_no_nul},
        {"texts_need_no_nul_at_their_end", texts_need_no_nul_at_their_end},
        {"handles_are_freed_in_any_order", handles_are_freed_in_any_order},
        {"an_option_set_again_is_replaced", an_option_set_again_is_replaced},
        {"many_lines_are_answered_in_order_and_counted",
         many_lines_are_answered_in_order_and_counted},
        {"ten_thousand_lines_are_counted_as_well", ten_thousand_lines_are_counted_as_well},
        {"what_is_not_there_is_null_and_no_error", what_is_not_there_is_null_and_no_error},
        {"the_environment_names_a_key_and_a_code", the_environment_names_a_key_and_a_code},
        {"codes_answer_for_themselves", codes_answer_for_themselves},
        {"header_and_library_are_of_one_version", header_and_library_are_of_one_version},
    };
    read_example_key(count, arguments);
    return RUN(tests);
}
