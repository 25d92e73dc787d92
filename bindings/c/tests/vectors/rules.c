/* Access rules. */

#include <stdlib.h>
#include <string.h>

#include "case.h"

static json_t *described(const Case *vector, int32_t status, streamtoken_access_rules *rules,
                         streamtoken_error *error) {
    char *json;
    size_t length;
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    if (streamtoken_access_rules_to_json(rules, &json, &length, NULL) != STREAMTOKEN_OK) {
        fail(vector, "rules have no JSON");
    }
    json_t *list = take_json(vector, json, length);
    if (json_array_size(list) != streamtoken_access_rules_count(rules)) {
        fail(vector, "rules and their number disagree");
    }
    streamtoken_access_rules_free(rules);
    return json_pack("{s:o}", "accessRules", list);
}

json_t *run_rules_parse(const Case *vector) {
    static const char *const inputs[] = {"accessRules", "text", NULL};
    streamtoken_access_rules *rules;
    streamtoken_error *error;
    knows_only(vector, inputs);
    Bytes text = input_text(vector, "text");
    json_t *list = json_object_get(vector->input, "accessRules");
    Bytes json = text.start != NULL ? text : dump(list);
    int32_t status = streamtoken_access_rules_parse(json.start, json.length, &rules, &error);
    if (text.start == NULL) {
        free(json.start);
    }
    return described(vector, status, rules, error);
}

typedef int32_t Build(const char *conditions, size_t length, streamtoken_access_rules **rules,
                      streamtoken_error **error);

static json_t *build(const Case *vector, Build *function) {
    static const char *const inputs[] = {"who", NULL};
    streamtoken_access_rules *rules;
    streamtoken_error *error;
    knows_only(vector, inputs);
    Bytes who = dump(json_object_get(vector->input, "who"));
    int32_t status = function(who.start, who.length, &rules, &error);
    free(who.start);
    return described(vector, status, rules, error);
}

json_t *run_rules_allow_only(const Case *vector) {
    return build(vector, streamtoken_access_rules_allow_only);
}

json_t *run_rules_block(const Case *vector) {
    return build(vector, streamtoken_access_rules_block);
}

static json_t *verdict(const Case *vector, int32_t status, bool allowed, int32_t rule,
                       streamtoken_error *error) {
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    json_t *index = rule < 0 ? json_null() : json_integer(rule);
    return json_pack("{s:s, s:o}", "action", allowed ? "allow" : "block", "rule", index);
}

/* The viewer as JSON. */
static json_t *by_json(const Case *vector, const streamtoken_access_rules *rules) {
    streamtoken_error *error;
    bool allowed;
    int32_t rule;
    Bytes viewer = dump(json_object_get(vector->input, "viewer"));
    int32_t status = streamtoken_access_rules_evaluate_json(rules, viewer.start, viewer.length,
                                                            &allowed, &rule, &error);
    free(viewer.start);
    return verdict(vector, status, allowed, rule, error);
}

/* The viewer as two texts, NULL where a fact is not known; NULL when texts cannot say it. */
static json_t *by_facts(const Case *vector, const streamtoken_access_rules *rules) {
    Bytes facts[2] = {{NULL, 0}, {NULL, 0}};
    const char *name;
    json_t *value;
    streamtoken_error *error;
    bool allowed;
    int32_t rule;
    json_object_foreach(json_object_get(vector->input, "viewer"), name, value) {
        bool is_ip = strcmp(name, "ip") == 0;
        if ((!is_ip && strcmp(name, "country") != 0) ||
            (!json_is_string(value) && !json_is_null(value))) {
            return NULL;
        }
        Bytes text = {(char *)json_string_value(value), json_string_length(value)};
        facts[is_ip ? 0 : 1] = text;
    }
    int32_t status =
        streamtoken_access_rules_evaluate(rules, facts[0].start, facts[0].length, facts[1].start,
                                          facts[1].length, &allowed, &rule, &error);
    return verdict(vector, status, allowed, rule, error);
}

json_t *run_rules_evaluate(const Case *vector) {
    static const char *const inputs[] = {"accessRules", "viewer", NULL};
    streamtoken_access_rules *rules;
    streamtoken_error *error;
    knows_only(vector, inputs);
    Bytes json = dump(json_object_get(vector->input, "accessRules"));
    int32_t status = streamtoken_access_rules_parse(json.start, json.length, &rules, &error);
    free(json.start);
    if (status != STREAMTOKEN_OK) {
        return refusal(vector, status, error);
    }
    json_t *result = by_json(vector, rules);
    same(vector, result, by_facts(vector, rules), "a viewer as JSON and as texts");
    streamtoken_access_rules_free(rules);
    return result;
}
