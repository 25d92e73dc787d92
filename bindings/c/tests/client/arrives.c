/* What leaves, seen where it arrives, and what is made of an answer. */

#include <stdlib.h>
#include <time.h>

#include "fake.h"
#include "service.h"

#define DONE(result)                                                                               \
    "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"                                                 \
    "{\"success\":true,\"errors\":[],\"messages\":null,\"result\":" result "}"

static void has(const char *request, const char *part) {
    if (strstr(request, part) == NULL) {
        fprintf(stderr, "%s\n... has not: %s\n", request, part);
        CHECK(false);
    }
}

void a_request_as_it_arrives(void) {
    Fake *fake = fake_start(DONE("{\"token\":\"none\"}"));
    streamtoken_client *client = client_of(options_for(fake_url(fake), "a-token", "an-account"));
    streamtoken_sign_options *options;
    streamtoken_call_options *call;
    streamtoken_token *token;
    OK(streamtoken_sign_options_from_json(
        TEXT("{\"now\": 1537456765, \"expires_in\": \"1h\", \"nbf\": 1537456000, \"downloadable\": "
             "true, \"accessRules\": [{\"type\": \"any\", \"action\": \"block\"}], \"flags\": "
             "{\"original\": true}}"),
        &options, NULL));
    OK(streamtoken_call_options_new(&call, NULL));
    OK(streamtoken_call_options_set_account_id(call, TEXT("another"), NULL));
    /* No token at all is no answer, and asking again would not help. */
    CHECK(streamtoken_client_create_token(client, TEXT(VIDEO), options, call, &token, NULL) ==
          STREAMTOKEN_API_RESPONSE_INVALID);
    const char *request = fake_request(fake);
    has(request, "POST /client/v4/accounts/another/stream/" VIDEO "/token HTTP/1.1\r\n");
    has(request, "\r\nauthorization: Bearer a-token\r\n");
    has(request, "\r\ncontent-type: application/json\r\n");
    has(request, "\r\nuser-agent: streamtoken/" STREAMTOKEN_VERSION "\r\n");
    has(request, "\r\n\r\n{\"exp\":1537460365,\"nbf\":1537456000,\"downloadable\":true,"
                 "\"accessRules\":[{\"type\":\"any\",\"action\":\"block\"}],"
                 "\"flags\":{\"original\":true}}");
    CHECK(fake_count(fake) == 1);
    /* The key that goes along is sent in Cloudflare's form. */
    OK(streamtoken_call_options_set_key(call, TEXT(KEY_ID), LENGTHY(example_key_text), NULL));
    CHECK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, call, &token, NULL) ==
          STREAMTOKEN_API_RESPONSE_INVALID);
    has(fake_request(fake), "\r\n\r\n{\"id\":\"" KEY_ID "\",\"pem\":\"LS0tLS1CRUdJTi");
    streamtoken_call_options_free(call);
    streamtoken_sign_options_free(options);
    streamtoken_client_free(client);
    fake_stop(fake);
}

void both_ways_to_authenticate(void) {
    Fake *fake = fake_start(DONE("[]"));
    streamtoken_client_options *options;
    streamtoken_key_list *keys;
    OK(streamtoken_client_options_new(&options, NULL));
    OK(streamtoken_client_options_set_base_url(options, LENGTHY(fake_url(fake)), NULL));
    OK(streamtoken_client_options_set_account_id(options, TEXT("a"), NULL));
    OK(streamtoken_client_options_set_api_email(options, TEXT("me@example.com"), NULL));
    OK(streamtoken_client_options_set_api_key(options, TEXT("a-key"), NULL));
    streamtoken_client *client = client_of(options);
    OK(streamtoken_client_list_keys(client, NULL, &keys, NULL));
    CHECK(streamtoken_key_list_count(keys) == 0);
    streamtoken_key_list_free(keys);
    has(fake_request(fake), "GET /client/v4/accounts/a/stream/keys HTTP/1.1\r\n");
    has(fake_request(fake), "\r\nx-auth-email: me@example.com\r\n");
    has(fake_request(fake), "\r\nx-auth-key: a-key\r\n");
    CHECK(strstr(fake_request(fake), "authorization") == NULL);
    streamtoken_client_free(client);
    fake_stop(fake);
}

