/* What a program can get wrong, by accident or because somebody else wrote its input. */

#include <stdlib.h>

#include "fake.h"
#include "service.h"

void base_urls_that_are_refused(void) {
    static const struct {
        const char *url;
        int32_t number;
    } cases[] = {
        {"https://api.example.com/v4?token=x", STREAMTOKEN_BASE_URL_INVALID},
        {"https://user:password@api.example.com", STREAMTOKEN_BASE_URL_INVALID},
        {"https://api.example.com/#top", STREAMTOKEN_BASE_URL_INVALID},
        {"https://api.example.com/a b", STREAMTOKEN_BASE_URL_INVALID},
        {"https://api.example.com/\r\nx: y", STREAMTOKEN_BASE_URL_INVALID},
        {"https://api.example.com/../v4", STREAMTOKEN_BASE_URL_INVALID},
        {"https://api.example.com:0", STREAMTOKEN_BASE_URL_INVALID},
        {"https://", STREAMTOKEN_BASE_URL_INVALID},
        {"ftp://api.example.com", STREAMTOKEN_BASE_URL_INVALID},
        {"api.example.com", STREAMTOKEN_BASE_URL_INVALID},
        {"", STREAMTOKEN_BASE_URL_INVALID},
        {"http://api.example.com", STREAMTOKEN_BASE_URL_INSECURE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        streamtoken_client_options *options = options_for(cases[i].url, "t", "a");
        streamtoken_client *client;
        streamtoken_error *error;
        CHECK(streamtoken_client_new(options, &client, &error) != 0 && client == NULL);
        CHECK(strstr(streamtoken_error_message(error, NULL), "password") == NULL);
        refused(cases[i].number, "/base_url", error);
        streamtoken_client_options_free(options);
    }
    streamtoken_client_options *options = options_for("http://api.example.com", "t", "a");
    OK(streamtoken_client_options_set_allow_http(options, true, NULL));
    streamtoken_client_free(client_of(options));
}

/* Each would add a header, end one, or go to another path. */
static const char *const breaks[] = {"a\r\nx-evil: 1",
                                     "a\nb",
                                     "a b",
                                     "a/../../b",
                                     "%2e%2e",
                                     "..",
                                     "",
                                     "\x7f",
                                     "\xc3\xa9",
                                     "123456789012345678901234567890123"};

typedef int32_t SetText(streamtoken_client_options *, const char *, size_t, streamtoken_error **);

static void check_client(SetText *set, const char *text, int32_t number, const char *field) {
    streamtoken_client_options *options;
    streamtoken_client *client;
    streamtoken_error *error;
    OK(streamtoken_client_options_new(&options, NULL));
    if (number == STREAMTOKEN_ACCOUNT_ID_INVALID) {
        OK(streamtoken_client_options_set_api_token(options, TEXT("t"), NULL));
    } else if (strcmp(field, "/api_token") != 0) {
        OK(streamtoken_client_options_set_api_key(options, TEXT("k"), NULL));
        OK(streamtoken_client_options_set_api_email(options, TEXT("e"), NULL));
    }
    OK(set(options, LENGTHY(text), NULL));
    CHECK(streamtoken_client_new(options, &client, &error) != 0 && client == NULL);
    refused(number, field, error);
    streamtoken_client_options_free(options);
}

void no_option_breaks_a_header(void) {
    Fake *fake = fake_start("HTTP/1.1 500 no\r\n\r\n");
    streamtoken_client *client = client_of(options_for(fake_url(fake), "t", "a"));
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        const char *text = breaks[i];
        streamtoken_call_options *call;
        streamtoken_token *token;
        streamtoken_key_list *keys;
        streamtoken_error *error;
        char *word;
        check_client(streamtoken_client_options_set_account_id, text,
                     STREAMTOKEN_ACCOUNT_ID_INVALID, "/account_id");
        OK(streamtoken_call_options_new(&call, NULL));
        OK(streamtoken_call_options_set_account_id(call, LENGTHY(text), NULL));
        CHECK(streamtoken_client_list_keys(client, call, &keys, &error) != 0);
        refused(STREAMTOKEN_ACCOUNT_ID_INVALID, "/account_id", error);
        streamtoken_call_options_free(call);
        CHECK(streamtoken_client_create_token(client, LENGTHY(text), NULL, NULL, &token, &error) !=
              0);
        refused(STREAMTOKEN_IDENTIFIER_INVALID, "/identifier", error);
        if (strlen(text) < 33) {
            CHECK(streamtoken_client_delete_key(client, LENGTHY(text), NULL, &word, NULL, &error) !=
                  0);
            refused(STREAMTOKEN_KEY_ID_INVALID, "/id", error);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        check_client(streamtoken_client_options_set_api_token, breaks[i],
                     STREAMTOKEN_API_CREDENTIAL_INVALID, "/api_token");
        check_client(streamtoken_client_options_set_api_key, breaks[i],
                     STREAMTOKEN_API_CREDENTIAL_INVALID, "/api_key");
        check_client(streamtoken_client_options_set_api_email, breaks[i],
                     STREAMTOKEN_API_CREDENTIAL_INVALID, "/api_email");
    }
    CHECK(fake_count(fake) == 0);
    streamtoken_client_free(client);
    fake_stop(fake);
}

/* The pointers have a byte behind them: reading as far as the length says would crash. */
void lengths_and_encodings(void) {
    static const size_t lengths[] = {STREAMTOKEN_MAX_LENGTH + 1, SIZE_MAX / 2 + 1, SIZE_MAX};
    streamtoken_client *client = client_of(options_for("http://127.0.0.1:9", "t", "a"));
    streamtoken_client_options *options;
    streamtoken_call_options *call;
    streamtoken_token *token;
    streamtoken_error *error;
    char *word;
    OK(streamtoken_client_options_new(&options, NULL));
    OK(streamtoken_call_options_new(&call, NULL));
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t huge = lengths[i];
        char *text = malloc(1);
        streamtoken_client_options *made;
        streamtoken_call_options *made_call;
        const int32_t codes[] = {
            streamtoken_client_options_from_json(text, huge, &made, NULL),
            streamtoken_client_options_set_api_token(options, text, huge, NULL),
            streamtoken_client_options_set_api_key(options, text, huge, NULL),
            streamtoken_client_options_set_api_email(options, text, huge, NULL),
            streamtoken_client_options_set_account_id(options, text, huge, NULL),
            streamtoken_client_options_set_base_url(options, text, huge, NULL),
            streamtoken_call_options_from_json(text, huge, &made_call, NULL),
            streamtoken_call_options_set_account_id(call, text, huge, NULL),
            streamtoken_call_options_set_key(call, text, huge, NULL, 0, NULL),
            streamtoken_call_options_set_key(call, NULL, 0, text, huge, NULL),
            streamtoken_client_create_token(client, text, huge, NULL, NULL, &token, NULL),
            streamtoken_client_create_token_from_json(client, text, huge, "{}", 2, &token, NULL),
            streamtoken_client_create_token_from_json(client, TEXT(VIDEO), text, huge, &token,
                                                      NULL),
            streamtoken_client_delete_key(client, text, huge, NULL, &word, NULL, NULL),
        };
        for (size_t n = 0; n < sizeof codes / sizeof *codes; n++) {
            CHECK(codes[n] == STREAMTOKEN_LENGTH_TOO_LARGE);
        }
        free(text);
    }
    /* NULL with a length, text that is no UTF-8, and a NUL in between. */
    CHECK(streamtoken_client_options_set_api_token(options, NULL, 5, NULL) ==
          STREAMTOKEN_POINTER_NULL);
    CHECK(streamtoken_call_options_set_key(call, NULL, 5, NULL, 0, NULL) ==
          STREAMTOKEN_POINTER_NULL);
    CHECK(streamtoken_client_options_set_api_key(options, TEXT("\xff"), &error) != 0);
    refused(STREAMTOKEN_TEXT_NOT_UTF8, "/api_key", error);
    OK(streamtoken_client_options_set_api_token(options, TEXT("t\0u"), NULL));
    streamtoken_client *none;
    CHECK(streamtoken_client_new(options, &none, &error) != 0);
    refused(STREAMTOKEN_API_CREDENTIAL_INVALID, "/api_token", error);
    CHECK(streamtoken_client_create_token(client, TEXT("a\0b"), NULL, NULL, &token, NULL) ==
          STREAMTOKEN_IDENTIFIER_INVALID);
    CHECK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, NULL, NULL, NULL) ==
          STREAMTOKEN_POINTER_NULL);
    streamtoken_call_options_free(call);
    streamtoken_client_options_free(options);
    streamtoken_client_free(client);
}

