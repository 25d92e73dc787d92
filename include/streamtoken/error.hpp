/// What goes wrong: error codes and exceptions. Include `streamtoken.hpp`.

#ifndef STREAMTOKEN_ERROR_HPP
#define STREAMTOKEN_ERROR_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../streamtoken.h"

namespace streamtoken {

namespace detail {

/// What a function of the library gave without handing it over.
inline std::string_view view(const char *text, std::size_t length) noexcept {
    return text == nullptr ? std::string_view() : std::string_view(text, length);
}

/// A text of the library, from a function with a parameter for its length.
template <class Call> std::string_view borrow(Call call) noexcept {
    std::size_t length = 0;
    const char *text = call(&length);
    return view(text, length);
}

} // namespace detail

/// One of the library's error codes. What is known of it is asked of the library.
class error_code {
  public:
    /// The code with this number: one of the enumerators `STREAMTOKEN_...`.
    explicit error_code(std::int32_t number) noexcept : number_(number) {}

    /// The number, which never changes its meaning.
    std::int32_t number() const noexcept { return number_; }

    /// The name for programs: `token_expired`. Empty when there is no such code.
    std::string_view slug() const noexcept {
        return detail::borrow(
            [this](auto length) { return streamtoken_error_code_slug(number_, length); });
    }

    /// What the code means. Empty when there is no such code.
    std::string_view text() const noexcept {
        return detail::borrow(
            [this](auto length) { return streamtoken_error_code_text(number_, length); });
    }

    /// `input`, `key`, `token`, `api`, `service` or `internal`. Empty when there is no such code.
    std::string_view group() const noexcept {
        return detail::borrow(
            [this](auto length) { return streamtoken_error_code_group(number_, length); });
    }

    /// The HTTP status with which a service answers the code; 0 when there is no such code.
    std::int32_t http_status() const noexcept {
        return streamtoken_error_code_http_status(number_);
    }

    /// The exit code of the command line for the code; 0 when there is no such code.
    std::int32_t exit_code() const noexcept { return streamtoken_error_code_exit_code(number_); }

    /// Whether the same call may succeed later without a change.
    bool retryable() const noexcept { return streamtoken_error_code_retryable(number_); }

    friend bool operator==(error_code one, error_code other) noexcept {
        return one.number_ == other.number_;
    }
    friend bool operator!=(error_code one, error_code other) noexcept { return !(one == other); }

  private:
    std::int32_t number_;
};

/// All error codes, in the order of their numbers.
inline std::vector<error_code> error_codes() {
    std::vector<error_code> codes;
    const std::size_t count = streamtoken_error_code_count();
    for (std::size_t index = 0; index < count; ++index) {
        codes.emplace_back(streamtoken_error_code_at(index));
    }
    return codes;
}

/// A refusal. Compare its code or number, never its text: texts may improve between releases.
class error : public std::runtime_error {
  public:
    /// Takes an error of the C library, which may be NULL, and the status that came with it.
    error(std::int32_t status, std::shared_ptr<const streamtoken_error> raw)
        : std::runtime_error(sentence(status, raw.get())), status_(status), raw_(std::move(raw)) {}

    /// The name of the code, for programs: `token_expired`.
    std::string_view code() const noexcept { return kind().slug(); }

    /// The number of the code: one of the enumerators `STREAMTOKEN_...`.
    std::int32_t number() const noexcept { return status_; }

    /// The code, with all that is known of it.
    error_code kind() const noexcept { return error_code(status_); }

    /// JSON pointer to the member that is refused, in wire names (`/accessRules/2/ip/0`); nothing
    /// when the error is not about a member.
    std::optional<std::string_view> field() const noexcept {
        return borrow(streamtoken_error_field);
    }

    /// The HTTP status of the API's answer; 0 when no answer came, and for an error that is none of
    /// a request.
    std::int32_t status() const noexcept { return streamtoken_error_status(raw_.get()); }

    /// How many requests were made; 0 for an error that is none of a request.
    std::uint32_t attempts() const noexcept { return streamtoken_error_attempts(raw_.get()); }

