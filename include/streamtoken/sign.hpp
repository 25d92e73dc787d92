/// Minting. Include `streamtoken.hpp`.

#ifndef STREAMTOKEN_SIGN_HPP
#define STREAMTOKEN_SIGN_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "detail.hpp"
#include "keys.hpp"
#include "lint.hpp"
#include "rules.hpp"

namespace streamtoken {

/// A signed URL token, minted here or by the API. Its text takes the place of the video UID **in
/// the path** of a playback URL. Whoever has it can watch.
class token {
  public:
    using handle = detail::handle<streamtoken_token, streamtoken_token_free>;

    /// Takes over a handle of the C library.
    explicit token(handle raw) noexcept : raw_(std::move(raw)) {}

    /// The compact form.
    std::string_view text() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_token_text(raw_.get(), length); });
    }

    /// The video UID or live-input UID that the token is for.
    std::string_view identifier() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_token_identifier(raw_.get(), length); });
    }

    /// The id of the key that signed it.
    std::string_view key_id() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_token_key_id(raw_.get(), length); });
    }

    /// The token is not accepted from this time on.
    time_point exp() const noexcept { return detail::time(streamtoken_token_exp(raw_.get())); }

    /// The token is not accepted before this time.
    time_point nbf() const noexcept { return detail::time(streamtoken_token_nbf(raw_.get())); }

    /// When to mint the next one.
    time_point renew_at() const noexcept {
        return detail::time(streamtoken_token_renew_at(raw_.get()));
    }

    /// What its rules and options probably do not mean; nothing of a signer with the lint level
    /// `off`. Of a token that the API minted it is about the options that were sent.
    findings warnings() const {
        return findings(detail::make<findings::handle>([&](auto made, auto error) {
            return streamtoken_token_warnings(raw_.get(), made, error);
        }));
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_token *get() const noexcept { return raw_.get(); }

  private:
    handle raw_;
};

/// Options for minting one token. Setting an option again replaces it. What they mean, alone and
/// together, is decided where they are used. Times are time points, or numbers of epoch seconds;
/// lengths of time are durations, or numbers of seconds. Parts of a second of the former are
/// floored.
class sign_options {
  public:
    using handle = detail::handle<streamtoken_sign_options, streamtoken_sign_options_free>;

    /// No option given yet.
    sign_options()
        : raw_(detail::make<handle>([](auto options, auto error) {
              return streamtoken_sign_options_new(options, error);
          })) {}

    /// Takes over a handle of the C library.
    explicit sign_options(handle raw) noexcept : raw_(std::move(raw)) {}

    /// Options from JSON text, in wire names: `{"expires_in": "2h", "downloadable": true}`. Throws
    /// `input_error`.
    static sign_options from_json(std::string_view text) {
        return sign_options(detail::make<handle>([&](auto options, auto error) {
            return streamtoken_sign_options_from_json(detail::data(text), text.size(), options,
                                                      error);
        }));
    }

    /// The token is not accepted from this time on.
    template <class Time> sign_options &exp(Time time) & {
        return set(streamtoken_sign_options_set_exp, detail::at(time));
    }
    template <class Time> sign_options exp(Time time) && { return std::move(exp(time)); }

    /// The lifetime from now on.
    template <class Duration, class = decltype(detail::lasting(Duration()))>
    sign_options &expires_in(Duration lifetime) & {
        return set(streamtoken_sign_options_set_expires_in, detail::lasting(lifetime));
    }
    template <class Duration, class = decltype(detail::lasting(Duration()))>
    sign_options expires_in(Duration lifetime) && {
        return std::move(expires_in(lifetime));
    }

    /// The lifetime as a text such as `90m` or `1h30m`, with the units s, m, h and d.
    sign_options &expires_in(std::string_view lifetime) & {
        return set_text(streamtoken_sign_options_set_expires_in_text, lifetime);
    }
    sign_options expires_in(std::string_view lifetime) && {
        return std::move(expires_in(lifetime));
    }

