// The golden vectors, as crates/streamtoken/vectors/README.md describes them.

#ifndef STREAMTOKEN_TESTS_VECTORS_HPP
#define STREAMTOKEN_TESTS_VECTORS_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>
#include <streamtoken.hpp>

using json = nlohmann::json;

// A case or a file that the runner does not understand.
struct malformed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// What C++ cannot say, which the case's flag `value-level` must excuse.
struct unsayable : std::runtime_error {
    unsayable() : std::runtime_error("C++ cannot say this, and no flag excuses it") {}
};

// One case.
struct vector_case {
    std::string id;
    std::string operation;
    std::optional<std::uint64_t> now;
    json input;
    json expect;
    bool value_level;

    // Fails on a member of the input that the operation does not know.
    void knows_only(const std::vector<std::string> &names) const;

    // A member of the input that is a text.
    std::string text(const std::string &name) const;
    std::optional<std::string> optional_text(const std::string &name) const;

    // A member of the input as JSON; an empty object when it is absent.
    json value(const std::string &name) const;

    // The bytes in `base64`, or the text in the member `name`; `repeat` times when that is given.
    std::string content(const std::string &name) const;
};

// A text as a parameter that may be left out.
std::optional<std::string_view> view(const std::optional<std::string> &text);

// Takes `{"$float": "NaN"}` out of the members of an object and gives the number to `set`.
template <class Set> void take_floats(json &object, Set set) {
    if (!object.is_object()) {
        return;
    }
    for (auto member = object.begin(); member != object.end();) {
        if (member->is_object() && member->contains("$float")) {
            set(member.key(), std::stod(member->at("$float").get<std::string>()));
            member = object.erase(member);
        } else {
            ++member;
        }
    }
}

// Either alphabet, with or without padding.
std::string from_base64(std::string_view text);

// The published key, loaded once.
const streamtoken::signing_key &example_key();

// The published token.
const std::string &example_token();

// The operations. Each gives what the case expects, or throws streamtoken::error.
json run_key(const vector_case &one);
json run_refused(const vector_case &one);
json run_rules(const vector_case &one);
json run_sign(const vector_case &one);
json run_urls(const vector_case &one);
json run_verify(const vector_case &one);

#endif
