/*
 * Tells why a token, a playback URL or whatever was taken for one is refused, and what to do about
 * it.
 *
 * explain TEXT IDENTIFIER, with the key as for mint; its public half is what is used. Ends with 1
 * when verify or, as far as is publicly known, the platform refuses.
 */

#include <stdio.h>
#include <string.h>

#include <streamtoken.h>

/* Everything that the report is made of, to be freed at the end however far it came. */
struct work {
    streamtoken_signing_key *key;
    streamtoken_key_set *keys;
    streamtoken_explain_context *context;
    streamtoken_report *report;
};

static int32_t explain(struct work *work, const char *text, const char *identifier,
                       streamtoken_error **error) {
    int32_t status = streamtoken_signing_key_from_env(&work->key, error);
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_key_set_from_signing_key(work->key, &work->keys, error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_explain_context_new(&work->context, error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_explain_context_set_identifier(work->context, identifier,
                                                            strlen(identifier), error);
    }
    if (status == STREAMTOKEN_OK) {
        status = streamtoken_explain(text, strlen(text), work->keys, work->context, &work->report,
                                     error);
    }
    return status;
}

/* The verdicts, then what failed and, behind it, what is probably not meant. */
static void tell(const streamtoken_report *report) {
    printf("verify %s, platform %s\n", streamtoken_report_verify(report, NULL),
           streamtoken_report_platform(report, NULL));
    for (size_t place = 0; streamtoken_report_finding(report, place) != SIZE_MAX; place++) {
        size_t check = streamtoken_report_finding(report, place);
        const char *remedy = streamtoken_report_check_remedy(report, check, NULL);
        printf("%s %s: %s; %s\n", streamtoken_report_check_status(report, check, NULL),
               streamtoken_report_check_id(report, check, NULL),
               streamtoken_report_check_cause(report, check, NULL), remedy != NULL ? remedy : "-");
    }
}

static bool is_refused(const streamtoken_report *report) {
    return strcmp(streamtoken_report_verify(report, NULL), "refuses") == 0 ||
           strcmp(streamtoken_report_platform(report, NULL), "refuses") == 0;
}

static void release(struct work *work) {
    streamtoken_report_free(work->report);
    streamtoken_explain_context_free(work->context);
    streamtoken_key_set_free(work->keys);
    streamtoken_signing_key_free(work->key);
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: explain TEXT IDENTIFIER\n");
        return 2;
    }
    struct work work = {0};
    streamtoken_error *error = NULL;
    int32_t status = explain(&work, arguments[1], arguments[2], &error);
    bool refused = true;
    if (status == STREAMTOKEN_OK) {
        tell(work.report);
        refused = is_refused(work.report);
    } else {
        fprintf(stderr, "error[%s]: %s\n", streamtoken_error_slug(error, NULL),
                streamtoken_error_message(error, NULL));
    }
    streamtoken_error_free(error);
    release(&work);
    return refused ? 1 : 0;
}
