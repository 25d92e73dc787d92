/// Cloudflare's API, asked over the network. Include `streamtoken.hpp`.

#ifndef STREAMTOKEN_CLIENT_HPP
#define STREAMTOKEN_CLIENT_HPP

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail.hpp"
#include "keys.hpp"
#include "sign.hpp"

namespace streamtoken {

namespace detail {

/// A limit of time in seconds, with fractions. Nothing is checked here.
template <class Rep, class Period>
double limit(std::chrono::duration<Rep, Period> duration) noexcept {
    return std::chrono::duration<double>(duration).count();
}
template <class Number> if_number<Number> limit(Number number) noexcept {
    return static_cast<double>(number);
}

/// An optional text of a handle, as `borrow` gives texts.
template <class Call> std::optional<std::string_view> borrow_optional(Call call) noexcept {
    std::size_t length = 0;
    const char *text = call(&length);
    return text == nullptr ? std::nullopt : std::optional(view(text, length));
}

} // namespace detail

/// What is told of an attempt: a JSON object on one line, as `streamtoken_debug` describes it,
/// which lives during the call.
using debug_function = std::function<void(std::string_view)>;

/// Options of a client. A credential is needed: an API token, or the previous scheme's e-mail
/// address and key. Limits of time are durations, or numbers of seconds. What the options mean
/// together is decided where a client is made of them.
class client_options {
  public:
    using handle = detail::handle<streamtoken_client_options, streamtoken_client_options_free>;

    /// No option given yet.
    client_options()
        : raw_(detail::make<handle>([](auto options, auto error) {
              return streamtoken_client_options_new(options, error);
          })) {}

    /// Takes over a handle of the C library.
    explicit client_options(handle raw) noexcept : raw_(std::move(raw)) {}

    /// Options from JSON text: `{"api_token": "...", "timeout": 20}`. Throws `input_error`.
    static client_options from_json(std::string_view text) {
        return client_options(detail::make<handle>([&](auto options, auto error) {
            return streamtoken_client_options_from_json(detail::data(text), text.size(), options,
                                                        error);
        }));
    }

    /// An API token with the permission to edit Stream.
    client_options &api_token(std::string_view token) & {
        return set_text(streamtoken_client_options_set_api_token, token);
    }
    client_options api_token(std::string_view token) && { return std::move(api_token(token)); }

    /// The previous scheme's key.
    client_options &api_key(std::string_view key) & {
        return set_text(streamtoken_client_options_set_api_key, key);
    }
    client_options api_key(std::string_view key) && { return std::move(api_key(key)); }

    /// The previous scheme's e-mail address.
    client_options &api_email(std::string_view email) & {
        return set_text(streamtoken_client_options_set_api_email, email);
    }
    client_options api_email(std::string_view email) && { return std::move(api_email(email)); }

    /// The account of every call that names no other.
    client_options &account_id(std::string_view account) & {
        return set_text(streamtoken_client_options_set_account_id, account);
    }
    client_options account_id(std::string_view account) && {
        return std::move(account_id(account));
    }

    /// Another place of the API, such as a token service of your own.
    client_options &base_url(std::string_view url) & {
        return set_text(streamtoken_client_options_set_base_url, url);
    }
    client_options base_url(std::string_view url) && { return std::move(base_url(url)); }

    /// Takes `http://` to other machines as well, where everybody on the way reads credentials.
    template <class Bool, class = detail::if_bool<Bool>>
    client_options &allow_http(Bool allowed) & {
        return set(streamtoken_client_options_set_allow_http, allowed);
    }
    template <class Bool, class = detail::if_bool<Bool>>
    client_options allow_http(Bool allowed) && {
        return std::move(allow_http(allowed));
    }

    /// How long one attempt may take in all.
    template <class Duration> client_options &timeout(Duration limit) & {
        return set(streamtoken_client_options_set_timeout, detail::limit(limit));
    }
    template <class Duration> client_options timeout(Duration limit) && {
        return std::move(timeout(limit));
    }

    /// How long an attempt may take to connect, the lookup of the name and TLS included. A lookup
    /// that takes longer goes on in the system's resolver, on a thread that may outlive the call.
    template <class Duration> client_options &connect_timeout(Duration limit) & {
        return set(streamtoken_client_options_set_connect_timeout, detail::limit(limit));
    }
    template <class Duration> client_options connect_timeout(Duration limit) && {
        return std::move(connect_timeout(limit));
    }