static void check_json(char *json, const char *expected) {
    CHECK(json != NULL && strcmp(json, expected) == 0);
    streamtoken_string_free(json);
}

void what_an_error_knows(void) {
    static const char answer[] =
        "HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncf-ray: 8a1b2c3d-LHR\r\n"
        "retry-after: 17\r\n\r\n{\"success\":false,\"errors\":[{\"code\":10429,\"message\":\"slow "
        "down\",\"documentation_url\":\"https://example.com/limits\",\"source\":{\"pointer\":"
        "\"/exp\"}}],\"messages\":[{\"code\":1001,\"message\":\"soon\"}],\"result\":null,"
        "\"result_info\":{\"page\":1}}";
    Fake *fake = fake_start(answer);
    streamtoken_client_options *options = options_for(fake_url(fake), "a-token", "a");
    streamtoken_error *error;
    streamtoken_token *token;
    char *json;
    size_t length;
    uint64_t seconds;
    OK(streamtoken_client_options_set_max_retries(options, 0, NULL));
    streamtoken_client *client = client_of(options);
    CHECK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, NULL, &token, &error) ==
          STREAMTOKEN_API_RATE_LIMITED);
    CHECK(streamtoken_error_status(error) == 429);
    CHECK(streamtoken_error_attempts(error) == 1);
    CHECK(strcmp(streamtoken_error_cf_ray(error, &length), "8a1b2c3d-LHR") == 0 && length == 12);
    CHECK(streamtoken_error_retry_after(error, &seconds) && seconds == 17);
    CHECK(strcmp(streamtoken_error_documentation_url(error, NULL), "https://example.com/limits") ==
          0);
    CHECK(strcmp(streamtoken_error_field(error, NULL), "/exp") == 0);
    OK(streamtoken_error_errors_to_json(error, &json, NULL, NULL));
    check_json(json, "[{\"code\":10429,\"message\":\"slow down\",\"documentation_url\":"
                     "\"https://example.com/limits\",\"source\":{\"pointer\":\"/exp\"}}]");
    OK(streamtoken_error_messages_to_json(error, &json, NULL, NULL));
    check_json(json, "[{\"code\":1001,\"message\":\"soon\"}]");
    OK(streamtoken_error_other_to_json(error, &json, NULL, NULL));
    check_json(json, "{\"result_info\":{\"page\":1}}");
    OK(streamtoken_error_to_json(error, &json, NULL, NULL));
    has(json, "\"api\":{\"status\":429,");
    has(json, "\"cf_ray\":\"8a1b2c3d-LHR\",\"retry_after\":17,\"attempts\":1}");
    streamtoken_string_free(json);
    streamtoken_error_free(error);
    streamtoken_client_free(client);
    fake_stop(fake);
    /* An error that is none of a request. */
    streamtoken_sign_options *none;
    CHECK(streamtoken_sign_options_from_json(TEXT("["), &none, &error) != 0);
    CHECK(streamtoken_error_status(error) == 0 && streamtoken_error_attempts(error) == 0);
    CHECK(streamtoken_error_cf_ray(error, &length) == NULL && length == 0);
    CHECK(!streamtoken_error_retry_after(error, &seconds) && seconds == 0);
    CHECK(streamtoken_error_documentation_url(error, NULL) == NULL);
    OK(streamtoken_error_errors_to_json(error, &json, NULL, NULL));
    check_json(json, "[]");
    OK(streamtoken_error_messages_to_json(error, &json, NULL, NULL));
    check_json(json, "[]");
    OK(streamtoken_error_other_to_json(error, &json, NULL, NULL));
    check_json(json, "null");
    streamtoken_error_free(error);
}

