/* Explaining, linting and simulating what nobody should have given. */

#include <stdint.h>
#include <stdlib.h>

#include "check.h"

#define NOW 1537456765

/* Rules that let viewers from the United Kingdom play, and by mistake everybody else. */
#define OPEN_RULES "[{\"type\":\"ip.geoip.country\",\"action\":\"allow\",\"country\":[\"GB\"]}]"

/* Whether 12 characters in a row of `text`, among its first 4,096, are in `shown`. */
static bool repeats(const char *shown, const char *text, size_t length) {
    char piece[13] = {0};
    for (size_t i = 0; i + 12 <= length && i < 4096; i += 6) {
        memcpy(piece, text + i, 12);
        if (strlen(piece) == 12 && strstr(shown, piece) != NULL) {
            return true;
        }
    }
    return false;
}

/* Explains a text that must not come back, and gives its kind. */
static const char *explained(const char *text, size_t length) {
    static char kind[32];
    streamtoken_report *report;
    char *json;
    char *lines;
    OK(streamtoken_explain(text, length, NULL, NULL, &report, NULL));
    OK(streamtoken_report_to_json(report, &json, NULL, NULL));
    OK(streamtoken_report_to_text(report, &lines, NULL, NULL));
    CHECK(!repeats(json, text, length) && !repeats(lines, text, length));
    CHECK(streamtoken_report_bytes_read(report) <= 65536);
    CHECK(streamtoken_report_check_count(report) > 30);
    CHECK(strcmp(streamtoken_report_verify(report, NULL), "accepts") != 0);
    snprintf(kind, sizeof kind, "%s", streamtoken_report_kind(report, NULL));
    streamtoken_string_free(lines);
    streamtoken_string_free(json);
    streamtoken_report_free(report);
    return kind;
}

static void any_text_has_a_report_that_does_not_repeat_it(void) {
    static char large[STREAMTOKEN_MAX_LENGTH + 1];
    static const char spaced[] = "\0.\0.\0 secret secret";
    streamtoken_signing_key *key = example_key();
    char *secret;
    size_t length;
    explained(NULL, 0);
    explained("", 0);
    explained(TEXT(spaced));
    explained(TEXT("\xed\xa0\x80.\xff\xfe.secret secret secret"));
    explained(TEXT("Bearer cfut_abcdefghijklmnopqrstuvwxyz0123456789secret"));
    for (size_t i = 0; i < sizeof large; i++) {
        large[i] = (char)(i * 7 + i / 251);
    }
    explained(large, 1 << 20);
    explained(large, sizeof large);
    memset(large, '[', sizeof large);
    explained(large, sizeof large);
    CHECK(strcmp(explained(example_key_text, strlen(example_key_text)), "private_key") == 0);
    OK(streamtoken_signing_key_to_jwk(key, &secret, &length, NULL));
    CHECK(strcmp(explained(secret, length), "private_key") == 0);
    streamtoken_string_free(secret);
    OK(streamtoken_signing_key_to_pkcs8_pem(key, &secret, &length, NULL));
    CHECK(strcmp(explained(secret, length), "private_key") == 0);
    streamtoken_string_free(secret);
    streamtoken_signing_key_free(key);
}

static void what_a_call_cannot_read_is_refused(void) {
    streamtoken_report *report;
    streamtoken_findings *findings;
    streamtoken_signer *signer;
    streamtoken_access_rules *rules;
    streamtoken_error *error;
    char *json;
    streamtoken_signing_key *key = example_key();
    OK(streamtoken_access_rules_parse(TEXT(OPEN_RULES), &rules, NULL));
    for (size_t huge = STREAMTOKEN_MAX_LENGTH + 1; huge != 0;
         huge = huge == SIZE_MAX ? 0 : SIZE_MAX) {
        const char *byte = "x";
        const int32_t refused[] = {
            streamtoken_lint(byte, huge, &findings, NULL),
            streamtoken_lint_at(byte, huge, NOW, &findings, NULL),
            streamtoken_simulate(rules, byte, huge, &json, NULL, NULL),
            streamtoken_signer_new_with_lint(key, byte, huge, &signer, NULL),
        };
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
            CHECK(refused[i] == STREAMTOKEN_LENGTH_TOO_LARGE);
        }
    }
    CHECK(streamtoken_explain("x", SIZE_MAX, NULL, NULL, &report, &error) ==
          STREAMTOKEN_LENGTH_TOO_LARGE);
    char most[48];
    snprintf(most, sizeof most, " at most %td,", PTRDIFF_MAX);
    CHECK(strstr(streamtoken_error_message(error, NULL), most) != NULL);
    streamtoken_error_free(error);
    CHECK(streamtoken_lint(TEXT("[\"\xff\"]"), &findings, NULL) == STREAMTOKEN_TEXT_NOT_UTF8);
    CHECK(streamtoken_lint(TEXT("[]\0"), &findings, NULL) == STREAMTOKEN_JSON_INVALID);
    CHECK(streamtoken_simulate(rules, TEXT("[{\"ip\":\"x\"}]"), &json, NULL, &error) ==
          STREAMTOKEN_VIEWER_IP_INVALID);
    CHECK(json == NULL && strcmp(streamtoken_error_field(error, NULL), "/viewers/0/ip") == 0);
    streamtoken_error_free(error);
    streamtoken_access_rules_free(rules);
    streamtoken_signing_key_free(key);
}

