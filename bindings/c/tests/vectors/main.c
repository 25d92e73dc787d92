/*
 * The golden vectors, through the header alone. Arguments: the folder of the vectors, and the names
 * of the files to run when it is not all of them. Every option set that C can say in two ways, as
 * JSON and with setters, is said in both.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"

static const struct {
    const char *name;
    Operation *run;
} OPERATIONS[] = {
    {"key_load", run_key_load},
    {"key_describe", run_key_describe},
    {"public_key_load", run_public_key_load},
    {"key_set", run_key_set},
    {"key_export", run_key_export},
    {"rules_parse", run_rules_parse},
    {"rules_evaluate", run_rules_evaluate},
    {"rules_allow_only", run_rules_allow_only},
    {"rules_block", run_rules_block},
    {"sign", run_sign},
    {"batch_line", run_batch_line},
    {"prepare", run_prepare},
    {"sign_in_turn", run_sign_in_turn},
    {"sign_lint", run_sign_lint},
    {"lint", run_lint},
    {"simulate", run_simulate},
    {"verify", run_verify},
    {"inspect", run_inspect},
    {"explain", run_explain},
    {"playback_urls", run_playback_urls},
    {"embed", run_embed},
    {"customer_code", run_customer_code},
    {"rewrite", run_rewrite},
};

static const char *const FILE_MEMBERS[] = {"comment", "flags", "cases", NULL};
static const char *const CASE_MEMBERS[] = {"id",  "comment", "flags",  "operation",
                                           "now", "input",   "expect", NULL};

static json_t *the_example;
static streamtoken_signing_key *the_key;

const char *example(const char *member) {
    return json_string_value(json_object_get(the_example, member));
}

const streamtoken_signing_key *example_key(void) { return the_key; }

static json_t *load(const char *folder, const char *file) {
    char path[4096];
    json_error_t why;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    json_t *value = json_load_file(path, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &why);
    if (value == NULL) {
        fprintf(stderr, "%s: %s\n", path, why.text);
        exit(1);
    }
    return value;
}

static void only(const char *what, json_t *object, const char *const *known) {
    const char *member;
    json_t *value;
    json_object_foreach(object, member, value) {
        const char *const *name = known;
        while (*name != NULL && strcmp(*name, member) != 0) {
            name++;
        }
        if (*name == NULL) {
            fprintf(stderr, "%s: unknown member %s\n", what, member);
            exit(1);
        }
    }
}

static json_t *run(const Case *vector) {
    const char *operation = json_string_value(json_object_get(vector->whole, "operation"));
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++) {
        if (strcmp(OPERATIONS[i].name, operation) == 0) {
            return OPERATIONS[i].run(vector);
        }
    }
    fail(vector, "no such operation");
}

static bool has_flag(const json_t *whole, const char *wanted) {
    size_t index;
    json_t *flag;
    json_array_foreach(json_object_get(whole, "flags"), index, flag) {
        if (strcmp(json_string_value(flag), wanted) == 0) {
            return true;
        }
    }
    return false;
}

static bool passes(const Case *vector, const json_t *found) {
    const json_t *expect = json_object_get(vector->whole, "expect");
    bool equal = json_equal(found, expect);
    if (!equal) {
        fprintf(stderr, "%s\n  expected ", vector->id);
        json_dumpf(expect, stderr, JSON_COMPACT);
        fputs("\n  found    ", stderr);
        json_dumpf(found, stderr, JSON_COMPACT);
        fputs("\n", stderr);
    }
    return equal;
}

/* How many cases ended in each way. */
typedef struct {
    size_t passed;
    size_t failed;
    size_t left_out;
} Counts;

static void run_case(json_t *whole, Counts *counts) {
    Case vector = {
        .id = json_string_value(json_object_get(whole, "id")),
        .whole = whole,
        .input = json_object_get(whole, "input"),
    };
    only(vector.id, whole, CASE_MEMBERS);
    json_t *found = run(&vector);
    if (found != NULL) {
        *(passes(&vector, found) ? &counts->passed : &counts->failed) += 1;
    } else if (has_flag(whole, "value-level")) {
        counts->left_out++;
    } else {
        fail(&vector, "C cannot say this, and no flag excuses it");
    }
    json_decref(found);
}

static void run_file(const char *folder, const char *name, Counts *counts) {
    json_t *file = load(folder, name);
    size_t index;
    json_t *whole;
    only(name, file, FILE_MEMBERS);
    json_array_foreach(json_object_get(file, "cases"), index, whole) { run_case(whole, counts); }
    json_decref(file);
}

static bool is_wanted(const char *name, int count, char **wanted) {
    const char *ending = strrchr(name, '.');
    if (ending == NULL || strcmp(ending, ".json") != 0 || strcmp(name, "example-key.json") == 0) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(wanted[i], name) == 0) {
            return true;
        }
    }
    return count == 0;
}

static void load_example(const char *folder) {
    the_example = load(folder, "example-key.json");
    const char *pem = example("pem_base64");
    const char *id = example("key_id");
    if (streamtoken_signing_key_load(pem, strlen(pem), id, strlen(id), &the_key, NULL) !=
        STREAMTOKEN_OK) {
        fputs("the published example key does not load\n", stderr);
        exit(1);
    }
}

int main(int count, char **arguments) {
    Counts counts = {0, 0, 0};
    DIR *folder = count > 1 ? opendir(arguments[1]) : NULL;
    if (folder == NULL) {
        fputs("usage: vectors FOLDER [FILE...]\n", stderr);
        return 2;
    }
    check_surface();
    load_example(arguments[1]);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (is_wanted(entry->d_name, count - 2, arguments + 2)) {
            run_file(arguments[1], entry->d_name, &counts);
        }
    }
    closedir(folder);
    streamtoken_signing_key_free(the_key);
    json_decref(the_example);
    if (counts.failed > 0) {
        fprintf(stderr, "%zu vectors failed\n", counts.failed);
        return 1;
    }
    printf("vectors: %zu passed on C", counts.passed);
    if (counts.left_out > 0) {
        printf(" (left out: %zu value-level)", counts.left_out);
    }
    puts("");
    return counts.passed == 0;
}