    /// The header `cf-ray` of the API's answer, which Cloudflare's support asks for.
    std::optional<std::string_view> cf_ray() const noexcept {
        return borrow(streamtoken_error_cf_ray);
    }

    /// How long to wait before the next attempt, as far as the API's answer says.
    std::optional<std::chrono::duration<std::uint64_t>> retry_after() const noexcept {
        std::uint64_t seconds = 0;
        return streamtoken_error_retry_after(raw_.get(), &seconds)
                   ? std::optional(std::chrono::duration<std::uint64_t>(seconds))
                   : std::nullopt;
    }

    /// The page about the first error of the API's answer.
    std::optional<std::string_view> documentation_url() const noexcept {
        return borrow(streamtoken_error_documentation_url);
    }

    /// The errors in the API's answer as a JSON list. Empty when no error of the C library is
    /// behind it.
    std::string errors_json() const { return json(streamtoken_error_errors_to_json); }

    /// The messages in the API's answer, likewise.
    std::string messages_json() const { return json(streamtoken_error_messages_to_json); }

    /// What else stands in the envelope of the API's answer, as a JSON object; `null` when there is
    /// nothing.
    std::string other_json() const { return json(streamtoken_error_other_to_json); }

    /// The sentence for people, the same as `what()`.
    std::string_view message() const noexcept { return what(); }

    /// The error as `{"code", "number", "field", "message", "api"}`, as every surface prints it.
    /// Empty when no error of the C library is behind it, as for options that were moved from.
    std::string to_json() const { return json(streamtoken_error_to_json); }

  private:
    static std::string sentence(std::int32_t status, const streamtoken_error *raw) {
        const std::string_view message =
            detail::borrow([raw](auto length) { return streamtoken_error_message(raw, length); });
        return std::string(message.empty() ? error_code(status).text() : message);
    }

    template <class Function>
    std::optional<std::string_view> borrow(Function function) const noexcept {
        std::size_t length = 0;
        const char *text = function(raw_.get(), &length);
        return text == nullptr ? std::nullopt : std::optional(detail::view(text, length));
    }

    template <class Function> std::string json(Function function) const {
        char *text = nullptr;
        std::size_t length = 0;
        if (function(raw_.get(), &text, &length, nullptr) != STREAMTOKEN_OK) {
            return std::string();
        }
        const std::unique_ptr<char, void (*)(char *)> owner(text, streamtoken_string_free);
        return std::string(text, length);
    }

    std::int32_t status_;
    std::shared_ptr<const streamtoken_error> raw_;
};

/// Input was refused (codes from 100 on).
class input_error : public error {
  public:
    using error::error;
};

/// A key was refused (codes from 200 on).
class key_error : public error {
  public:
    using error::error;
};

/// A token was refused (codes from 300 on).
class token_error : public error {
  public:
    using error::error;
};

/// Cloudflare's API or the network failed (codes from 400 on).
class api_error : public error {
  public:
    using error::error;
};

/// The token service failed (codes from 500 on).
class service_error : public error {
  public:
    using error::error;
};

/// The library itself failed (codes from 900 on): please report it.
class internal_error : public error {
  public:
    using error::error;
};

namespace detail {

/// Throws the exception of the code's group.
[[noreturn]] inline void raise(std::int32_t status, streamtoken_error *raw) {
    std::shared_ptr<const streamtoken_error> shared(raw, [](const streamtoken_error *gone) {
        streamtoken_error_free(const_cast<streamtoken_error *>(gone));
    });
    const std::string_view group = error_code(status).group();
    if (group == "input") {
        throw input_error(status, std::move(shared));
    }
    if (group == "key") {
        throw key_error(status, std::move(shared));
    }
    if (group == "token") {
        throw token_error(status, std::move(shared));
    }
    if (group == "api") {
        throw api_error(status, std::move(shared));
    }
    if (group == "service") {
        throw service_error(status, std::move(shared));
    }
    if (group == "internal") {
        throw internal_error(status, std::move(shared));
    }
    throw error(status, std::move(shared));
}

} // namespace detail

} // namespace streamtoken

#endif
