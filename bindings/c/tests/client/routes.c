/* Every route, against a service that really answers. */

#include <stdlib.h>
#include <time.h>

#include "service.h"

static streamtoken_sign_options *all_options(double exp, double nbf) {
    static const char rules[] = "[{\"type\": \"ip.geoip.country\", \"action\": \"allow\", "
                                "\"country\": [\"gb\"]}, {\"type\": \"any\", \"action\": "
                                "\"block\"}]";
    streamtoken_sign_options *options;
    OK(streamtoken_sign_options_new(&options, NULL));
    OK(streamtoken_sign_options_set_exp(options, exp, NULL));
    OK(streamtoken_sign_options_set_nbf(options, nbf, NULL));
    OK(streamtoken_sign_options_set_downloadable(options, true, NULL));
    OK(streamtoken_sign_options_set_access_rules_json(options, TEXT(rules), NULL));
    OK(streamtoken_sign_options_set_flags(options, TEXT("{\"original\": true}"), NULL));
    return options;
}

static void check_text(char *text, const char *expected) {
    CHECK(text != NULL && strcmp(text, expected) == 0);
    streamtoken_string_free(text);
}

static void check_all_claims(const streamtoken_claims *claims, double exp, double nbf) {
    char *text;
    uint64_t found;
    CHECK((double)streamtoken_claims_exp(claims) == exp);
    CHECK(streamtoken_claims_nbf(claims, &found) && (double)found == nbf);
    CHECK(streamtoken_claims_downloadable(claims));
    OK(streamtoken_claims_access_rules_to_json(claims, &text, NULL, NULL));
    check_text(text, "[{\"type\":\"ip.geoip.country\",\"action\":\"allow\",\"country\":[\"GB\"]},"
                     "{\"type\":\"any\",\"action\":\"block\"}]");
    OK(streamtoken_claims_flags_to_json(claims, &text, NULL, NULL));
    check_text(text, "{\"original\":true}");
}

void tokens_of_the_api(void) {
    streamtoken_client *client = service_client();
    streamtoken_signing_key *key = service_key();
    double now = (double)time(NULL);
    streamtoken_sign_options *options = all_options(now + 1800, now - 60);
    streamtoken_token *token;
    OK(streamtoken_client_create_token(client, TEXT(VIDEO), options, NULL, &token, NULL));
    CHECK(strcmp(streamtoken_token_identifier(token, NULL), VIDEO) == 0);
    CHECK(strcmp(streamtoken_token_key_id(token, NULL), streamtoken_signing_key_id(key, NULL)) ==
          0);
    CHECK((double)streamtoken_token_exp(token) == now + 1800);
    CHECK((double)streamtoken_token_nbf(token) == now - 60);
    CHECK(streamtoken_token_renew_at(token) > (uint64_t)now);
    streamtoken_claims *claims = claims_of(token, key);
    check_all_claims(claims, now + 1800, now - 60);
    streamtoken_claims_free(claims);
    /* Without options the service's defaults hold. */
    OK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, NULL, &token, NULL));
    claims = claims_of(token, key);
    CHECK(streamtoken_claims_exp(claims) >= (uint64_t)now + 3600);
    CHECK(!streamtoken_claims_downloadable(claims));
    streamtoken_claims_free(claims);
    streamtoken_sign_options_free(options);
    streamtoken_signing_key_free(key);
    streamtoken_client_free(client);
}

static void check_warnings(const char *json, const char *expected) {
    streamtoken_client *client = service_client();
    streamtoken_token *token;
    streamtoken_findings *warnings;
    OK(streamtoken_client_create_token_from_json(client, TEXT(VIDEO), LENGTHY(json), &token, NULL));
    OK(streamtoken_token_warnings(token, &warnings, NULL));
    CHECK(streamtoken_findings_count(warnings) == (expected == NULL ? 0 : 1));
    if (expected != NULL) {
        CHECK(strcmp(streamtoken_findings_id(warnings, 0, NULL), expected) == 0);
        CHECK(strcmp(streamtoken_findings_field(warnings, 0, NULL), "/accessRules/0") == 0);
    }
    streamtoken_findings_free(warnings);
    streamtoken_token_free(token);
    streamtoken_client_free(client);
}