    /// The token is not accepted before this time.
    template <class Time> sign_options &nbf(Time time) & {
        return set(streamtoken_sign_options_set_nbf, detail::at(time));
    }
    template <class Time> sign_options nbf(Time time) && { return std::move(nbf(time)); }

    /// The time to take for now. A client sends `exp` and `nbf` as they follow from it.
    template <class Time> sign_options &now(Time time) & {
        return set(streamtoken_sign_options_set_now, detail::at(time));
    }
    template <class Time> sign_options now(Time time) && { return std::move(now(time)); }

    /// Whether the token reaches the MP4 download links.
    template <class Bool, class = detail::if_bool<Bool>>
    sign_options &downloadable(Bool allowed) & {
        return set(streamtoken_sign_options_set_downloadable, allowed);
    }
    template <class Bool, class = detail::if_bool<Bool>>
    sign_options downloadable(Bool allowed) && {
        return std::move(downloadable(allowed));
    }

    /// Who may watch. The rules are copied.
    sign_options &access_rules(const streamtoken::access_rules &rules) & {
        return set(streamtoken_sign_options_set_access_rules, rules.get());
    }
    sign_options access_rules(const streamtoken::access_rules &rules) && {
        return std::move(access_rules(rules));
    }

    /// Who may watch, as the JSON list that the claim holds; `[]` says none.
    sign_options &access_rules_json(std::string_view text) & {
        return set_text(streamtoken_sign_options_set_access_rules_json, text);
    }
    sign_options access_rules_json(std::string_view text) && {
        return std::move(access_rules_json(text));
    }

    /// Flags of Cloudflare's API, as a JSON object: `{"original": true}`.
    sign_options &flags(std::string_view text) & {
        return set_text(streamtoken_sign_options_set_flags, text);
    }
    sign_options flags(std::string_view text) && { return std::move(flags(text)); }

    /// How `exp` and `nbf` are written: `number` or `string`.
    sign_options &time_format(std::string_view format) & {
        return set_text(streamtoken_sign_options_set_time_format, format);
    }
    sign_options time_format(std::string_view format) && { return std::move(time_format(format)); }

    /// Gives all callers within the same window of time the **same bytes**.
    template <class Duration> sign_options &reuse_window(Duration window) & {
        return set(streamtoken_sign_options_set_reuse_window, detail::lasting(window));
    }
    template <class Duration> sign_options reuse_window(Duration window) && {
        return std::move(reuse_window(window));
    }

    /// What is wrong with the options, or probably not meant.
    findings lint() const {
        return findings(detail::make<findings::handle>([&](auto made, auto error) {
            return streamtoken_sign_options_lint(raw_.get(), made, error);
        }));
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_sign_options *get() const noexcept { return raw_.get(); }

  private:
    template <class Function, class Value> sign_options &set(Function function, Value value) {
        detail::run([&](auto error) { return function(raw_.get(), value, error); });
        return *this;
    }
    template <class Function> sign_options &set_text(Function function, std::string_view text) {
        detail::run([&](auto error) {
            return function(raw_.get(), detail::data(text), text.size(), error);
        });
        return *this;
    }

    handle raw_;
};

/// Mints tokens with one key. One signer serves all threads.
class signer {
  public:
    using handle = detail::handle<streamtoken_signer, streamtoken_signer_free>;

    /// A signer with this key, of which it keeps what it needs.
    explicit signer(const signing_key &key)
        : raw_(detail::make<handle>([&](auto made, auto error) {
              return streamtoken_signer_new(key.get(), made, error);
          })) {}

    /// The same, with what to do when the rules or options are probably not meant: `off`, `warn`
    /// (the default, for `token::warnings`) or `deny`, which refuses to mint. Throws `input_error`
    /// for another level.
    signer(const signing_key &key, std::string_view lint_level)
        : raw_(detail::make<handle>([&](auto made, auto error) {
              return streamtoken_signer_new_with_lint(key.get(), detail::data(lint_level),
                                                      lint_level.size(), made, error);
          })) {}

    /// Takes over a handle of the C library.
    explicit signer(handle raw) noexcept : raw_(std::move(raw)) {}

