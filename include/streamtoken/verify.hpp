/// Reading tokens. Include `streamtoken.hpp`.

#ifndef STREAMTOKEN_VERIFY_HPP
#define STREAMTOKEN_VERIFY_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "detail.hpp"
#include "keys.hpp"
#include "rules.hpp"

namespace streamtoken {

/// What the verifier knows: which video is asked for, and by whom. Setting a fact again replaces
/// it.
///
/// **Without an identifier the caller must compare `claims::sub`** with the video that is asked
/// for: a token for one video is a valid token.
class verify_context {
  public:
    using handle = detail::handle<streamtoken_verify_context, streamtoken_verify_context_free>;

    /// No fact given yet.
    verify_context()
        : raw_(detail::make<handle>([](auto context, auto error) {
              return streamtoken_verify_context_new(context, error);
          })) {}

    /// Takes over a handle of the C library.
    explicit verify_context(handle raw) noexcept : raw_(std::move(raw)) {}

    /// Facts from JSON text. Throws `input_error`.
    static verify_context from_json(std::string_view text) {
        return verify_context(detail::make<handle>([&](auto context, auto error) {
            return streamtoken_verify_context_from_json(detail::data(text), text.size(), context,
                                                        error);
        }));
    }

    /// The video UID or live-input UID that is asked for.
    verify_context &identifier(std::string_view identifier) & {
        return set_text(streamtoken_verify_context_set_identifier, identifier);
    }
    verify_context identifier(std::string_view wanted) && { return std::move(identifier(wanted)); }

    /// The time to take for now: a time point, or a number of epoch seconds.
    template <class Time> verify_context &now(Time time) & {
        return set(streamtoken_verify_context_set_now, detail::at(time));
    }
    template <class Time> verify_context now(Time time) && { return std::move(now(time)); }

    /// The viewer's address, bare.
    verify_context &ip(std::string_view ip) & {
        return set_text(streamtoken_verify_context_set_ip, ip);
    }
    verify_context ip(std::string_view address) && { return std::move(ip(address)); }

    /// The viewer's country: two letters in any case, or `T1`.
    verify_context &country(std::string_view country) & {
        return set_text(streamtoken_verify_context_set_country, country);
    }
    verify_context country(std::string_view letters) && { return std::move(country(letters)); }

    /// How much the clocks of issuer and verifier may differ: a duration, or a number of seconds.
    template <class Duration> verify_context &leeway(Duration leeway) & {
        return set(streamtoken_verify_context_set_leeway, detail::lasting(leeway));
    }
    template <class Duration> verify_context leeway(Duration most) && {
        return std::move(leeway(most));
    }

    /// Whether the token is to be used for a download, which its `downloadable` claim must allow.
    template <class Bool, class = detail::if_bool<Bool>> verify_context &download(Bool wanted) & {
        return set(streamtoken_verify_context_set_download, wanted);
    }
    template <class Bool, class = detail::if_bool<Bool>> verify_context download(Bool wanted) && {
        return std::move(download(wanted));
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_verify_context *get() const noexcept { return raw_.get(); }

  private:
    template <class Function, class Value> verify_context &set(Function function, Value value) {
        detail::run([&](auto error) { return function(raw_.get(), value, error); });
        return *this;
    }
    template <class Function> verify_context &set_text(Function function, std::string_view text) {
        detail::run([&](auto error) {
            return function(raw_.get(), detail::data(text), text.size(), error);
        });
        return *this;
    }

    handle raw_;
};

/// What a verified token says. Only `verify` makes one.
class claims {
  public:
    using handle = detail::handle<streamtoken_claims, streamtoken_claims_free>;

    /// Takes over a handle of the C library.
    explicit claims(handle raw) noexcept : raw_(std::move(raw)) {}

    /// The video UID or live-input UID that the token is for.
    std::string_view sub() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_claims_sub(raw_.get(), length); });
    }

    /// The id of the key that signed the token.
    std::string_view kid() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_claims_kid(raw_.get(), length); });
    }

    /// The token is not accepted from this time on.
    time_point exp() const noexcept { return detail::time(streamtoken_claims_exp(raw_.get())); }

    /// The token is not accepted before this time; nothing when it does not say.
    std::optional<time_point> nbf() const noexcept {
        std::uint64_t nbf = 0;
        const bool found = streamtoken_claims_nbf(raw_.get(), &nbf);
        return found ? std::optional(detail::time(nbf)) : std::nullopt;
    }

    /// Whether the token reaches the MP4 download links.
    bool downloadable() const noexcept { return streamtoken_claims_downloadable(raw_.get()); }

    /// The access rules, which were evaluated for the viewer of the context.
    streamtoken::access_rules access_rules() const {
        return streamtoken::access_rules(
            detail::make<streamtoken::access_rules::handle>([&](auto rules, auto error) {
                return streamtoken_claims_access_rules(raw_.get(), rules, error);
            }));
    }

    /// The flags of Cloudflare's API as a JSON object.
    std::string flags_json() const { return write(streamtoken_claims_flags_to_json); }

    /// All claims that have no meaning here (`iat` and others), as a JSON object.
    std::string other_json() const { return write(streamtoken_claims_other_to_json); }

    /// All claims as one JSON object.
    std::string to_json() const { return write(streamtoken_claims_to_json); }

    /// The C library's handle, which stays this object's.
    const streamtoken_claims *get() const noexcept { return raw_.get(); }

  private:
    template <class Function> std::string write(Function function) const {
        return detail::text([&](auto text, auto length, auto error) {
            return function(raw_.get(), text, length, error);
        });
    }

    handle raw_;
};

/// Checks a token and returns its claims. There is no way to skip a step and no boolean result.
/// Throws `token_error`, and `input_error` for a context that makes no sense. Texts of errors never
/// quote what was not checked.
inline claims verify(std::string_view token, const key_set &keys, const verify_context &context) {
    return claims(detail::make<claims::handle>([&](auto made, auto error) {
        return streamtoken_key_set_verify(keys.get(), detail::data(token), token.size(),
                                          detail::given(context), made, error);
    }));
}

/// What a token says of itself. **Nothing was checked.** Whoever wrote the token chose every byte
/// of it.
class unverified {
  public:
    using handle = detail::handle<streamtoken_unverified, streamtoken_unverified_free>;

    /// Takes over a handle of the C library.
    explicit unverified(handle raw) noexcept : raw_(std::move(raw)) {}

    /// The header, a JSON object, as it came.
    std::string_view header() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_unverified_header(raw_.get(), length); });
    }

    /// The payload, a JSON object, as it came.
    std::string_view payload() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_unverified_payload(raw_.get(), length); });
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_unverified *get() const noexcept { return raw_.get(); }

  private:
    handle raw_;
};

/// Takes a token apart; nothing is checked but its form. Throws `token_error`.
inline unverified inspect(std::string_view token) {
    return unverified(detail::make<unverified::handle>([&](auto made, auto error) {
        return streamtoken_inspect(detail::data(token), token.size(), made, error);
    }));
}

} // namespace streamtoken

#endif