    /// How often a request is sent again when it fails in a way that may pass.
    template <class Number> client_options &max_retries(Number retries) & {
        return set(streamtoken_client_options_set_max_retries, static_cast<double>(retries));
    }
    template <class Number> client_options max_retries(Number retries) && {
        return std::move(max_retries(retries));
    }

    /// How long a call may take with all its attempts and pauses.
    template <class Duration> client_options &deadline(Duration limit) & {
        return set(streamtoken_client_options_set_deadline, detail::limit(limit));
    }
    template <class Duration> client_options deadline(Duration limit) && {
        return std::move(deadline(limit));
    }

    /// What is called after every attempt of every call, in another thread than the one that made
    /// the call, by several at a time when several calls are made. What it throws is dropped. The
    /// clients that are made of the options keep it.
    client_options &debug(debug_function function) & {
        auto kept = std::make_shared<const debug_function>(std::move(function));
        // The library hands the pointer back and never writes through it.
        void *const user = const_cast<debug_function *>(kept.get());
        detail::run([&](auto error) {
            return streamtoken_client_options_set_debug(raw_.get(), *kept ? &tell : nullptr, user,
                                                        error);
        });
        debug_ = std::move(kept);
        return *this;
    }
    client_options debug(debug_function function) && {
        return std::move(debug(std::move(function)));
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_client_options *get() const noexcept { return raw_.get(); }

  private:
    friend class client;

    static void tell(void *user, const char *attempt, std::size_t length) noexcept {
        try {
            (*static_cast<const debug_function *>(user))(std::string_view(attempt, length));
        } catch (...) {
            // There is nobody to tell: C is in between.
        }
    }
    template <class Function, class Value> client_options &set(Function function, Value value) {
        detail::run([&](auto error) { return function(raw_.get(), value, error); });
        return *this;
    }
    template <class Function> client_options &set_text(Function function, std::string_view text) {
        detail::run([&](auto error) {
            return function(raw_.get(), detail::data(text), text.size(), error);
        });
        return *this;
    }

    std::shared_ptr<const debug_function> debug_;
    handle raw_;
};

/// Options of one call, which count instead of the client's.
class call_options {
  public:
    using handle = detail::handle<streamtoken_call_options, streamtoken_call_options_free>;

    /// No option given yet.
    call_options()
        : raw_(detail::make<handle>([](auto options, auto error) {
              return streamtoken_call_options_new(options, error);
          })) {}

    /// Takes over a handle of the C library.
    explicit call_options(handle raw) noexcept : raw_(std::move(raw)) {}

    /// Options from JSON text: `{"account_id": "...", "deadline": 5}`. Throws `input_error`.
    static call_options from_json(std::string_view text) {
        return call_options(detail::make<handle>([&](auto options, auto error) {
            return streamtoken_call_options_from_json(detail::data(text), text.size(), options,
                                                      error);
        }));
    }

    /// The account that is asked.
    call_options &account_id(std::string_view account) & {
        detail::run([&](auto error) {
            return streamtoken_call_options_set_account_id(raw_.get(), detail::data(account),
                                                           account.size(), error);
        });
        return *this;
    }
    call_options account_id(std::string_view account) && { return std::move(account_id(account)); }

    /// As `client_options::timeout`, for this call.
    template <class Duration> call_options &timeout(Duration limit) & {
        return set(streamtoken_call_options_set_timeout, detail::limit(limit));
    }
    template <class Duration> call_options timeout(Duration limit) && {
        return std::move(timeout(limit));
    }

    /// As `client_options::connect_timeout`, for this call.
    template <class Duration> call_options &connect_timeout(Duration limit) & {
        return set(streamtoken_call_options_set_connect_timeout, detail::limit(limit));
    }
    template <class Duration> call_options connect_timeout(Duration limit) && {
        return std::move(connect_timeout(limit));
    }

    /// As `client_options::max_retries`, for this call.
    template <class Number> call_options &max_retries(Number retries) & {
        return set(streamtoken_call_options_set_max_retries, static_cast<double>(retries));
    }
    template <class Number> call_options max_retries(Number retries) && {
        return std::move(max_retries(retries));
    }

    /// As `client_options::deadline`, for this call.
    template <class Duration> call_options &deadline(Duration limit) & {
        return set(streamtoken_call_options_set_deadline, detail::limit(limit));
    }
    template <class Duration> call_options deadline(Duration limit) && {
        return std::move(deadline(limit));
    }

