// What a case says.

#include "vectors.hpp"

#include <algorithm>

void vector_case::knows_only(const std::vector<std::string> &names) const {
    for (const auto &member : input.items()) {
        if (std::find(names.begin(), names.end(), member.key()) == names.end()) {
            throw malformed("unknown input." + member.key());
        }
    }
}

std::string vector_case::text(const std::string &name) const {
    return input.at(name).get<std::string>();
}

std::optional<std::string> vector_case::optional_text(const std::string &name) const {
    return input.contains(name) ? std::optional(text(name)) : std::nullopt;
}

json vector_case::value(const std::string &name) const { return input.value(name, json::object()); }

std::string vector_case::content(const std::string &name) const {
    if (input.contains("base64")) {
        return from_base64(text("base64"));
    }
    const std::string once = text(name);
    std::string out;
    for (auto times = input.value("repeat", std::size_t(1)); times > 0; --times) {
        out += once;
    }
    return out;
}

std::optional<std::string_view> view(const std::optional<std::string> &text) {
    return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

std::string from_base64(std::string_view text) {
    static const std::string alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    unsigned count = 0;
    for (char character : text.substr(0, text.find('='))) {
        character = character == '-' ? '+' : character == '_' ? '/' : character;
        const auto digit = alphabet.find(character);
        if (digit == std::string::npos) {
            throw malformed("no base64");
        }
        bits = (bits << 6U | static_cast<unsigned>(digit)) & 0xFFFFU;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 0xFFU);
        }
    }
    return out;
}