void tokens_have_the_warnings_of_what_was_sent(void) {
    /* The API honours the flag; of a token that is signed here there is a warning of it. */
    check_warnings("{\"flags\": {\"original\": true}, \"accessRules\": [{\"type\": "
                   "\"ip.geoip.country\", \"action\": \"allow\", \"country\": [\"GB\"]}]}",
                   "allow_without_block");
    check_warnings("{}", NULL);
}

void options_as_json(void) {
    streamtoken_client *client = service_client();
    streamtoken_signing_key *key = service_key();
    streamtoken_token *token;
    char json[1024];
    double now = (double)time(NULL);
    snprintf(json, sizeof json,
             "{\"exp\": %.0f, \"nbf\": %.0f, \"downloadable\": true, \"accessRules\": [{\"type\": "
             "\"ip.geoip.country\", \"action\": \"allow\", \"country\": [\"gb\"]}, {\"type\": "
             "\"any\", \"action\": \"block\"}], \"flags\": {\"original\": true}, \"account_id\": "
             "\"%s\", \"timeout\": 30, \"connect_timeout\": 5.5, \"max_retries\": 0, \"deadline\": "
             "60, \"id\": null, \"pem\": null}",
             now + 900, now, told("account_id"));
    OK(streamtoken_client_create_token_from_json(client, TEXT(VIDEO), LENGTHY(json), &token, NULL));
    streamtoken_claims *claims = claims_of(token, key);
    check_all_claims(claims, now + 900, now);
    streamtoken_claims_free(claims);
    OK(streamtoken_client_create_token_from_json(client, TEXT(VIDEO),
                                                 TEXT("{\"expires_in\": \"2h\"}"), &token, NULL));
    claims = claims_of(token, key);
    CHECK(streamtoken_claims_exp(claims) >= (uint64_t)now + 7200);
    streamtoken_claims_free(claims);
    streamtoken_signing_key_free(key);
    streamtoken_client_free(client);
}

void a_key_that_goes_along(void) {
    streamtoken_client *client = service_client();
    streamtoken_signing_key *key = example_key();
    streamtoken_call_options *call;
    streamtoken_token *token;
    streamtoken_error *error;
    OK(streamtoken_call_options_new(&call, NULL));
    OK(streamtoken_call_options_set_key(call, TEXT(KEY_ID), LENGTHY(example_key_text), NULL));
    OK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, call, &token, NULL));
    CHECK(strcmp(streamtoken_token_key_id(token, NULL), KEY_ID) == 0);
    streamtoken_claims_free(claims_of(token, key));
    /* One without the other, and where no key belongs. */
    OK(streamtoken_call_options_set_key(call, TEXT(KEY_ID), NULL, 0, NULL));
    CHECK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, call, &token, &error) != 0);
    refused(STREAMTOKEN_KEY_NOT_GIVEN, "/pem", error);
    streamtoken_created_key *created;
    OK(streamtoken_call_options_set_key(call, TEXT(KEY_ID), LENGTHY(example_key_text), NULL));
    CHECK(streamtoken_client_create_key(client, call, &created, &error) != 0 && created == NULL);
    refused(STREAMTOKEN_OPTION_UNKNOWN, "/id", error);
    OK(streamtoken_call_options_set_key(call, NULL, 0, NULL, 0, NULL));
    OK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, call, &token, NULL));
    CHECK(strcmp(streamtoken_token_key_id(token, NULL), KEY_ID) != 0);
    streamtoken_token_free(token);
    streamtoken_call_options_free(call);
    streamtoken_signing_key_free(key);
    streamtoken_client_free(client);
}