/* A list of `count` items, to be freed. */
static char *list_of(const char *item, size_t count, size_t *length) {
    size_t each = strlen(item) + 1;
    char *list = malloc(count * each + 2);
    *length = count * each + 1;
    for (size_t i = 0; i < count; i++) {
        list[i * each] = i == 0 ? '[' : ',';
        memcpy(list + i * each + 1, item, each - 1);
    }
    list[*length - 1] = ']';
    return list;
}

static void a_million_rules_have_a_hundred_findings(void) {
    static const struct {
        const char *item;
        size_t count;
    } lists[] = {{"{}", 1000000}, {"0", 1000}, {"[]", 1000}, {"{\"type\":7}", 1000}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        streamtoken_findings *findings;
        size_t length;
        char *list = list_of(lists[i].item, lists[i].count, &length);
        OK(streamtoken_lint(list, length, &findings, NULL));
        CHECK(streamtoken_findings_count(findings) > 0);
        CHECK(streamtoken_findings_count(findings) <= 101);
        streamtoken_findings_free(findings);
        free(list);
    }
}

/* Nesting ends where that of JSON ends. */
static void depth_has_its_limit(void) {
    static char deep[1 << 20];
    streamtoken_findings *findings;
    for (size_t levels = 32; levels <= 33; levels++) {
        bool fits = levels == 32;
        memset(deep, '[', levels);
        memset(deep + levels, ']', levels);
        CHECK(streamtoken_lint(deep, 2 * levels, &findings, NULL) ==
              (fits ? STREAMTOKEN_OK : STREAMTOKEN_JSON_TOO_DEEP));
        CHECK((findings != NULL) == fits);
        streamtoken_findings_free(findings);
    }
    memset(deep, '[', sizeof deep);
    CHECK(streamtoken_lint(deep, sizeof deep, &findings, NULL) == STREAMTOKEN_JSON_TOO_DEEP);
    CHECK(findings == NULL);
}

/* More than are held at a time. */
static void many_viewers_are_answered_in_order(void) {
    streamtoken_access_rules *rules;
    char *json;
    size_t length;
    size_t results = 0;
    char *viewers = list_of("{\"country\":\"GB\"}", 10000, &length);
    OK(streamtoken_access_rules_parse(TEXT(OPEN_RULES), &rules, NULL));
    OK(streamtoken_simulate(rules, viewers, length, &json, &length, NULL));
    for (const char *next = json; (next = strstr(next, "{\"viewer\":")) != NULL; next++) {
        results++;
    }
    CHECK(results == 10000 && strlen(json) == length && json[0] == '[');
    CHECK(json[length - 1] == ']');
    streamtoken_string_free(json);
    streamtoken_access_rules_free(rules);
    free(viewers);
}