    /// Sends a key along, for the API to sign a token with. **A last resort: it sends a private key
    /// over the network.** With the key at hand, `signer` mints the same token without a request.
    call_options &key(std::optional<std::string_view> id, std::optional<std::string_view> pem) & {
        detail::run([&](auto error) {
            return streamtoken_call_options_set_key(raw_.get(), detail::data(id), detail::size(id),
                                                    detail::data(pem), detail::size(pem), error);
        });
        return *this;
    }
    call_options key(std::optional<std::string_view> id, std::optional<std::string_view> pem) && {
        return std::move(key(id, pem));
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_call_options *get() const noexcept { return raw_.get(); }

  private:
    template <class Function> call_options &set(Function function, double value) {
        detail::run([&](auto error) { return function(raw_.get(), value, error); });
        return *this;
    }

    handle raw_;
};

/// A signing key that the API has just made: the one time its private parts are shown. It is wiped
/// when it goes; copies that you make of its texts are yours to wipe.
class created_key {
  public:
    using handle = detail::handle<streamtoken_created_key, streamtoken_created_key_free>;

    /// Takes over a handle of the C library.
    explicit created_key(handle raw) noexcept : raw_(std::move(raw)) {}

    /// The key's id.
    std::string_view id() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_created_key_id(raw_.get(), length); });
    }

    /// The private key as Cloudflare writes it: base64 of a PKCS#1 PEM.
    std::string_view pem() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_created_key_pem(raw_.get(), length); });
    }

    /// The private key as Cloudflare writes it: base64 of a JWK.
    std::string_view jwk() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_created_key_jwk(raw_.get(), length); });
    }

    /// When it was made, in RFC 3339; nothing when the answer does not say.
    std::optional<std::string_view> created() const noexcept {
        return detail::borrow_optional(
            [&](auto length) { return streamtoken_created_key_created(raw_.get(), length); });
    }

    /// The key as the API gave it, as JSON, with whatever else it says as long as
    /// `signing_key::load` and the command line read it (65,536 bytes): it is what to save.
    secret to_json() const {
        return secret::from([&](auto json, auto length, auto error) {
            return streamtoken_created_key_to_json(raw_.get(), json, length, error);
        });
    }

    /// The key to sign with. Throws `key_error` for one that is not understood, which can still be
    /// saved.
    streamtoken::signing_key signing_key() const {
        return streamtoken::signing_key(
            detail::make<streamtoken::signing_key::handle>([&](auto key, auto error) {
                return streamtoken_created_key_signing_key(raw_.get(), key, error);
            }));
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_created_key *get() const noexcept { return raw_.get(); }

  private:
    handle raw_;
};

/// The signing keys of an account, without their private parts.
class key_list {
  public:
    using handle = detail::handle<streamtoken_key_list, streamtoken_key_list_free>;

    /// Takes over a handle of the C library.
    explicit key_list(handle raw) noexcept : raw_(std::move(raw)) {}

    /// How many keys there are.
    std::size_t size() const noexcept { return streamtoken_key_list_count(raw_.get()); }

    /// The id of the key at `index`; empty from `size()` on.
    std::string_view id(std::size_t index) const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_key_list_id(raw_.get(), index, length); });
    }

    /// The id under the other name that the answer has for it.
    std::string_view key_id(std::size_t index) const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_key_list_key_id(raw_.get(), index, length); });
    }

    /// When the key was made, in RFC 3339; nothing when the answer does not say.
    std::optional<std::string_view> created(std::size_t index) const noexcept {
        return detail::borrow_optional(
            [&](auto length) { return streamtoken_key_list_created(raw_.get(), index, length); });
    }

    /// The keys as a JSON list of objects `{"id", "key_id", "created"}`, each with whatever else
    /// the API says of it.
    std::string to_json() const {
        return detail::text([&](auto json, auto length, auto error) {
            return streamtoken_key_list_to_json(raw_.get(), json, length, error);
        });
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_key_list *get() const noexcept { return raw_.get(); }

  private:
    handle raw_;
};

/// Asks Cloudflare's API for tokens and manages the account's signing keys, or asks a service that
/// answers the same routes. One client serves all threads. Whatever the API or the network does
/// wrong throws `api_error`.
class client {
  public:
    using handle = detail::handle<streamtoken_client, streamtoken_client_free>;

