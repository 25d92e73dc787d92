/// What is probably not meant by rules and options. Include `streamtoken.hpp`.

#ifndef STREAMTOKEN_LINT_HPP
#define STREAMTOKEN_LINT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail.hpp"

namespace streamtoken {

/// Something that is wrong, or probably not meant. Its texts belong to the `findings` that it comes
/// from.
struct finding {
    /// The stable id: `allow_without_block`, or the slug of the error code with which signing
    /// refuses it.
    std::string_view id;
    /// `error` (signing refuses it) or `warning`.
    std::string_view level;
    /// JSON pointer to what it is about, in wire names; empty for the whole.
    std::string_view field;
    /// What is wrong there, in one sentence.
    std::string_view message;
    /// What to do, in one sentence.
    std::string_view remedy;
};

/// What a lint found, in the order in which it is to be read.
class findings {
  public:
    using handle = detail::handle<streamtoken_findings, streamtoken_findings_free>;

    /// Takes over a handle of the C library.
    explicit findings(handle raw) noexcept : raw_(std::move(raw)) {}

    /// How many there are.
    std::size_t size() const noexcept { return streamtoken_findings_count(raw_.get()); }

    /// Whether there is none.
    bool empty() const noexcept { return size() == 0; }

    /// The finding at `index`, from 0; its texts are empty from `size` on.
    finding operator[](std::size_t index) const noexcept {
        const auto text = [&](auto function) {
            return detail::borrow([&](auto length) { return function(raw_.get(), index, length); });
        };
        return {text(streamtoken_findings_id), text(streamtoken_findings_level),
                text(streamtoken_findings_field), text(streamtoken_findings_message),
                text(streamtoken_findings_remedy)};
    }

    /// All of them.
    std::vector<finding> all() const {
        std::vector<finding> all;
        const std::size_t count = size();
        for (std::size_t index = 0; index < count; ++index) {
            all.push_back((*this)[index]);
        }
        return all;
    }

    /// The findings as a JSON list, as every surface writes them.
    std::string to_json() const {
        return detail::text([&](auto text, auto length, auto error) {
            return streamtoken_findings_to_json(raw_.get(), text, length, error);
        });
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_findings *get() const noexcept { return raw_.get(); }

  private:
    handle raw_;
};

/// Everything that is wrong, or probably not meant, with the rules (a list) or the option set (an
/// object) in JSON text. Throws `input_error` for what is no JSON; what signing would refuse is a
/// finding.
inline findings lint(std::string_view text) {
    return findings(detail::make<findings::handle>([&](auto made, auto error) {
        return streamtoken_lint(detail::data(text), text.size(), made, error);
    }));
}

/// The same, at another time than now where the options give none.
inline findings lint(std::string_view text, time_point now) {
    const auto seconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
    return findings(detail::make<findings::handle>([&](auto made, auto error) {
        return streamtoken_lint_at(detail::data(text), text.size(), seconds, made, error);
    }));
}

} // namespace streamtoken

#endif