/* A report has no pointer to what it was made of; its error goes with it. */
static void a_report_stands_alone(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_key_set *keys;
    streamtoken_explain_context *context;
    streamtoken_report *report;
    char *text = malloc(3);
    size_t length;
    memcpy(text, "a.b", 3);
    OK(streamtoken_key_set_from_signing_key(key, &keys, NULL));
    OK(streamtoken_explain_context_new(&context, NULL));
    OK(streamtoken_explain_context_set_duration(context, -1, NULL));
    CHECK(streamtoken_explain(text, 3, keys, context, &report, NULL) == STREAMTOKEN_TIME_NEGATIVE);
    OK(streamtoken_explain_context_set_duration(context, 60, NULL));
    OK(streamtoken_explain(text, 3, keys, context, &report, NULL));
    free(text);
    streamtoken_explain_context_free(context);
    streamtoken_key_set_free(keys);
    streamtoken_signing_key_free(key);
    const streamtoken_error *refused = streamtoken_report_error(report);
    CHECK(streamtoken_error_number(refused) == STREAMTOKEN_TOKEN_SHAPE);
    size_t pasted = streamtoken_report_find(report, TEXT("pasted"));
    CHECK(streamtoken_report_check_code(report, pasted) == STREAMTOKEN_TOKEN_SHAPE);
    CHECK(strcmp(streamtoken_report_check_status(report, pasted, &length), "fail") == 0);
    CHECK(length == 4);
    CHECK(streamtoken_report_find(report, "pasted mistake", 6) == pasted);
    CHECK(streamtoken_report_find(report, TEXT("pasted\0")) == SIZE_MAX);
    CHECK(streamtoken_report_find(report, TEXT("\xff")) == SIZE_MAX);
    CHECK(streamtoken_report_check_cause(report, SIZE_MAX, &length) == NULL && length == 0);
    CHECK(streamtoken_report_check_remedy(report, SIZE_MAX, NULL) == NULL);
    CHECK(streamtoken_report_check_code(report, SIZE_MAX) == 0);
    CHECK(streamtoken_report_finding(report, SIZE_MAX) == SIZE_MAX);
    streamtoken_report_free(report);
}

static size_t warnings_at(const streamtoken_signing_key *key, const char *level, size_t length) {
    streamtoken_signer *signer;
    streamtoken_sign_options *options;
    streamtoken_token *token;
    streamtoken_findings *findings;
    OK(streamtoken_signer_new_with_lint(key, level, length, &signer, NULL));
    OK(streamtoken_sign_options_from_json(TEXT("{\"accessRules\":" OPEN_RULES "}"), &options,
                                          NULL));
    OK(streamtoken_signer_sign(signer, TEXT(VIDEO), options, &token, NULL));
    streamtoken_signer_free(signer);
    streamtoken_sign_options_free(options);
    OK(streamtoken_token_warnings(token, &findings, NULL));
    streamtoken_token_free(token);
    size_t count = streamtoken_findings_count(findings);
    CHECK(count == 0 ||
          strcmp(streamtoken_findings_id(findings, 0, NULL), "allow_without_block") == 0);
    CHECK(streamtoken_findings_message(findings, count, NULL) == NULL);
    streamtoken_findings_free(findings);
    return count;
}

static void a_lint_level_is_a_word_or_not_given(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_signer *signer;
    CHECK(warnings_at(key, NULL, 0) == 1);
    CHECK(warnings_at(key, TEXT("warn")) == 1);
    CHECK(warnings_at(key, TEXT("off")) == 0);
    CHECK(streamtoken_signer_new_with_lint(key, TEXT(""), &signer, NULL) ==
          STREAMTOKEN_OPTION_VALUE);
    CHECK(streamtoken_signer_new_with_lint(key, TEXT("deny\0"), &signer, NULL) ==
          STREAMTOKEN_OPTION_VALUE);
    CHECK(streamtoken_signer_new_with_lint(key, TEXT("\xff"), &signer, NULL) ==
          STREAMTOKEN_TEXT_NOT_UTF8);
    streamtoken_signing_key_free(key);
}

int main(int count, char **arguments) {
    static const Test tests[] = {
        {"any_text_has_a_report_that_does_not_repeat_it",
         any_text_has_a_report_that_does_not_repeat_it},
        {"what_a_call_cannot_read_is_refused", what_a_call_cannot_read_is_refused},
        {"a_million_rules_have_a_hundred_findings", a_million_rules_have_a_hundred_findings},
        {"depth_has_its_limit", depth_has_its_limit},
        {"many_viewers_are_answered_in_order", many_viewers_are_answered_in_order},
        {"a_report_stands_alone", a_report_stands_alone},
        {"a_lint_level_is_a_word_or_not_given", a_lint_level_is_a_word_or_not_given},
    };
    read_example_key(count, arguments);
    return RUN(tests);
}
