/// Access rules. Include `streamtoken.hpp`.

#ifndef STREAMTOKEN_RULES_HPP
#define STREAMTOKEN_RULES_HPP

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail.hpp"
#include "lint.hpp"

namespace streamtoken {

namespace detail {

/// The JSON string of a text. What is no UTF-8 stays as it is: the library refuses it.
inline std::string json_string(std::string_view text) {
    static const char digits[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte < 0x20) {
            out += "\\u00";
            out += digits[byte >> 4U];
            out += digits[byte & 0x0FU];
            continue;
        }
        if (character == '"' || character == '\\') {
            out += '\\';
        }
        out += character;
    }
    return out + '"';
}

/// A JSON list of what `write` makes of the items.
template <class Items, class Write> std::string json_list(const Items &items, Write write) {
    std::string out = "[";
    for (const auto &item : items) {
        if (out.size() > 1) {
            out += ',';
        }
        out += write(item);
    }
    return out + ']';
}

} // namespace detail

/// Something a viewer may meet. It is copied where others are moved, so that it never loses what it
/// says: a list with a condition less in it would block less.
class condition {
  public:
    condition(const condition &) = default;
    condition &operator=(const condition &) = default;

    /// The viewer's address lies in one of these networks or is one of these addresses.
    static condition ip(const std::vector<std::string> &networks) {
        return condition("{\"ip\":" + detail::json_list(networks, detail::json_string) + '}');
    }

    /// The viewer is in one of these countries, each by its two letters.
    static condition country(const std::vector<std::string> &countries) {
        return condition("{\"country\":" + detail::json_list(countries, detail::json_string) + '}');
    }

    /// Every viewer.
    static condition any() { return condition("{\"any\":true}"); }

    /// The condition as the library reads it.
    const std::string &to_json() const noexcept { return json_; }

  private:
    explicit condition(std::string text) : json_(std::move(text)) {}

    std::string json_;
};

/// Whether a viewer may play, and the index of the rule that said so, from 0; none when no rule
/// matched.
struct decision {
    bool allowed;
    std::optional<std::size_t> rule;
};

/// The access rules of a token: at most 5, read first to last; the first that matches decides. **No
/// match means allowed.**
class access_rules {
  public:
    using handle = detail::handle<streamtoken_access_rules, streamtoken_access_rules_free>;

    /// Takes over a handle of the C library.
    explicit access_rules(handle raw) noexcept : raw_(std::move(raw)) {}

    /// Reads the rules from the JSON list that the claim holds; `[]` means no rules. Throws
    /// `input_error`.
    static access_rules parse(std::string_view text) {
        return access_rules(detail::make<handle>([&](auto rules, auto error) {
            return streamtoken_access_rules_parse(detail::data(text), text.size(), rules, error);
        }));
    }

    /// Allows viewers who meet at least one of the conditions and blocks everybody else. Throws
    /// `input_error`.
    static access_rules allow_only(const std::vector<condition> &conditions) {
        return allow_only_json(detail::json_list(conditions, write));
    }

    /// The same, from a JSON list such as `[{"country": ["GB"]}, {"ip": ["192.0.2.0/24"]}]`.
    static access_rules allow_only_json(std::string_view conditions) {
        return access_rules(detail::make<handle>([&](auto rules, auto error) {
            return streamtoken_access_rules_allow_only(detail::data(conditions), conditions.size(),
                                                       rules, error);
        }));
    }

    /// Blocks viewers who meet at least one of the conditions and allows everybody else. Throws
    /// `input_error`.
    static access_rules block(const std::vector<condition> &conditions) {
        return block_json(detail::json_list(conditions, write));
    }

    /// The same, from a JSON list as for `allow_only_json`.
    static access_rules block_json(std::string_view conditions) {
        return access_rules(detail::make<handle>([&](auto rules, auto error) {
            return streamtoken_access_rules_block(detail::data(conditions), conditions.size(),
                                                  rules, error);
        }));
    }

    /// How many rules there are, from 0 to 5.
    std::size_t size() const noexcept { return streamtoken_access_rules_count(raw_.get()); }

    /// Whether a viewer may play. A fact that is not known is left out. Throws `token_error` when a
    /// rule is reached that needs it, and `input_error` for a fact that is none.
    decision evaluate(std::optional<std::string_view> ip,
                      std::optional<std::string_view> country) const {
        return decide([&](auto allowed, auto rule, auto error) {
            return streamtoken_access_rules_evaluate(raw_.get(), detail::data(ip), detail::size(ip),
                                                     detail::data(country), detail::size(country),
                                                     allowed, rule, error);
        });
    }

    /// The same, for a viewer as a JSON object: `{"ip": "192.0.2.1", "country": "GB"}`.
    decision evaluate_json(std::string_view viewer) const {
        return decide([&](auto allowed, auto rule, auto error) {
            return streamtoken_access_rules_evaluate_json(raw_.get(), detail::data(viewer),
                                                          viewer.size(), allowed, rule, error);
        });
    }

    /// What the rules probably do not mean: warnings alone.
    findings lint() const {
        return findings(detail::make<findings::handle>([&](auto made, auto error) {
            return streamtoken_access_rules_lint(raw_.get(), made, error);
        }));
    }

    /// What the rules do to each of the viewers in a JSON list such as `[{"ip": "192.0.2.1",
    /// "country": "GB"}]`, as the JSON list that `streamtoken_simulate` describes. Throws
    /// `input_error`.
    std::string simulate(std::string_view viewers) const {
        return detail::text([&](auto text, auto length, auto error) {
            return streamtoken_simulate(raw_.get(), detail::data(viewers), viewers.size(), text,
                                        length, error);
        });
    }

    /// The rules as the JSON list of the claim `accessRules`.
    std::string to_json() const {
        return detail::text([&](auto text, auto length, auto error) {
            return streamtoken_access_rules_to_json(raw_.get(), text, length, error);
        });
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_access_rules *get() const noexcept { return raw_.get(); }

  private:
    template <class Call> static decision decide(Call call) {
        bool allowed = false;
        std::int32_t rule = 0;
        detail::run([&](auto error) { return call(&allowed, &rule, error); });
        return {allowed, rule < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(rule))};
    }

    static std::string write(const condition &one) { return one.to_json(); }

    handle raw_;
};

} // namespace streamtoken

#endif
