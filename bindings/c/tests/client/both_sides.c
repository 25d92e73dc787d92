/* Every route and option over TLS, as the client sees it and as the service does: in its log, in
 * what it signs, and in the public keys that it shows. */

#include <stdlib.h>
#include <time.h>

#include "service.h"

#define ROUTE "/client/v4/accounts/{account_id}/stream/"

static FILE *service_log;

/* From now on: every request after this one must be asked for with `logged`. */
static void watch(void) {
    if (service_log == NULL) {
        service_log = fopen(told_over_tls("log"), "r");
    }
    CHECK(service_log != NULL && fseek(service_log, 0, SEEK_END) == 0);
}

static const char *member(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

/* A line of the log that is whole, or NULL: it is being written then. */
static json_t *whole_line(void) {
    static char line[8192];
    long begin = ftell(service_log);
    if (fgets(line, sizeof line, service_log) != NULL && strchr(line, '\n') != NULL) {
        return json_loads(line, 0, NULL);
    }
    clearerr(service_log);
    CHECK(fseek(service_log, begin, SEEK_SET) == 0);
    return NULL;
}

/* The next request that the service logs; a minute is for ever. */
static json_t *logged(const char *method, const char *route, int status) {
    const struct timespec moment = {0, 10 * 1000 * 1000};
    for (int tries = 0; tries < 6000; tries++) {
        json_t *line = whole_line();
        if (line == NULL) {
            nanosleep(&moment, NULL);
        } else if (strcmp(member(line, "message"), "request") != 0) {
            json_decref(line);
        } else {
            const char *found = member(line, "route");
            CHECK(strcmp(member(line, "method"), method) == 0);
            CHECK(strncmp(found, ROUTE, strlen(ROUTE)) == 0 &&
                  strcmp(found + strlen(ROUTE), route) == 0);
            CHECK(json_integer_value(json_object_get(line, "status")) == status);
            return line;
        }
    }
    CHECK(!"the service logs no request");
    return json_object();
}

static void check_logged(const char *method, const char *route, int status) {
    json_decref(logged(method, route, status));
}

static streamtoken_client_options *options_over_tls(void) {
    return options_for(told_over_tls("base_url"), told_over_tls("api_token"),
                       told_over_tls("account_id"));
}

/* What a program prints. */
static void ask(const char *command, char *answer, size_t size) {
    FILE *program = popen(command, "r");
    size_t length = program == NULL ? 0 : fread(answer, 1, size - 1, program);
    answer[length] = '\0';
    CHECK(program != NULL && pclose(program) == 0);
}

/* The public keys, as the service shows them to everybody. */
static streamtoken_key_set *public_keys(void) {
    char command[1024];
    char answer[65536];
    streamtoken_key_set *keys;
    snprintf(command, sizeof command,
             "curl --silent --fail --max-time 60 --cacert \"$SSL_CERT_FILE\" "
             "%s/accounts/%s/stream/jwks.json",
             told_over_tls("base_url"), told_over_tls("account_id"));
    ask(command, answer, sizeof answer);
    check_logged("GET", "jwks.json", 200);
    OK(streamtoken_key_set_from_jwks(LENGTHY(answer), &keys, NULL));
    return keys;
}

/* The log has of a token the beginning of its digest. */
static void check_minted(const streamtoken_token *token) {
    char command[4096];
    char digest[256];
    json_t *line = logged("POST", "{identifier}/token", 200);
    CHECK(strcmp(member(line, "account"), told_over_tls("account_id")) == 0);
    CHECK(strcmp(member(line, "identifier"), VIDEO) == 0);
    snprintf(command, sizeof command, "printf %%s '%s' | sha256sum",
             streamtoken_token_text(token, NULL));
    ask(command, digest, sizeof digest);
    CHECK(strlen(member(line, "token")) == 12);
    CHECK(strncmp(digest, member(line, "token"), 12) == 0);
    json_decref(line);
}

/* Whether the service signed what was asked for; `asked` is what the payload has beside the video,
 * the key and times. Takes both. */
static void check_signed(streamtoken_token *token, json_t *asked) {
    streamtoken_unverified *unverified;
    size_t length;
    const char *text = streamtoken_token_text(token, &length);
    OK(streamtoken_inspect(text, length, &unverified, NULL));
    json_t *payload = json_loads(streamtoken_unverified_payload(unverified, NULL), 0, NULL);
    /* The service writes times as texts, which no client of ours asked it to. */
    CHECK(streamtoken_token_exp(token) == strtoull(member(payload, "exp"), NULL, 10));
    CHECK(streamtoken_token_nbf(token) == strtoull(member(payload, "nbf"), NULL, 10));
    CHECK(strcmp(member(payload, "kid"), streamtoken_token_key_id(token, NULL)) == 0);
    CHECK(strcmp(member(payload, "sub"), VIDEO) == 0);
    json_t *expected = json_copy(asked);
    for (const char *const *name = (const char *const[]){"exp", "nbf", "sub", "kid", NULL};
         *name != NULL; name++) {
        if (json_object_get(expected, *name) == NULL) {
            json_object_set(expected, *name, json_object_get(payload, *name));
        }
    }
    CHECK(json_equal(payload, expected));
    json_decref(expected);
    json_decref(payload);
    json_decref(asked);
    streamtoken_unverified_free(unverified);
    streamtoken_token_free(token);
}

/* Whether a key that the service shows has signed it, for a viewer whom its rules let in. */
static void check_verified(const streamtoken_token *token, const streamtoken_key_set *keys) {
    streamtoken_verify_context *context;
    streamtoken_claims *claims;
    size_t length;
    const char *text = streamtoken_token_text(token, &length);
    OK(streamtoken_verify_context_from_json(
        TEXT("{\"identifier\": \"" VIDEO "\", \"country\": \"GB\", \"leeway\": 2}"), &context,
        NULL));
    OK(streamtoken_key_set_verify(keys, text, length, context, &claims, NULL));
    streamtoken_claims_free(claims);
    streamtoken_verify_context_free(context);
}

/* Asks for a token with options as JSON. Takes both. */
static void check_option(const streamtoken_client *client, const streamtoken_key_set *keys,
                         json_t *options, json_t *asked) {
    streamtoken_token *token;
    char *json = json_dumps(options, 0);
    streamtoken_error *error;
    int32_t ended = streamtoken_client_create_token_from_json(client, TEXT(VIDEO), LENGTHY(json),
                                                              &token, &error);
    free(json);
    json_decref(options);
    if (ended != STREAMTOKEN_OK) {
        fprintf(stderr, "%s\n", streamtoken_error_message(error, NULL));
        streamtoken_error_free(error);
        json_decref(asked);
        CHECK(!"a token");
        return;
    }
    check_minted(token);
    if (json_object_get(asked, "kid") == NULL) {
        check_verified(token, keys);
    }
    check_signed(token, asked);
}

static json_t *rules(void) {
    return json_loads("[{\"type\": \"ip.geoip.country\", \"action\": \"allow\", \"country\": "
                      "[\"GB\"]}, {\"type\": \"any\", \"action\": \"block\"}]",
                      0, NULL);
}

void every_option_is_signed_by_the_service(void) {
    watch();
    streamtoken_key_set *keys = public_keys();
    streamtoken_client *client = client_of(options_over_tls());
    const json_int_t now = (json_int_t)time(NULL);
    const json_int_t later = now + 1800;
    char exp[32];
    char minute_later[32];
    char nbf[32];
    snprintf(exp, sizeof exp, "%" JSON_INTEGER_FORMAT, later);
    snprintf(minute_later, sizeof minute_later, "%" JSON_INTEGER_FORMAT, later + 60);
    snprintf(nbf, sizeof nbf, "%" JSON_INTEGER_FORMAT, now - 5);
    check_option(client, keys, json_object(), json_object());
    check_option(client, keys, json_pack("{s:I}", "exp", later), json_pack("{s:s}", "exp", exp));
    check_option(client, keys, json_pack("{s:I, s:s}", "now", later, "expires_in", "1m"),
                 json_pack("{s:s}", "exp", minute_later));
    check_option(client, keys, json_pack("{s:I}", "nbf", now - 5), json_pack("{s:s}", "nbf", nbf));
    check_option(client, keys, json_pack("{s:b}", "downloadable", 1),
                 json_pack("{s:b}", "downloadable", 1));
    check_option(client, keys, json_pack("{s:o}", "accessRules", rules()),
                 json_pack("{s:o}", "accessRules", rules()));
    check_option(client, keys, json_pack("{s:{s:b}}", "flags", "original", 1),
                 json_pack("{s:{s:b}}", "flags", "original", 1));
    check_option(client, keys, json_pack("{s:s, s:s}", "id", KEY_ID, "pem", example_key_text),
                 json_pack("{s:s}", "kid", KEY_ID));
    check_option(client, keys,
                 json_pack("{s:I, s:I, s:b, s:o, s:{s:b}, s:s, s:f, s:i, s:i, s:i}", "exp", later,
                           "nbf", now - 5, "downloadable", 1, "accessRules", rules(), "flags",
                           "original", 1, "account_id", told_over_tls("account_id"),
                           "connect_timeout", 55.5, "timeout", 50, "max_retries", 1, "deadline",
                           100),
                 json_pack("{s:s, s:s, s:b, s:o, s:{s:b}}", "exp", exp, "nbf", nbf, "downloadable",
                           1, "accessRules", rules(), "flags", "original", 1));
    streamtoken_client_free(client);
    streamtoken_key_set_free(keys);
}

void typed_options_are_signed_by_the_service(void) {
    streamtoken_sign_options *options;
    streamtoken_call_options *call;
    streamtoken_token *token;
    const double exp = (double)time(NULL) + 900;
    char text[32];
    watch();
    /* What is said with the call counts before what the client was made with. */
    streamtoken_client_options *client_options = options_over_tls();
    OK(streamtoken_client_options_set_account_id(client_options, TEXT("another"), NULL));
    OK(streamtoken_client_options_set_timeout(client_options, 0.001, NULL));
    streamtoken_client *client = client_of(client_options);
    OK(streamtoken_call_options_new(&call, NULL));
    OK(streamtoken_call_options_set_account_id(call, LENGTHY(told_over_tls("account_id")), NULL));
    OK(streamtoken_call_options_set_timeout(call, 60, NULL));
    OK(streamtoken_call_options_set_connect_timeout(call, 60, NULL));
    OK(streamtoken_call_options_set_deadline(call, 120, NULL));
    OK(streamtoken_call_options_set_max_retries(call, 0, NULL));
    OK(streamtoken_call_options_set_key(call, TEXT(KEY_ID), LENGTHY(example_key_text), NULL));
    OK(streamtoken_sign_options_new(&options, NULL));
    OK(streamtoken_sign_options_set_exp(options, exp, NULL));
    OK(streamtoken_sign_options_set_downloadable(options, true, NULL));
    OK(streamtoken_client_create_token(client, TEXT(VIDEO), options, call, &token, NULL));
    check_minted(token);
    snprintf(text, sizeof text, "%.0f", exp);
    check_signed(token,
                 json_pack("{s:s, s:b, s:s}", "exp", text, "downloadable", 1, "kid", KEY_ID));
    streamtoken_sign_options_free(options);
    streamtoken_call_options_free(call);
    streamtoken_client_free(client);
}

/* How many keys the account has, and whether this one is among them. */
static size_t count_keys(const streamtoken_client *client, const char *id, bool is_there) {
    streamtoken_key_list *keys;
    char *json;
    OK(streamtoken_client_list_keys(client, NULL, &keys, NULL));
    check_logged("GET", "keys", 200);
    OK(streamtoken_key_list_to_json(keys, &json, NULL, NULL));
    CHECK((strstr(json, id) != NULL) == is_there);
    size_t count = streamtoken_key_list_count(keys);
    streamtoken_string_free(json);
    streamtoken_key_list_free(keys);
    return count;
}

void keys_are_the_services_until_they_are_deleted(void) {
    streamtoken_created_key *made;
    streamtoken_signing_key *key;
    streamtoken_signer *signer;
    streamtoken_token *token;
    streamtoken_error *error;
    char *word;
    size_t length;
    watch();
    streamtoken_client *client = client_of(options_over_tls());
    OK(streamtoken_client_create_key(client, NULL, &made, NULL));
    check_logged("POST", "keys", 200);
    const char *id = streamtoken_created_key_id(made, &length);
    OK(streamtoken_created_key_signing_key(made, &key, NULL));
    OK(streamtoken_signer_new(key, &signer, NULL));
    OK(streamtoken_signer_sign(signer, TEXT(VIDEO), NULL, &token, NULL));
    streamtoken_key_set *keys = public_keys();
    check_verified(token, keys);
    streamtoken_key_set_free(keys);
    size_t count = count_keys(client, id, true);
    OK(streamtoken_client_delete_key(client, id, length, NULL, &word, NULL, NULL));
    check_logged("DELETE", "keys/{id}", 200);
    CHECK(strcmp(word, "Revoked") == 0);
    streamtoken_string_free(word);
    CHECK(count_keys(client, id, false) == count - 1);
    CHECK(streamtoken_client_delete_key(client, id, length, NULL, &word, NULL, &error) != 0);
    refused(STREAMTOKEN_API_NOT_FOUND, NULL, error);
    check_logged("DELETE", "keys/{id}", 404);
    streamtoken_token_free(token);
    streamtoken_signer_free(signer);
    streamtoken_signing_key_free(key);
    streamtoken_created_key_free(made);
    streamtoken_client_free(client);
}

/* Makes a token with such options, and gives what the service logs of it. Takes the options. */
static json_t *minted_with(streamtoken_client_options *options, int status) {
    streamtoken_token *token;
    streamtoken_error *error;
    streamtoken_client *client = client_of(options);
    int32_t ended =
        streamtoken_client_create_token(client, TEXT(VIDEO), NULL, NULL, &token, &error);
    CHECK((ended == STREAMTOKEN_OK) == (status == 200));
    CHECK(ended == STREAMTOKEN_OK || streamtoken_error_status(error) == status);
    streamtoken_error_free(error);
    streamtoken_token_free(token);
    streamtoken_client_free(client);
    return logged("POST", "{identifier}/token", status);
}

void credentials_and_accounts_reach_the_service(void) {
    watch();
    json_t *by_token = minted_with(options_over_tls(), 200);
    streamtoken_client_options *options;
    OK(streamtoken_client_options_new(&options, NULL));
    OK(streamtoken_client_options_set_base_url(options, LENGTHY(told_over_tls("base_url")), NULL));
    OK(streamtoken_client_options_set_account_id(options, LENGTHY(told_over_tls("account_id")),
                                                 NULL));
    OK(streamtoken_client_options_set_api_email(options, LENGTHY(told_over_tls("api_email")),
                                                NULL));
    OK(streamtoken_client_options_set_api_key(options, LENGTHY(told_over_tls("api_key")), NULL));
    json_t *by_key = minted_with(options, 200);
    CHECK(*member(by_token, "credential") != '\0' && *member(by_key, "credential") != '\0');
    CHECK(strcmp(member(by_token, "credential"), member(by_key, "credential")) != 0);
    options = options_over_tls();
    OK(streamtoken_client_options_set_account_id(options, TEXT("another"), NULL));
    json_t *elsewhere = minted_with(options, 404);
    CHECK(strcmp(member(elsewhere, "account"), "another") == 0);
    CHECK(strcmp(member(elsewhere, "code"), "account_unknown") == 0);
    options = options_over_tls();
    OK(streamtoken_client_options_set_api_token(options, TEXT("nobody"), NULL));
    json_t *nobody = minted_with(options, 401);
    CHECK(strcmp(member(nobody, "code"), "credential_invalid") == 0);
    json_decref(by_token);
    json_decref(by_key);
    json_decref(elsewhere);
    json_decref(nobody);
}

static void check_untrusted(const char *url) {
    streamtoken_token *token;
    streamtoken_error *error;
    streamtoken_client_options *options = options_over_tls();
    OK(streamtoken_client_options_set_base_url(options, LENGTHY(url), NULL));
    streamtoken_client *client = client_of(options);
    CHECK(streamtoken_client_create_token(client, TEXT(VIDEO), NULL, NULL, &token, &error) ==
          STREAMTOKEN_API_TLS);
    CHECK(streamtoken_error_attempts(error) == 1 && streamtoken_error_status(error) == 0);
    streamtoken_error_free(error);
    streamtoken_client_free(client);
}

void nothing_is_asked_of_whom_no_authority_vouches_for(void) {
    const char *url = told_over_tls("base_url");
    const char *authority = getenv("SSL_CERT_FILE");
    const char *port = strchr(url + strlen("https://"), ':');
    char saved[4096];
    char other_name[256];
    CHECK(strncmp(url, "https://localhost:", 18) == 0 && authority != NULL && port != NULL);
    watch();
    snprintf(other_name, sizeof other_name, "https://127.0.0.1%s", port == NULL ? "" : port);
    check_untrusted(other_name);
    snprintf(saved, sizeof saved, "%s", authority == NULL ? "" : authority);
    CHECK(unsetenv("SSL_CERT_FILE") == 0);
    check_untrusted(url);
    CHECK(setenv("SSL_CERT_FILE", saved, 1) == 0);
    /* The first request that it saw is this one. */
    streamtoken_client *client = client_of(options_over_tls());
    count_keys(client, "", true);
    streamtoken_client_free(client);
    CHECK(fclose(service_log) == 0);
    service_log = NULL;
}