void a_client_without_network(void) {
    streamtoken_signing_key *key = example_key();
    streamtoken_sign_options *options;
    streamtoken_signer *signer;
    streamtoken_client *client;
    streamtoken_token *here;
    streamtoken_token *there;
    streamtoken_error *error;
    streamtoken_key_list *keys;
    OK(streamtoken_signer_new(key, &signer, NULL));
    OK(streamtoken_client_local(signer, &client, NULL));
    OK(streamtoken_sign_options_from_json(
        TEXT("{\"now\": 1537456765, \"time_format\": \"string\", \"reuse_window\": 60}"), &options,
        NULL));
    OK(streamtoken_signer_sign(signer, TEXT(VIDEO), options, &here, NULL));
    streamtoken_signer_free(signer);
    OK(streamtoken_client_create_token(client, TEXT(VIDEO), options, NULL, &there, NULL));
    CHECK(strcmp(streamtoken_token_text(here, NULL), streamtoken_token_text(there, NULL)) == 0);
    CHECK(streamtoken_client_list_keys(client, NULL, &keys, &error) != 0 && keys == NULL);
    CHECK(streamtoken_error_status(error) == 0 && streamtoken_error_attempts(error) == 0);
    refused(STREAMTOKEN_CLIENT_IS_LOCAL, NULL, error);
    streamtoken_token_free(here);
    streamtoken_token_free(there);
    streamtoken_client_close(client);
    CHECK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, NULL, &there, NULL) ==
          STREAMTOKEN_CLIENT_CLOSED);
    /* What is for signing here alone is refused before anything is sent. */
    streamtoken_client_free(client);
    client = client_of(options_for("http://127.0.0.1:9/client/v4", "t", "a"));
    CHECK(streamtoken_client_create_token(client, TEXT(VIDEO), options, NULL, &there, &error) != 0);
    refused(STREAMTOKEN_OPTION_NOT_REMOTE, "/time_format", error);
    CHECK(streamtoken_client_create_token_from_json(
              client, TEXT(VIDEO), TEXT("{\"reuse_window\": 60}"), &there, &error) != 0);
    refused(STREAMTOKEN_OPTION_NOT_REMOTE, "/reuse_window", error);
    streamtoken_client_free(client);
    streamtoken_sign_options_free(options);
    streamtoken_signing_key_free(key);
}

/* The key's index in the list, or the list's length. */
static size_t find(const streamtoken_key_list *keys, const char *id) {
    size_t index = 0;
    while (index < streamtoken_key_list_count(keys) &&
           strcmp(streamtoken_key_list_id(keys, index, NULL), id) != 0) {
        index++;
    }
    return index;
}

static void check_list(const streamtoken_client *client, const streamtoken_created_key *created,
                       bool is_there) {
    streamtoken_key_list *keys;
    char *json;
    const char *id = streamtoken_created_key_id(created, NULL);
    OK(streamtoken_client_list_keys(client, NULL, &keys, NULL));
    size_t count = streamtoken_key_list_count(keys);
    size_t index = find(keys, id);
    OK(streamtoken_key_list_to_json(keys, &json, NULL, NULL));
    CHECK((index < count) == is_there && (strstr(json, id) != NULL) == is_there);
    if (is_there) {
        CHECK(strcmp(streamtoken_key_list_key_id(keys, index, NULL), id) == 0);
        CHECK(strcmp(streamtoken_key_list_created(keys, index, NULL),
                     streamtoken_created_key_created(created, NULL)) == 0);
    }
    CHECK(strstr(json, "pem") == NULL && strstr(json, "jwk") == NULL);
    CHECK(streamtoken_key_list_id(keys, count, NULL) == NULL);
    CHECK(streamtoken_key_list_key_id(keys, SIZE_MAX, NULL) == NULL);
    CHECK(streamtoken_key_list_created(keys, count, NULL) == NULL);
    streamtoken_string_free(json);
    streamtoken_key_list_free(keys);
}

