/// How the wrapper calls the C library. Nothing here is meant for users but `secret`.

#ifndef STREAMTOKEN_DETAIL_HPP
#define STREAMTOKEN_DETAIL_HPP

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ratio>
#include <string>
#include <string_view>
#include <type_traits>

#include "error.hpp"

namespace streamtoken {

/// A point in time, in whole seconds.
using time_point = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

namespace detail {

/// Frees a handle with the library's function for it.
template <auto Free> struct release {
    template <class T> void operator()(T *owned) const noexcept { Free(owned); }
};

/// An owned handle of the library.
template <class T, auto Free> using handle = std::unique_ptr<T, release<Free>>;

/// Makes a status into an exception.
inline void check(std::int32_t status, streamtoken_error *raw) {
    if (status != STREAMTOKEN_OK) {
        raise(status, raw);
    }
}

/// Calls a function whose last parameter is where an error goes.
template <class Call> void run(Call call) {
    streamtoken_error *raw = nullptr;
    const std::int32_t status = call(&raw);
    check(status, raw);
}

/// Calls a function that makes a handle.
template <class Handle, class Call> Handle make(Call call) {
    typename Handle::pointer made = nullptr;
    run([&](auto error) { return call(&made, error); });
    return Handle(made);
}

/// The handle of an object that holds options or facts. NULL would say that none are given, and a
/// moved-from object holds NULL: it throws.
template <class Object> auto given(const Object &object) {
    const auto raw = object.get();
    if (raw == nullptr) {
        raise(STREAMTOKEN_POINTER_NULL, nullptr);
    }
    return raw;
}

/// A text goes to the library as pointer and length. NULL would say that none was given.
inline const char *data(std::string_view text) noexcept {
    return text.data() == nullptr ? "" : text.data();
}
inline const char *data(const std::optional<std::string_view> &text) noexcept {
    return text ? data(*text) : nullptr;
}
inline std::size_t size(const std::optional<std::string_view> &text) noexcept {
    return text ? text->size() : 0;
}

/// A length of time in seconds, as the library takes them. Parts of a second are floored; nothing
/// is checked here.
template <class Rep, class Period>
double lasting(std::chrono::duration<Rep, Period> duration) noexcept {
    if constexpr (std::chrono::treat_as_floating_point_v<Rep> ||
                  std::ratio_greater_equal_v<Period, std::ratio<1>>) {
        return std::floor(std::chrono::duration<double>(duration).count());
    } else {
        return static_cast<double>(std::chrono::floor<std::chrono::seconds>(duration).count());
    }
}

/// A time in epoch seconds, likewise.
template <class Duration>
double at(std::chrono::time_point<std::chrono::system_clock, Duration> time) noexcept {
    return lasting(time.time_since_epoch());
}

/// A number of seconds stays what it is.
template <class Number>
using if_number =
    std::enable_if_t<std::is_arithmetic_v<Number> && !std::is_same_v<Number, bool>, double>;
template <class Number> if_number<Number> lasting(Number number) noexcept {
    return static_cast<double>(number);
}
template <class Number> if_number<Number> at(Number number) noexcept {
    return static_cast<double>(number);
}

/// A boolean and nothing that turns into one: `"false"` would be true.
template <class Bool> using if_bool = std::enable_if_t<std::is_same_v<Bool, bool>>;

/// A time that the library gave, which is below 10^11.
inline time_point time(std::uint64_t epoch_seconds) noexcept {
    return time_point(std::chrono::seconds(static_cast<std::int64_t>(epoch_seconds)));
}

} // namespace detail

/// A text that holds a private key. Its memory is wiped when it goes; copies that you make of it
/// are yours to wipe.
class secret {
  public:
    /// The text, as long as this object lives.
    std::string_view view() const noexcept { return detail::view(text_.get(), length_); }

    /// The text, ended by NUL.
    const char *c_str() const noexcept { return detail::data(view()); }

    /// Takes the text that a function of the library makes.
    template <class Call> static secret from(Call call) {
        secret made;
        char *text = nullptr;
        detail::run([&](auto error) { return call(&text, &made.length_, error); });
        made.text_.reset(text);
        return made;
    }

  private:
    secret() = default;

    detail::handle<char, streamtoken_string_free> text_;
    std::size_t length_ = 0;
};

namespace detail {

/// Calls a function that makes a text.
template <class Call> std::string text(Call call) { return std::string(secret::from(call).view()); }

} // namespace detail

} // namespace streamtoken

#endif
