/* What the tests of the client share: the services that run, and clients of them. */

#ifndef SERVICE_H
#define SERVICE_H

#include <jansson.h>

#include "../check.h"

/* Reads what is said of the services, or ends the program: STREAMTOKEN_SERVICE has the first line
 * of `serve --dev --json`, STREAMTOKEN_SERVICE_TLS the like of a service with a store, and its log.
 */
void meet_services(void);

/* A member of the introduction of the service that is asked over HTTP, or over TLS. */
const char *told(const char *member);
const char *told_over_tls(const char *member);

/* The key that the service signs with. */
streamtoken_signing_key *service_key(void);

/* Options for a base URL, with a token for `account`. */
streamtoken_client_options *options_for(const char *base_url, const char *token,
                                        const char *account);

/* Makes a client, and frees its options. */
streamtoken_client *client_of(streamtoken_client_options *options);

/* A client of the service. */
streamtoken_client *service_client(void);

/* The claims of a token that the holder of `key` signed for VIDEO. Frees the token. */
streamtoken_claims *claims_of(streamtoken_token *token, const streamtoken_signing_key *key);

/* Ends a call that must fail: the number and the field, which may be NULL. Frees the error. */
void refused(int32_t number, const char *field, streamtoken_error *error);

/* A text as the two arguments that a function wants. */
#define LENGTHY(text) text, strlen(text)

void tokens_of_the_api(void);
void tokens_have_the_warnings_of_what_was_sent(void);
void options_as_json(void);
void a_key_that_goes_along(void);
void a_client_without_network(void);
void keys_of_the_account(void);
void credentials_and_environment(void);

void every_option_is_signed_by_the_service(void);
void typed_options_are_signed_by_the_service(void);
void keys_are_the_services_until_they_are_deleted(void);
void credentials_and_accounts_reach_the_service(void);
void nothing_is_asked_of_whom_no_authority_vouches_for(void);

void a_request_as_it_arrives(void);
void both_ways_to_authenticate(void);
void what_an_error_knows(void);
void what_is_not_known_of_a_key_is_kept(void);
void every_limit_of_a_client_and_of_a_call(void);

void base_urls_that_are_refused(void);
void no_option_breaks_a_header(void);
void lengths_and_encodings(void);
void calls_of_the_wrong_kind(void);

void attempts_are_told_without_secrets(void);
void many_calls_on_one_client(void);
void closing_ends_a_call_that_waits(void);

#endif