    /// A client with these options. Throws `api_error` for those that are missing or refused,
    /// `input_error` for what is no option.
    explicit client(const client_options &options) : client(options, streamtoken_client_new) {}

    /// Takes over a handle of the C library.
    explicit client(handle raw) noexcept : raw_(std::move(raw)) {}

    /// A client with these options, and from the environment what they leave out:
    /// `CLOUDFLARE_API_TOKEN`; `CLOUDFLARE_API_KEY` and `CLOUDFLARE_EMAIL`;
    /// `CLOUDFLARE_ACCOUNT_ID`; `CLOUDFLARE_BASE_URL`.
    static client from_env(const client_options &options = client_options()) {
        return client(options, streamtoken_client_from_env);
    }

    /// A client that mints with `signer`, without any network.
    static client local(const signer &signer) {
        return client(detail::make<handle>([&](auto made, auto error) {
            return streamtoken_client_local(signer.get(), made, error);
        }));
    }

    /// Asks for a token for a video UID or live-input UID.
    token create_token(std::string_view identifier) const {
        return create_token(identifier, nullptr, nullptr);
    }
    token create_token(std::string_view identifier, const sign_options &options) const {
        return create_token(identifier, detail::given(options), nullptr);
    }
    token create_token(std::string_view identifier, const call_options &call) const {
        return create_token(identifier, nullptr, detail::given(call));
    }
    token create_token(std::string_view identifier, const sign_options &options,
                       const call_options &call) const {
        return create_token(identifier, detail::given(options), detail::given(call));
    }

    /// The same, with all options in one JSON object, in wire names.
    token create_token_from_json(std::string_view identifier, std::string_view json) const {
        return token(detail::make<token::handle>([&](auto made, auto error) {
            return streamtoken_client_create_token_from_json(raw_.get(), detail::data(identifier),
                                                             identifier.size(), detail::data(json),
                                                             json.size(), made, error);
        }));
    }

    /// Makes a signing key in the account. Save its private parts before anything else. It is never
    /// asked for again once the request may have arrived.
    created_key create_key() const { return create_key(nullptr); }
    created_key create_key(const call_options &call) const {
        return create_key(detail::given(call));
    }

    /// Lists the signing keys of the account.
    key_list list_keys() const { return list_keys(nullptr); }
    key_list list_keys(const call_options &call) const { return list_keys(detail::given(call)); }

    /// Deletes a signing key: **every token signed with it stops working.** Gives the API's word.
    std::string delete_key(std::string_view id) const { return delete_key(id, nullptr); }
    std::string delete_key(std::string_view id, const call_options &call) const {
        return delete_key(id, detail::given(call));
    }

    /// Ends calls of other threads that wait for an answer, and every later one, with
    /// `client_closed`.
    void close() const noexcept { streamtoken_client_close(raw_.get()); }

    /// The C library's handle, which stays this object's.
    const streamtoken_client *get() const noexcept { return raw_.get(); }

  private:
    template <class Function>
    client(const client_options &options, Function function)
        : debug_(options.debug_), raw_(detail::make<handle>([&](auto made, auto error) {
              return function(detail::given(options), made, error);
          })) {}

    token create_token(std::string_view identifier, const streamtoken_sign_options *options,
                       const streamtoken_call_options *call) const {
        return token(detail::make<token::handle>([&](auto made, auto error) {
            return streamtoken_client_create_token(raw_.get(), detail::data(identifier),
                                                   identifier.size(), options, call, made, error);
        }));
    }
    created_key create_key(const streamtoken_call_options *call) const {
        return created_key(detail::make<created_key::handle>([&](auto made, auto error) {
            return streamtoken_client_create_key(raw_.get(), call, made, error);
        }));
    }
    key_list list_keys(const streamtoken_call_options *call) const {
        return key_list(detail::make<key_list::handle>([&](auto made, auto error) {
            return streamtoken_client_list_keys(raw_.get(), call, made, error);
        }));
    }
    std::string delete_key(std::string_view id, const streamtoken_call_options *call) const {
        return detail::text([&](auto word, auto length, auto error) {
            return streamtoken_client_delete_key(raw_.get(), detail::data(id), id.size(), call,
                                                 word, length, error);
        });
    }

    // Outlives the handle, which calls it.
    std::shared_ptr<const debug_function> debug_;
    handle raw_;
};

} // namespace streamtoken

#endif
