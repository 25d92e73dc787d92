// Access rules and playback URLs.

#include "vectors.hpp"

#include <algorithm>
#include <tuple>

namespace {

using namespace streamtoken;

json parsed(const vector_case &one) {
    one.knows_only({"accessRules", "text"});
    const auto text = one.optional_text("text");
    const access_rules rules = access_rules::parse(text ? *text : one.value("accessRules").dump());
    return {{"accessRules", json::parse(rules.to_json())}};
}

// A fact about the viewer: a text, or none.
std::optional<std::string> fact(const json &viewer, const char *name) {
    const json value = viewer.value(name, json());
    return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

json evaluated(const vector_case &one) {
    one.knows_only({"accessRules", "viewer"});
    const access_rules rules = access_rules::parse(one.value("accessRules").dump());
    const json &viewer = one.input.at("viewer");
    const auto ip = fact(viewer, "ip");
    const auto country = fact(viewer, "country");
    const bool sayable = viewer.size() == std::size_t(ip.has_value()) + country.has_value();
    const decision decided =
        sayable ? rules.evaluate(view(ip), view(country)) : rules.evaluate_json(viewer.dump());
    return {{"action", decided.allowed ? "allow" : "block"},
            {"rule", decided.rule ? json(*decided.rule) : json()}};
}

// The conditions as the wrapper's own type, when they are all of its forms.
std::optional<std::vector<condition>> conditions(const json &who) {
    std::vector<condition> out;
    for (const json &one : who) {
        const auto list = [&](const char *name) {
            return one.is_object() && one.size() == 1 && one.contains(name) &&
                   one.at(name).is_array() &&
                   std::all_of(one.at(name).begin(), one.at(name).end(),
                               [](const json &item) { return item.is_string(); });
        };
        if (list("ip")) {
            out.push_back(condition::ip(one.at("ip")));
        } else if (list("country")) {
            out.push_back(condition::country(one.at("country")));
        } else if (one == json{{"any", true}}) {
            out.push_back(condition::any());
        } else {
            return std::nullopt;
        }
    }
    return out;
}

json closed(const vector_case &one) {
    one.knows_only({"who"});
    const json &who = one.input.at("who");
    const auto typed = conditions(who);
    const bool allow = one.operation == "rules_allow_only";
    const access_rules rules = typed && allow ? access_rules::allow_only(*typed)
                               : typed        ? access_rules::block(*typed)
                               : allow        ? access_rules::allow_only_json(who.dump())
                                              : access_rules::block_json(who.dump());
    return {{"accessRules", json::parse(rules.to_json())}};
}

// The options of all rows; a number that JSON cannot say is set by itself.
url_options options_of(const vector_case &one) {
    json given = one.value("options");
    std::vector<std::tuple<std::string, std::string, double>> numbers;
    if (given.is_object()) {
        for (auto row = given.begin(); row != given.end(); ++row) {
            take_floats(*row, [&](const std::string &name, double value) {
                numbers.emplace_back(row.key(), name, value);
            });
        }
    }
    url_options options = url_options::from_json(given.dump());
    for (const auto &[row, name, value] : numbers) {
        options.set(row, name, value);
    }
    return options;
}

std::string token_of(const vector_case &one) {
    return one.optional_text("token").value_or(example_token());
}

playback_urls urls(const vector_case &one) {
    one.knows_only({"token", "customer_code", "options"});
    const auto code =
        customer_code::parse(one.optional_text("customer_code").value_or("f33zs165nr7gyfy4"));
    const url_options options = options_of(one);
    return playback_urls(token_of(one), code, options);
}

json by_name(const playback_urls &found) {
    json out = json::object();
    for (const auto &[name, url] : found.rows()) {
        if (found.get(name) != url) {
            throw malformed("a row is not found by its name");
        }
        out[std::string(name)] = url;
    }
    if (out != json::parse(found.to_json())) {
        throw malformed("the rows and their JSON differ");
    }
    return out;
}

} // namespace

json run_rules(const vector_case &one) {
    return one.operation == "rules_parse"      ? parsed(one)
           : one.operation == "rules_evaluate" ? evaluated(one)
                                               : closed(one);
}

json run_urls(const vector_case &one) {
    if (one.operation == "playback_urls") {
        return by_name(urls(one));
    }
    if (one.operation == "embed") {
        return {{"html", urls(one).embed()}};
    }
    if (one.operation == "customer_code") {
        one.knows_only({"text"});
        const auto code = customer_code::parse(one.text("text"));
        return {{"customer_code", code.text()}, {"host", code.host()}};
    }
    one.knows_only({"url", "token"});
    return {{"url", rewrite(one.text("url"), token_of(one))}};
}
