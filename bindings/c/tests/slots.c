#include "slots.h"

#include <stdlib.h>

#include "check.h"

Slots slots;
int slots_given;

static char poison;

#define POISON ((void *)&poison)

/* clang-format off */
#define FOR_EACH_HANDLE(DO)                                                  \
    DO(signing_key) DO(public_key) DO(key_set) DO(sign_options) DO(signer)   \
    DO(token) DO(prepared) DO(verify_context) DO(claims) DO(unverified)      \
    DO(explain_context) DO(report) DO(findings)                              \
    DO(access_rules) DO(customer_code) DO(url_options) DO(urls)              \
    DO(client_options) DO(call_options) DO(client) DO(created_key)           \
    DO(key_list) DO(error)
/* clang-format on */

void poison_slots(void) {
#define POISON_HANDLE(type) slots.type = POISON;
    FOR_EACH_HANDLE(POISON_HANDLE)
    slots.string = POISON;
    slots.length = SIZE_MAX;
    slots.allowed = true;
    slots.rule = 77;
    slots_given = 0;
}

/* 1 for what was cleared, 0 for what was not given. */
static int is_cleared(const char *function, const void *handle) {
    if (handle != POISON && handle != NULL) {
        fprintf(stderr, "%s wrote an out-parameter and failed\n", function);
        CHECK(false);
    }
    return handle == NULL ? 1 : 0;
}

static void check_error(const char *function, int32_t status) {
    if (slots.error == POISON || streamtoken_error_number(slots.error) != status) {
        fprintf(stderr, "%s: error and status disagree\n", function);
        CHECK(false);
    }
    if (slots.error != POISON) {
        streamtoken_error_free(slots.error);
    }
    slots.error = POISON;
}

void check_slots_after_failure(const char *function, int32_t status) {
    int cleared = 0;
    check_error(function, status);
#define CHECK_HANDLE(type) cleared += is_cleared(function, slots.type);
    FOR_EACH_HANDLE(CHECK_HANDLE)
    cleared += is_cleared(function, slots.string);
    CHECK((slots.string == NULL) == (slots.length == 0));
    cleared += slots.rule == 0 && !slots.allowed ? 1 : 0;
    if (cleared != slots_given) {
        fprintf(stderr, "%s: of %d out-parameters %d are cleared\n", function, slots_given,
                cleared);
        CHECK(false);
    }
}

void free_slots(void) {
#define FREE_HANDLE(type)                                                                          \
    if (slots.type != POISON) {                                                                    \
        streamtoken_##type##_free(slots.type);                                                     \
    }
    FOR_EACH_HANDLE(FREE_HANDLE)
    if (slots.string != POISON) {
        streamtoken_string_free(slots.string);
    }
}