    /// The key that signs.
    signing_key key() const {
        return signing_key(detail::make<signing_key::handle>(
            [&](auto key, auto error) { return streamtoken_signer_key(raw_.get(), key, error); }));
    }

    /// What it does when the rules or options are probably not meant: `off`, `warn` or `deny`.
    std::string_view lint_level() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_signer_lint_level(raw_.get(), length); });
    }

    /// Mints a token for a video UID or live-input UID, without options. Throws `input_error`.
    token sign(std::string_view identifier) const { return sign(identifier, nullptr); }

    /// Mints a token with options. Throws `input_error`.
    token sign(std::string_view identifier, const sign_options &options) const {
        return sign(identifier, detail::given(options));
    }

    /// Mints one token a line, on all cores, and answers each line, in order: JSON lines in and
    /// out, as `streamtoken_signer_sign_many` describes. A line's error is its answer. Throws
    /// `input_error` when the defaults have a fault.
    std::string sign_many(std::string_view lines, std::uint64_t first_line = 1) const {
        return sign_many(lines, nullptr, first_line);
    }
    std::string sign_many(std::string_view lines, const sign_options &defaults,
                          std::uint64_t first_line = 1) const {
        return sign_many(lines, detail::given(defaults), first_line);
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_signer *get() const noexcept { return raw_.get(); }

  private:
    token sign(std::string_view identifier, const streamtoken_sign_options *options) const {
        return token(detail::make<token::handle>([&](auto made, auto error) {
            return streamtoken_signer_sign(raw_.get(), detail::data(identifier), identifier.size(),
                                           options, made, error);
        }));
    }
    std::string sign_many(std::string_view lines, const streamtoken_sign_options *defaults,
                          std::uint64_t first_line) const {
        return detail::text([&](auto answers, auto length, auto error) {
            return streamtoken_signer_sign_many(raw_.get(), defaults, first_line,
                                                detail::data(lines), lines.size(), answers, length,
                                                error);
        });
    }

    handle raw_;
};

/// A token that waits for its signature, from a KMS or an HSM.
class prepared {
  public:
    using handle = detail::handle<streamtoken_prepared, streamtoken_prepared_free>;

    /// Takes over a handle of the C library.
    explicit prepared(handle raw) noexcept : raw_(std::move(raw)) {}

    /// What is to be signed with RSASSA-PKCS1-v1_5 and SHA-256.
    std::string_view signing_input() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_prepared_signing_input(raw_.get(), length); });
    }

    /// Checks the signature, which is bytes and no text, and completes the token. Throws
    /// `key_error`.
    token finish(std::string_view signature) const {
        return token(detail::make<token::handle>([&](auto made, auto error) {
            return streamtoken_prepared_finish(
                raw_.get(), reinterpret_cast<const std::uint8_t *>(detail::data(signature)),
                signature.size(), made, error);
        }));
    }

    /// What the rules and options probably do not mean, as the token will tell it.
    findings warnings() const {
        return findings(detail::make<findings::handle>([&](auto made, auto error) {
            return streamtoken_prepared_warnings(raw_.get(), made, error);
        }));
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_prepared *get() const noexcept { return raw_.get(); }

  private:
    handle raw_;
};

/// Makes everything of a token but its signature. Throws `input_error`.
inline prepared prepare(const public_key &key, std::string_view identifier,
                        const sign_options &options = sign_options()) {
    return prepared(detail::make<prepared::handle>([&](auto made, auto error) {
        return streamtoken_prepare(key.get(), detail::data(identifier), identifier.size(),
                                   detail::given(options), made, error);
    }));
}

/// The same, with a lint level as for `signer`.
inline prepared prepare(const public_key &key, std::string_view identifier,
                        const sign_options &options, std::string_view lint_level) {
    return prepared(detail::make<prepared::handle>([&](auto made, auto error) {
        return streamtoken_prepare_with_lint(key.get(), detail::data(identifier), identifier.size(),
                                             detail::given(options), detail::data(lint_level),
                                             lint_level.size(), made, error);
    }));
}

} // namespace streamtoken

#endif
