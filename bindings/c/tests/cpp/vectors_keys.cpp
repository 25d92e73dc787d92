// Keys: loading, describing, exporting, and sets of them.

#include "vectors.hpp"

namespace {

using namespace streamtoken;

json loaded(const signing_key &key, const std::string &text) {
    const json info = json::parse(describe_key(text, key.id()));
    const public_key half = key.public_key();
    if (info.at("private") != true || info.at("thumbprint") != half.thumbprint()) {
        throw malformed("what loads is described otherwise");
    }
    return {{"id", key.id()},
            {"bits", key.bits()},
            {"form", info.at("form")},
            {"jwk", json::parse(half.to_jwk())}};
}

json shown(const public_key &key) {
    return {{"id", key.id()},
            {"bits", key.bits()},
            {"thumbprint", key.thumbprint()},
            {"pem", key.to_pem()},
            {"jwk", json::parse(key.to_jwk())}};
}

// A set as text, or as many copies of `member` as `repeat` says, `{n}` in each replaced by its
// number.
std::string set_text(const vector_case &one) {
    if (!one.input.contains("member")) {
        return one.text("jwks");
    }
    const std::string member = one.text("member");
    std::string out = "{\"keys\":[";
    for (std::size_t n = 0; n < one.input.value("repeat", std::size_t(1)); ++n) {
        std::string copy = member;
        for (auto at = copy.find("{n}"); at != std::string::npos; at = copy.find("{n}", at)) {
            copy.replace(at, 3, std::to_string(n));
        }
        out += (n > 0 ? "," : "") + copy;
    }
    return out + "]}";
}

json set(const vector_case &one) {
    one.knows_only({"jwks", "member", "repeat"});
    const key_set keys = key_set::from_jwks(set_text(one));
    json ids = json::array();
    for (std::size_t index = 0; index < keys.size(); ++index) {
        const auto found = keys.get(keys.id(index));
        if (!found || found->id() != keys.id(index)) {
            throw malformed("a key of the set is not found");
        }
        ids.push_back(keys.id(index));
    }
    return {{"ids", ids}, {"jwks", json::parse(keys.to_jwks())}};
}

json exported(const vector_case &one) {
    one.knows_only({"form"});
    const signing_key &key = example_key();
    const std::string form = one.text("form");
    const secret text = form == "pkcs1_pem"    ? key.to_pkcs1_pem()
                        : form == "pkcs8_pem"  ? key.to_pkcs8_pem()
                        : form == "jwk"        ? key.to_jwk()
                        : form == "pem_base64" ? key.to_pem_base64()
                        : form == "jwk_base64" ? key.to_jwk_base64()
                                               : throw malformed("no form " + form);
    const signing_key again = signing_key::load(text.view(), key.id());
    if (again.to_jwk().view() != key.to_jwk().view()) {
        throw malformed("an export loads as another key");
    }
    return {{"text", text.view()}};
}

} // namespace

json run_key(const vector_case &one) {
    if (one.operation == "key_set") {
        return set(one);
    }
    if (one.operation == "key_export") {
        return exported(one);
    }
    one.knows_only({"text", "base64", "repeat", "id"});
    const std::string text = one.content("text");
    const std::optional<std::string> id = one.optional_text("id");
    if (one.operation == "key_load") {
        return loaded(signing_key::load(text, view(id)), text);
    }
    if (one.operation == "key_describe") {
        return json::parse(describe_key(text, view(id)));
    }
    return shown(public_key::load(text, view(id)));
}
