// Why a token is refused, and what is probably not meant before it is minted.

#include "vectors.hpp"

#include <utility>

namespace {

using namespace streamtoken;

void set_number(explain_context &context, const std::string &name, double value) {
    if (name == "now") {
        context.now(value);
    } else if (name == "leeway") {
        context.leeway(value);
    } else if (name == "duration") {
        context.duration(value);
    } else {
        throw malformed("no number " + name);
    }
}

// The case's facts; the case's `now` where they do not give one.
explain_context context_of(const vector_case &one) {
    json given = one.value("context");
    const bool has_now = given.is_object() && !given.value("now", json()).is_null();
    std::vector<std::pair<std::string, double>> numbers;
    take_floats(given,
                [&](const std::string &name, double value) { numbers.emplace_back(name, value); });
    explain_context context = explain_context::from_json(given.dump());
    if (one.now && !has_now) {
        context.now(*one.now);
    }
    for (const auto &[name, value] : numbers) {
        set_number(context, name, value);
    }
    return context;
}

json describe(const check &made) {
    return {{"id", made.id},
            {"status", made.status},
            {"verify", made.verify},
            {"platform", made.platform},
            {"code", made.code ? json(made.code->slug()) : json()},
            {"values", json::parse(made.values)},
            {"cause", made.cause},
            {"remedy", made.remedy ? json(*made.remedy) : json()}};
}

json describe(const std::vector<check> &checks) {
    json list = json::array();
    for (const check &one : checks) {
        list.push_back(describe(one));
    }
    return list;
}

bool is_finding(const json &check) {
    return check.at("status") == "fail" || check.at("status") == "warn";
}

// The report as JSON, after its members were compared with it.
json describe(const report &found, std::size_t bytes) {
    json whole = json::parse(found.to_json());
    const auto refused = found.error();
    const json members = {{"verify", found.verify()},
                          {"platform", found.platform()},
                          {"error", refused ? json::parse(refused->to_json()) : json()},
                          {"kind", found.kind()},
                          {"bytes", bytes},
                          {"read", found.bytes_read()},
                          {"checks", describe(found.checks())}};
    if (members != whole) {
        throw malformed("the report and its JSON differ: " + members.dump());
    }
    json kept = json::array();
    for (const json &check : whole.at("checks")) {
        if (describe(found.find(check.at("id").get<std::string>()).value()) != check) {
            throw malformed("a check is not found by its id");
        }
        if (is_finding(check)) {
            kept.push_back(check);
        }
    }
    if (found.findings().size() != kept.size() || found.find("no such check")) {
        throw malformed("the findings are others");
    }
    return whole;
}

// `keys` is a JWK set as text, or null for none; without it, the published example key.
report explained(const vector_case &one, const std::string &text) {
    const explain_context context = context_of(one);
    if (!one.input.contains("keys")) {
        return explain(text, key_set(example_key()), context);
    }
    if (one.input.at("keys").is_null()) {
        return explain(text, context);
    }
    return explain(text, key_set::from_jwks(one.text("keys")), context);
}

// All checks when the case is about the whole, otherwise those that failed or warn.
json explained(const vector_case &one) {
    one.knows_only({"text", "base64", "repeat", "keys", "context", "whole"});
    const std::string text = one.content("text");
    json found = describe(explained(one, text), text.size());
    if (!one.input.value("whole", false)) {
        json kept = json::array();
        for (const json &check : found.at("checks")) {
            if (is_finding(check)) {
                kept.push_back(check);
            }
        }
        found["checks"] = kept;
    }
    return {{"report", found}};
}

// The findings as JSON, after their members were compared with it.
json describe(const findings &found) {
    json list = json::array();
    for (const finding &one : found.all()) {
        list.push_back({{"id", one.id},
                        {"level", one.level},
                        {"field", one.field},
                        {"message", one.message},
                        {"remedy", one.remedy}});
    }
    if (list != json::parse(found.to_json()) || list.empty() != found.empty()) {
        throw malformed("the findings and their JSON differ: " + list.dump());
    }
    return list;
}

json linted(const vector_case &one) {
    one.knows_only({"accessRules", "options"});
    const json &value = one.input.begin().value();
    const time_point now{std::chrono::seconds(one.now.value())};
    return {{"findings", describe(lint(value.dump(), now))}};
}

// `lint` is a text; the default without.
signer signer_of(const vector_case &one) {
    const json level = one.value("lint");
    if (!one.input.contains("lint")) {
        return signer(example_key());
    }
    if (!level.is_string()) {
        throw unsayable();
    }
    signer made(example_key(), level.get<std::string>());
    if (made.lint_level() != level.get<std::string>()) {
        throw malformed("the signer forgets its lint level");
    }
    return made;
}

sign_options options_of(const json &given, std::optional<std::uint64_t> now) {
    sign_options options = sign_options::from_json(given.dump());
    if (now && !given.contains("now")) {
        options.now(*now);
    }
    return options;
}

// The ids and fields of the token's warnings.
json sign_linted(const vector_case &one) {
    one.knows_only({"identifier", "options", "lint"});
    const signer minting = signer_of(one);
    const sign_options options = options_of(one.value("options"), one.now);
    const token minted = minting.sign(one.text("identifier"), options);
    const prepared waiting =
        prepare(example_key().public_key(), one.text("identifier"), options, minting.lint_level());
    const json warnings = describe(minted.warnings());
    if (describe(waiting.warnings()) != warnings) {
        throw malformed("a token and what is prepared are warned of otherwise");
    }
    json list = json::array();
    for (const json &warning : warnings) {
        list.push_back({{"id", warning.at("id")}, {"field", warning.at("field")}});
    }
    return {{"warnings", list}};
}

json simulated(const vector_case &one) {
    one.knows_only({"accessRules", "viewers"});
    const access_rules rules = access_rules::parse(one.value("accessRules").dump());
    return {{"results", json::parse(rules.simulate(one.input.at("viewers").dump()))}};
}

// Minted one after the other by one signer, and by one that has kept nothing.
json signed_in_turn(const vector_case &one) {
    one.knows_only({"mints"});
    const signer minting(example_key());
    json tokens = json::array();
    for (const json &mint : one.input.at("mints")) {
        const auto identifier = mint.at("identifier").get<std::string>();
        const sign_options options = options_of(mint.at("options"), std::nullopt);
        const token minted = minting.sign(identifier, options);
        if (signer(example_key()).sign(identifier, options).text() != minted.text()) {
            throw malformed("a token that was kept is another");
        }
        tokens.push_back(
            {{"token", minted.text()}, {"renew_at", minted.renew_at().time_since_epoch().count()}});
    }
    return {{"tokens", tokens}};
}

} // namespace

json run_refused(const vector_case &one) {
    return one.operation == "explain"     ? explained(one)
           : one.operation == "lint"      ? linted(one)
           : one.operation == "sign_lint" ? sign_linted(one)
           : one.operation == "simulate"  ? simulated(one)
                                          : signed_in_turn(one);
}