void what_is_not_known_of_a_key_is_kept(void) {
    static const char list[] = "[{\"id\":\"a\",\"key_id\":\"a\",\"created\":null,\"site\":[1]}]";
    Fake *fake = fake_start(DONE("[{\"id\":\"a\",\"site\":[1]}]"));
    streamtoken_client *client = client_of(options_for(fake_url(fake), "a-token", "a"));
    streamtoken_key_list *keys;
    streamtoken_created_key *made;
    char *json;
    OK(streamtoken_client_list_keys(client, NULL, &keys, NULL));
    OK(streamtoken_key_list_to_json(keys, &json, NULL, NULL));
    check_json(json, list);
    streamtoken_key_list_free(keys);
    streamtoken_client_free(client);
    fake_stop(fake);
    fake = fake_start(DONE("{\"pkcs8\":\"s\",\"id\":\"a\",\"pem\":\"p\",\"jwk\":\"j\"}"));
    client = client_of(options_for(fake_url(fake), "a-token", "a"));
    OK(streamtoken_client_create_key(client, NULL, &made, NULL));
    OK(streamtoken_created_key_to_json(made, &json, NULL, NULL));
    check_json(json, "{\"id\":\"a\",\"pem\":\"p\",\"jwk\":\"j\",\"created\":null,\"pkcs8\":\"s\"}");
    streamtoken_created_key_free(made);
    streamtoken_client_free(client);
    fake_stop(fake);
}

typedef int32_t ClientLimit(streamtoken_client_options *, double, streamtoken_error **);
typedef int32_t CallLimit(streamtoken_call_options *, double, streamtoken_error **);

void every_limit_of_a_client_and_of_a_call(void) {
    static const struct {
        const char *field;
        ClientLimit *of_client;
        CallLimit *of_call;
        double right;
        double wrong;
    } limits[] = {
        {"/timeout", streamtoken_client_options_set_timeout, streamtoken_call_options_set_timeout,
         0.5, -1},
        {"/connect_timeout", streamtoken_client_options_set_connect_timeout,
         streamtoken_call_options_set_connect_timeout, 3600, 0},
        {"/max_retries", streamtoken_client_options_set_max_retries,
         streamtoken_call_options_set_max_retries, 10, 1.5},
        {"/deadline", streamtoken_client_options_set_deadline,
         streamtoken_call_options_set_deadline, 0.001, 3600.5},
    };
    streamtoken_client *other = client_of(options_for("http://127.0.0.1:9", "t", "a"));
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        streamtoken_client_options *options = options_for("http://127.0.0.1:9", "t", "a");
        streamtoken_call_options *call;
        streamtoken_client *client;
        streamtoken_key_list *keys;
        streamtoken_error *error;
        OK(limits[i].of_client(options, limits[i].wrong, NULL));
        CHECK(streamtoken_client_new(options, &client, &error) != 0 && client == NULL);
        refused(STREAMTOKEN_OPTION_VALUE, limits[i].field, error);
        OK(limits[i].of_client(options, limits[i].right, NULL));
        streamtoken_client_free(client_of(options));
        OK(streamtoken_call_options_new(&call, NULL));
        OK(limits[i].of_call(call, limits[i].wrong, NULL));
        CHECK(streamtoken_client_list_keys(other, call, &keys, &error) != 0 && keys == NULL);
        refused(STREAMTOKEN_OPTION_VALUE, limits[i].field, error);
        streamtoken_call_options_free(call);
    }
    streamtoken_client_free(other);
    /* A limit of a call counts: the client's own would wait for a minute. */
    Fake *fake = fake_start(NULL);
    other = client_of(options_for(fake_url(fake), "t", "a"));
    streamtoken_call_options *call;
    streamtoken_key_list *keys;
    streamtoken_error *error;
    OK(streamtoken_call_options_from_json(TEXT("{\"timeout\": 0.3, \"max_retries\": 1}"), &call,
                                          NULL));
    CHECK(streamtoken_client_list_keys(other, call, &keys, &error) == STREAMTOKEN_API_TIMEOUT);
    CHECK(streamtoken_error_attempts(error) == 2);
    streamtoken_error_free(error);
    streamtoken_call_options_free(call);
    streamtoken_client_free(other);
    fake_stop(fake);
}
