/* One out-parameter of each type, for calls of every function. */

#ifndef SLOTS_H
#define SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "streamtoken.h"

typedef struct {
    streamtoken_error *error;
    char *string;
    streamtoken_signing_key *signing_key;
    streamtoken_public_key *public_key;
    streamtoken_key_set *key_set;
    streamtoken_sign_options *sign_options;
    streamtoken_signer *signer;
    streamtoken_token *token;
    streamtoken_prepared *prepared;
    streamtoken_verify_context *verify_context;
    streamtoken_claims *claims;
    streamtoken_unverified *unverified;
    streamtoken_explain_context *explain_context;
    streamtoken_report *report;
    streamtoken_access_rules *access_rules;
    streamtoken_findings *findings;
    streamtoken_customer_code *customer_code;
    streamtoken_url_options *url_options;
    streamtoken_urls *urls;
    streamtoken_client_options *client_options;
    streamtoken_call_options *call_options;
    streamtoken_client *client;
    streamtoken_created_key *created_key;
    streamtoken_key_list *key_list;
    size_t length;
    bool allowed;
    int32_t rule;
} Slots;

extern Slots slots;

/* How many out-parameters a call was given, lengths and the error not counted. */
extern int slots_given;

/* What stands for out-parameters in every_function.h. */
#define ERROR &slots.error
#define STRING (slots_given++, &slots.string), &slots.length, ERROR
#define HANDLE(type) (slots_given++, &slots.type), ERROR
#define VERDICT (slots_given++, &slots.allowed), &slots.rule, ERROR

/* Fills all slots with what was never written by the library. */
void poison_slots(void);

/* Checks that what the library wrote is NULL, 0 and false, but for the error, which must be there.
 */
void check_slots_after_failure(const char *function, int32_t status);

/* Frees what the library wrote. */
void free_slots(void);

#endif