void keys_of_the_account(void) {
    streamtoken_client *client = service_client();
    streamtoken_created_key *created;
    streamtoken_signing_key *key;
    streamtoken_signer *signer;
    streamtoken_token *token;
    streamtoken_error *error;
    char *word;
    size_t length;
    OK(streamtoken_client_create_key(client, NULL, &created, NULL));
    const char *id = streamtoken_created_key_id(created, &length);
    CHECK(length == 32);
    check_list(client, created, true);
    /* What was made signs, in each form in which it came. */
    OK(streamtoken_created_key_signing_key(created, &key, NULL));
    OK(streamtoken_signer_new(key, &signer, NULL));
    OK(streamtoken_signer_sign(signer, TEXT(VIDEO), NULL, &token, NULL));
    streamtoken_claims_free(claims_of(token, key));
    streamtoken_signing_key *again;
    const char *pem = streamtoken_created_key_pem(created, NULL);
    const char *jwk = streamtoken_created_key_jwk(created, NULL);
    OK(streamtoken_signing_key_to_pem_base64(key, &word, NULL, NULL));
    check_text(word, pem);
    OK(streamtoken_signing_key_to_jwk_base64(key, &word, NULL, NULL));
    check_text(word, jwk);
    OK(streamtoken_signing_key_load(LENGTHY(pem), id, length, &again, NULL));
    streamtoken_signing_key_free(again);
    OK(streamtoken_signing_key_load(LENGTHY(jwk), NULL, 0, &again, NULL));
    CHECK(strcmp(streamtoken_signing_key_id(again, NULL), id) == 0);
    streamtoken_signing_key_free(again);
    OK(streamtoken_client_delete_key(client, id, length, NULL, &word, NULL, NULL));
    CHECK(strcmp(word, "Revoked") == 0);
    streamtoken_string_free(word);
    check_list(client, created, false);
    CHECK(streamtoken_client_delete_key(client, id, length, NULL, &word, &length, &error) ==
          STREAMTOKEN_API_NOT_FOUND);
    CHECK(word == NULL && length == 0 && streamtoken_error_status(error) == 404);
    CHECK(streamtoken_error_attempts(error) == 1);
    streamtoken_error_free(error);
    streamtoken_created_key_free(created);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
    streamtoken_client_free(client);
}

static void set(const char *name, const char *value) { CHECK(setenv(name, value, 1) == 0); }

static void check_works(streamtoken_client *client) {
    streamtoken_key_list *keys;
    OK(streamtoken_client_list_keys(client, NULL, &keys, NULL));
    CHECK(streamtoken_key_list_to_json(keys, NULL, NULL, NULL) == STREAMTOKEN_POINTER_NULL);
    streamtoken_key_list_free(keys);
    streamtoken_client_free(client);
}

void credentials_and_environment(void) {
    streamtoken_client_options *options;
    streamtoken_client *client;
    streamtoken_error *error;
    char padded[256];
    snprintf(padded, sizeof padded, " %s\r\n", told("api_token"));
    set("CLOUDFLARE_BASE_URL", told("base_url"));
    set("CLOUDFLARE_ACCOUNT_ID", told("account_id"));
    set("CLOUDFLARE_API_TOKEN", padded);
    OK(streamtoken_client_from_env(NULL, &client, NULL));
    check_works(client);
    /* Set but empty is not set. The previous scheme takes over. */
    set("CLOUDFLARE_API_TOKEN", " \n");
    CHECK(streamtoken_client_from_env(NULL, &client, &error) != 0);
    refused(STREAMTOKEN_API_CREDENTIAL_MISSING, "/api_token", error);
    set("CLOUDFLARE_API_KEY", told("api_key"));
    CHECK(streamtoken_client_from_env(NULL, &client, &error) != 0);
    refused(STREAMTOKEN_API_CREDENTIAL_MISSING, "/api_email", error);
    set("CLOUDFLARE_EMAIL", told("api_email"));
    OK(streamtoken_client_from_env(NULL, &client, NULL));
    check_works(client);
    /* What is said counts before the environment, and `new` does not look there. */
    OK(streamtoken_client_options_new(&options, NULL));
    OK(streamtoken_client_options_set_api_token(options, TEXT("wrong"), NULL));
    OK(streamtoken_client_from_env(options, &client, NULL));
    streamtoken_key_list *keys;
    CHECK(streamtoken_client_list_keys(client, NULL, &keys, &error) ==
          STREAMTOKEN_API_UNAUTHORIZED);
    CHECK(streamtoken_error_status(error) == 401);
    streamtoken_error_free(error);
    streamtoken_client_free(client);
    CHECK(streamtoken_client_new(NULL, &client, NULL) == STREAMTOKEN_API_CREDENTIAL_MISSING);
    OK(streamtoken_client_new(options, &client, NULL));
    CHECK(streamtoken_client_list_keys(client, NULL, &keys, &error) != 0);
    refused(STREAMTOKEN_API_ACCOUNT_MISSING, "/account_id", error);
    streamtoken_client_free(client);
    streamtoken_client_options_free(options);
    for (const char *const *name =
             (const char *const[]){"CLOUDFLARE_BASE_URL", "CLOUDFLARE_ACCOUNT_ID",
                                   "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL",
                                   NULL};
         *name != NULL; name++) {
        CHECK(unsetenv(*name) == 0);
    }
}
