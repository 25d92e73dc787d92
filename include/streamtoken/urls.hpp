/// Playback URLs. Include `streamtoken.hpp`.

#ifndef STREAMTOKEN_URLS_HPP
#define STREAMTOKEN_URLS_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "detail.hpp"

namespace streamtoken {

/// The customer code: `CODE` in `customer-CODE.cloudflarestream.com`. **Not** the account id.
class customer_code {
  public:
    using handle = detail::handle<streamtoken_customer_code, streamtoken_customer_code_free>;

    /// Takes over a handle of the C library.
    explicit customer_code(handle raw) noexcept : raw_(std::move(raw)) {}

    /// Reads a customer code, the host that carries it, or any playback URL on that host. Throws
    /// `input_error`.
    static customer_code parse(std::string_view text) {
        return customer_code(detail::make<handle>([&](auto code, auto error) {
            return streamtoken_customer_code_parse(detail::data(text), text.size(), code, error);
        }));
    }

    /// Reads `CLOUDFLARE_STREAM_CUSTOMER_CODE`; nothing when it is unset or empty. Throws
    /// `input_error`.
    static std::optional<customer_code> from_env() {
        auto found = detail::make<handle>(
            [](auto code, auto error) { return streamtoken_customer_code_from_env(code, error); });
        return found ? std::optional(customer_code(std::move(found))) : std::nullopt;
    }

    /// The code, in lower case.
    std::string_view text() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_customer_code_text(raw_.get(), length); });
    }

    /// The host of the account's playback URLs.
    std::string_view host() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_customer_code_host(raw_.get(), length); });
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_customer_code *get() const noexcept { return raw_.get(); }

  private:
    handle raw_;
};

/// Query options of playback URLs by row (`hls`, `iframe`, `thumbnail`, ...), in Cloudflare's
/// names. Setting one again replaces it. What they mean is decided where they are used.
class url_options {
  public:
    using handle = detail::handle<streamtoken_url_options, streamtoken_url_options_free>;

    /// No option given yet.
    url_options()
        : raw_(detail::make<handle>([](auto options, auto error) {
              return streamtoken_url_options_new(options, error);
          })) {}

    /// Takes over a handle of the C library.
    explicit url_options(handle raw) noexcept : raw_(std::move(raw)) {}

    /// Options from JSON text, an object of rows: `{"thumbnail": {"time": "1m30s", "height":
    /// 270}}`. Throws `input_error`.
    static url_options from_json(std::string_view text) {
        return url_options(detail::make<handle>([&](auto options, auto error) {
            return streamtoken_url_options_from_json(detail::data(text), text.size(), options,
                                                     error);
        }));
    }

    /// The option `name` of the row `row`: a number, a boolean, or a text.
    template <class Value>
    url_options &set(std::string_view row, std::string_view name, const Value &value) & {
        if constexpr (std::is_same_v<Value, bool>) {
            return call(streamtoken_url_options_set_bool, row, name, value);
        } else if constexpr (std::is_arithmetic_v<Value>) {
            return call(streamtoken_url_options_set_number, row, name, static_cast<double>(value));
        } else {
            const std::string_view text(value);
            return call(streamtoken_url_options_set_text, row, name, detail::data(text),
                        text.size());
        }
    }
    template <class Value>
    url_options set(std::string_view row, std::string_view name, const Value &value) && {
        return std::move(set(row, name, value));
    }

    /// The option `name` of the row `row` as JSON text: `poster` as an object of thumbnail options.
    url_options &set_json(std::string_view row, std::string_view name, std::string_view text) & {
        return call(streamtoken_url_options_set_json, row, name, detail::data(text), text.size());
    }
    url_options set_json(std::string_view row, std::string_view name, std::string_view text) && {
        return std::move(set_json(row, name, text));
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_url_options *get() const noexcept { return raw_.get(); }

  private:
    template <class Function, class... Value>
    url_options &call(Function function, std::string_view row, std::string_view name,
                      Value... value) {
        detail::run([&](auto error) {
            return function(raw_.get(), detail::data(row), row.size(), detail::data(name),
                            name.size(), value..., error);
        });
        return *this;
    }

    handle raw_;
};

/// The playback URLs of one token, by name. Each grants what its token grants.
class playback_urls {
  public:
    using handle = detail::handle<streamtoken_urls, streamtoken_urls_free>;

    /// Every URL under which the video of a token plays, on the host of `code`. The rows `download`
    /// and `audio` are there only when the token is `downloadable`. The signature is not checked.
    /// Throws `token_error` and `input_error`.
    playback_urls(std::string_view token, const customer_code &code)
        : playback_urls(token, code, nullptr) {}
    playback_urls(std::string_view token, const customer_code &code, const url_options &options)
        : playback_urls(token, code, detail::given(options)) {}

    /// Takes over a handle of the C library.
    explicit playback_urls(handle raw) noexcept : raw_(std::move(raw)) {}

    /// How many rows there are.
    std::size_t size() const noexcept { return streamtoken_urls_count(raw_.get()); }

    /// The name of the row at `index`; empty from `size()` on.
    std::string_view name(std::size_t index) const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_urls_name(raw_.get(), index, length); });
    }

    /// The URL of the row at `index`; empty from `size()` on.
    std::string_view url(std::size_t index) const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_urls_at(raw_.get(), index, length); });
    }

    /// The URL of the row `name`; nothing when there is no such row.
    std::optional<std::string_view> get(std::string_view name) const noexcept {
        std::size_t length = 0;
        const char *url =
            streamtoken_urls_get(raw_.get(), detail::data(name), name.size(), &length);
        return url == nullptr ? std::nullopt : std::optional(detail::view(url, length));
    }

    /// Names and URLs, in the order of the rows.
    std::vector<std::pair<std::string_view, std::string_view>> rows() const {
        std::vector<std::pair<std::string_view, std::string_view>> rows;
        for (std::size_t index = 0; index < size(); ++index) {
            rows.emplace_back(name(index), url(index));
        }
        return rows;
    }

    /// The URLs as a JSON object of name and URL.
    std::string to_json() const {
        return detail::text([&](auto text, auto length, auto error) {
            return streamtoken_urls_to_json(raw_.get(), text, length, error);
        });
    }

    /// The `<iframe>` element of the player, on one line and escaped for HTML.
    std::string embed() const {
        return detail::text([&](auto html, auto length, auto error) {
            return streamtoken_urls_embed(raw_.get(), html, length, error);
        });
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_urls *get() const noexcept { return raw_.get(); }

  private:
    playback_urls(std::string_view token, const customer_code &code,
                  const streamtoken_url_options *options)
        : raw_(detail::make<handle>([&](auto urls, auto error) {
              return streamtoken_playback_urls(detail::data(token), token.size(), code.get(),
                                               options, urls, error);
          })) {}

    handle raw_;
};

/// Puts `token` into `url`, in the place of the video UID or the older token. Throws `input_error`
/// and `token_error`.
inline std::string rewrite(std::string_view url, std::string_view token) {
    return detail::text([&](auto rewritten, auto length, auto error) {
        return streamtoken_rewrite(detail::data(url), url.size(), detail::data(token), token.size(),
                                   rewritten, length, error);
    });
}

} // namespace streamtoken

#endif
