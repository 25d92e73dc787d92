// Minting and reading.

#include "vectors.hpp"

#include <utility>

namespace {

using namespace streamtoken;

void set_number(sign_options &options, const std::string &name, double value) {
    if (name == "exp") {
        options.exp(value);
    } else if (name == "expires_in") {
        options.expires_in(value);
    } else if (name == "nbf") {
        options.nbf(value);
    } else if (name == "now") {
        options.now(value);
    } else if (name == "reuse_window") {
        options.reuse_window(value);
    } else {
        throw malformed("no number " + name);
    }
}

// The case's options; the case's `now` where they do not give one.
sign_options options_of(const vector_case &one) {
    json given = one.value("options");
    const bool has_now = given.is_object() && !given.value("now", json()).is_null();
    std::vector<std::pair<std::string, double>> numbers;
    take_floats(given,
                [&](const std::string &name, double value) { numbers.emplace_back(name, value); });
    const auto text = one.optional_text("options_text");
    sign_options options = sign_options::from_json(text ? *text : given.dump());
    if (one.now && !has_now) {
        options.now(*one.now);
    }
    for (const auto &[name, value] : numbers) {
        set_number(options, name, value);
    }
    return options;
}

long long seconds(time_point time) { return time.time_since_epoch().count(); }

json describe(const token &minted) {
    const std::string text(minted.text());
    const auto first = text.find('.');
    const auto second = text.find('.', first + 1);
    return {{"token", text},
            {"header", from_base64(text.substr(0, first))},
            {"payload", from_base64(text.substr(first + 1, second - first - 1))},
            {"exp", seconds(minted.exp())},
            {"nbf", seconds(minted.nbf())},
            {"renew_at", seconds(minted.renew_at())}};
}

json sign(const vector_case &one) {
    one.knows_only({"identifier", "options", "options_text"});
    return describe(signer(example_key()).sign(one.text("identifier"), options_of(one)));
}

// One line of a batch: `line` as text, `options` as the defaults.
json batch_line(const vector_case &one) {
    one.knows_only({"line", "base64", "repeat", "options"});
    std::string line = one.content("line");
    if (line.empty() || line.back() != '\n') {
        line += '\n';
    }
    const std::string answers = signer(example_key()).sign_many(line, options_of(one));
    if (answers.find('\n') != answers.size() - 1) {
        throw malformed("one line has one answer");
    }
    return json::parse(answers);
}

// `signature` is base64url; without it, the signature that the key makes.
json prepared_token(const vector_case &one) {
    one.knows_only({"identifier", "options", "signature"});
    const sign_options options = options_of(one);
    const prepared waiting = prepare(example_key().public_key(), one.text("identifier"), options);
    auto signature = one.optional_text("signature");
    if (!signature) {
        const token signed_here = signer(example_key()).sign(one.text("identifier"), options);
        const std::string text(signed_here.text());
        signature = text.substr(text.rfind('.') + 1);
    }
    json out = describe(waiting.finish(from_base64(*signature)));
    out["signing_input"] = waiting.signing_input();
    return out;
}

// The case's facts; the case's `now` where they do not give one.
verify_context context_of(const vector_case &one) {
    json given = one.value("context");
    const bool has_now = given.is_object() && !given.value("now", json()).is_null();
    std::vector<double> numbers;
    take_floats(given, [&](const std::string &name, double value) {
        if (name != "now") {
            throw malformed("no number " + name);
        }
        numbers.push_back(value);
    });
    verify_context context = verify_context::from_json(given.dump());
    if (one.now && !has_now) {
        context.now(*one.now);
    }
    for (const double number : numbers) {
        context.now(number);
    }
    return context;
}

// `keys` is a JWK set as text; without it, the published example key.
json verified(const vector_case &one) {
    one.knows_only({"token", "keys", "context"});
    const auto jwks = one.optional_text("keys");
    const key_set keys = jwks ? key_set::from_jwks(*jwks) : key_set(example_key());
    const claims found = verify(one.text("token"), keys, context_of(one));
    const json all = json::parse(found.to_json());
    json members = {{"sub", found.sub()},
                    {"kid", found.kid()},
                    {"exp", seconds(found.exp())},
                    {"nbf", found.nbf() ? json(seconds(*found.nbf())) : json()},
                    {"downloadable", found.downloadable()},
                    {"accessRules", json::parse(found.access_rules().to_json())},
                    {"flags", json::parse(found.flags_json())},
                    {"other", json::parse(found.other_json())}};
    if (members != all) {
        throw malformed("the claims and their JSON differ: " + all.dump());
    }
    return {{"claims", all}};
}

json inspected(const vector_case &one) {
    one.knows_only({"token"});
    const unverified token = inspect(one.text("token"));
    return {{"header", json::parse(token.header())}, {"payload", json::parse(token.payload())}};
}

} // namespace

json run_sign(const vector_case &one) {
    return one.operation == "sign"         ? sign(one)
           : one.operation == "batch_line" ? batch_line(one)
                                           : prepared_token(one);
}

json run_verify(const vector_case &one) {
    return one.operation == "verify" ? verified(one) : inspected(one);
}