void calls_of_the_wrong_kind(void) {
    static const struct {
        const char *json;
        int32_t number;
        const char *field;
    } cases[] = {
        {"[]", STREAMTOKEN_OPTION_TYPE, NULL},
        {"{\"api_token\": 7}", STREAMTOKEN_OPTION_TYPE, "/api_token"},
        {"{\"timeout\": \"1\"}", STREAMTOKEN_OPTION_TYPE, "/timeout"},
        {"{\"allow_http\": \"false\"}", STREAMTOKEN_OPTION_TYPE, "/allow_http"},
        {"{\"token\": \"t\"}", STREAMTOKEN_OPTION_UNKNOWN, "/token"},
        {"{\"timeout\": 1, \"timeout\": 2}", STREAMTOKEN_JSON_DUPLICATE_MEMBER, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        streamtoken_client_options *options;
        streamtoken_error *error;
        CHECK(streamtoken_client_options_from_json(LENGTHY(cases[i].json), &options, &error) != 0);
        refused(cases[i].number, cases[i].field, error);
    }
    streamtoken_call_options *call;
    streamtoken_error *error;
    CHECK(streamtoken_call_options_from_json(TEXT("{\"api_token\": \"t\"}"), &call, &error) != 0);
    refused(STREAMTOKEN_OPTION_UNKNOWN, "/api_token", error);
    streamtoken_client *client = client_of(options_for("http://127.0.0.1:9", "t", "a"));
    streamtoken_token *token;
    CHECK(streamtoken_client_create_token_from_json(
              client, TEXT(VIDEO), TEXT("{\"exp\": 1, \"pem\": \"x\"}"), &token, &error) != 0);
    streamtoken_error_free(error);
    CHECK(streamtoken_client_create_token_from_json(client, TEXT(VIDEO), TEXT("{\"expiry\": 1}"),
                                                    &token, &error) != 0);
    refused(STREAMTOKEN_OPTION_UNKNOWN, "/expiry", error);
    streamtoken_client_free(client);
}
