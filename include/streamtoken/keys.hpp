/// Keys. Include `streamtoken.hpp`.

#ifndef STREAMTOKEN_KEYS_HPP
#define STREAMTOKEN_KEYS_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail.hpp"

namespace streamtoken {

/// A public RSA key with its id, ready to verify.
class public_key {
  public:
    using handle = detail::handle<streamtoken_public_key, streamtoken_public_key_free>;

    /// Takes over a handle of the C library.
    explicit public_key(handle raw) noexcept : raw_(std::move(raw)) {}

    /// Reads a public key: PEM, DER, base64 of either, a JWK; or a private key in any form of
    /// `signing_key::load`, which is reduced to its public half. Throws `key_error`, or
    /// `input_error` for an id that is none.
    static public_key load(std::string_view text, std::optional<std::string_view> id = {}) {
        return public_key(detail::make<handle>([&](auto key, auto error) {
            return streamtoken_public_key_load(detail::data(text), text.size(), detail::data(id),
                                               detail::size(id), key, error);
        }));
    }

    /// The key id.
    std::string_view id() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_public_key_id(raw_.get(), length); });
    }

    /// Size of the modulus in bits, from 2048 to 4096.
    std::uint32_t bits() const noexcept { return streamtoken_public_key_bits(raw_.get()); }

    /// The key as a public JWK: compact JSON.
    std::string to_jwk() const {
        return detail::text([&](auto text, auto length, auto error) {
            return streamtoken_public_key_to_jwk(raw_.get(), text, length, error);
        });
    }

    /// The key as an SPKI PEM (`BEGIN PUBLIC KEY`).
    std::string to_pem() const {
        return detail::text([&](auto text, auto length, auto error) {
            return streamtoken_public_key_to_pem(raw_.get(), text, length, error);
        });
    }

    /// The RFC 7638 thumbprint, which names the key whatever its id is.
    std::string thumbprint() const {
        return detail::text([&](auto text, auto length, auto error) {
            return streamtoken_public_key_thumbprint(raw_.get(), text, length, error);
        });
    }

    /// Whether two keys have the same id, modulus and exponent.
    friend bool operator==(const public_key &one, const public_key &other) noexcept {
        return streamtoken_public_key_equals(one.get(), other.get());
    }
    friend bool operator!=(const public_key &one, const public_key &other) noexcept {
        return !(one == other);
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_public_key *get() const noexcept { return raw_.get(); }

  private:
    handle raw_;
};

/// A private RSA key with its id, ready to sign. It shows itself nowhere but in its exports.
class signing_key {
  public:
    using handle = detail::handle<streamtoken_signing_key, streamtoken_signing_key_free>;

    /// Takes over a handle of the C library.
    explicit signing_key(handle raw) noexcept : raw_(std::move(raw)) {}

    /// Reads a private key in whatever form it is at hand, and checks all of it: PEM, JWK, DER,
    /// base64 of any, or the JSON of Cloudflare's `stream/keys` response. The id comes from the key
    /// or is `id`. Throws `key_error`, or `input_error` for an id that is none.
    static signing_key load(std::string_view text, std::optional<std::string_view> id = {}) {
        return signing_key(detail::make<handle>([&](auto key, auto error) {
            return streamtoken_signing_key_load(detail::data(text), text.size(), detail::data(id),
                                                detail::size(id), key, error);
        }));
    }

    /// Reads the key that `CLOUDFLARE_STREAM_KEY` holds or `CLOUDFLARE_STREAM_KEY_FILE` names, with
    /// the id in `CLOUDFLARE_STREAM_KEY_ID`. Throws `key_error`.
    static signing_key from_env() {
        return signing_key(detail::make<handle>(
            [](auto key, auto error) { return streamtoken_signing_key_from_env(key, error); }));
    }

    /// Makes a key of 2048 bits with a random id. Takes up to some seconds.
    static signing_key generate() {
        return signing_key(detail::make<handle>(
            [](auto key, auto error) { return streamtoken_signing_key_generate(key, error); }));
    }

    /// The key id, which goes into each token as `kid`.
    std::string_view id() const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_signing_key_id(raw_.get(), length); });
    }

    /// Size of the modulus in bits, from 2048 to 4096.
    std::uint32_t bits() const noexcept { return streamtoken_signing_key_bits(raw_.get()); }

    /// The public half, under the same id.
    streamtoken::public_key public_key() const {
        return streamtoken::public_key(
            detail::make<streamtoken::public_key::handle>([&](auto key, auto error) {
                return streamtoken_signing_key_public_key(raw_.get(), key, error);
            }));
    }

    /// The key as a PKCS#1 PEM (`BEGIN RSA PRIVATE KEY`).
    secret to_pkcs1_pem() const { return write(streamtoken_signing_key_to_pkcs1_pem); }

    /// The key as a PKCS#8 PEM (`BEGIN PRIVATE KEY`).
    secret to_pkcs8_pem() const { return write(streamtoken_signing_key_to_pkcs8_pem); }

    /// The key as a JWK: compact JSON.
    secret to_jwk() const { return write(streamtoken_signing_key_to_jwk); }

    /// The `pem` of Cloudflare's `stream/keys` response: base64 of the PKCS#1 PEM.
    secret to_pem_base64() const { return write(streamtoken_signing_key_to_pem_base64); }

    /// The `jwk` of Cloudflare's `stream/keys` response: base64 of the JWK.
    secret to_jwk_base64() const { return write(streamtoken_signing_key_to_jwk_base64); }

    /// The C library's handle, which stays this object's.
    const streamtoken_signing_key *get() const noexcept { return raw_.get(); }

  private:
    template <class Function> secret write(Function function) const {
        return secret::from([&](auto text, auto length, auto error) {
            return function(raw_.get(), text, length, error);
        });
    }

    handle raw_;
};

/// Runs every check of `load` and tells what was found without giving the key away, as a JSON
/// object:
/// `{"form", "private", "id", "bits", "exponent", "thumbprint"}`. Throws `key_error`, or
/// `input_error` for an id that is none.
inline std::string describe_key(std::string_view text, std::optional<std::string_view> id = {}) {
    return detail::text([&](auto found, auto length, auto error) {
        return streamtoken_describe_key(detail::data(text), text.size(), detail::data(id),
                                        detail::size(id), found, length, error);
    });
}

/// Public keys by id, for verification: at least one, at most 1,000.
class key_set {
  public:
    using handle = detail::handle<streamtoken_key_set, streamtoken_key_set_free>;

    /// Takes over a handle of the C library.
    explicit key_set(handle raw) noexcept : raw_(std::move(raw)) {}

    /// The public half of one key.
    explicit key_set(const signing_key &key)
        : raw_(detail::make<handle>([&](auto set, auto error) {
              return streamtoken_key_set_from_signing_key(key.get(), set, error);
          })) {}

    /// A set of these keys; the same key under the same id counts once. Throws `key_error`.
    explicit key_set(const std::vector<public_key> &keys) {
        std::vector<const streamtoken_public_key *> raw;
        for (const public_key &key : keys) {
            raw.push_back(key.get());
        }
        raw_ = detail::make<handle>([&](auto set, auto error) {
            return streamtoken_key_set_new(raw.data(), raw.size(), set, error);
        });
    }

    /// Reads what a user has to verify with: a JWK set, or one key in any form of
    /// `public_key::load`. Throws `key_error`, or `input_error` for an id that is none.
    static key_set load(std::string_view text, std::optional<std::string_view> id = {}) {
        return key_set(detail::make<handle>([&](auto set, auto error) {
            return streamtoken_key_set_load(detail::data(text), text.size(), detail::data(id),
                                            detail::size(id), set, error);
        }));
    }

    /// Reads a JWK set (RFC 7517). Throws `key_error`.
    static key_set from_jwks(std::string_view jwks) {
        return key_set(detail::make<handle>([&](auto set, auto error) {
            return streamtoken_key_set_from_jwks(detail::data(jwks), jwks.size(), set, error);
        }));
    }

    /// How many keys there are.
    std::size_t size() const noexcept { return streamtoken_key_set_count(raw_.get()); }

    /// The id of the key at `index`, in the order in which the keys came; empty from `size()` on.
    std::string_view id(std::size_t index) const noexcept {
        return detail::borrow(
            [&](auto length) { return streamtoken_key_set_id(raw_.get(), index, length); });
    }

    /// The key called `id`, compared byte for byte.
    std::optional<public_key> get(std::string_view id) const {
        auto found = detail::make<public_key::handle>([&](auto key, auto error) {
            return streamtoken_key_set_get(raw_.get(), detail::data(id), id.size(), key, error);
        });
        return found ? std::optional(public_key(std::move(found))) : std::nullopt;
    }

    /// The set as a JWK set of public keys: compact JSON.
    std::string to_jwks() const {
        return detail::text([&](auto text, auto length, auto error) {
            return streamtoken_key_set_to_jwks(raw_.get(), text, length, error);
        });
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_key_set *get() const noexcept { return raw_.get(); }

  private:
    handle raw_;
};

} // namespace streamtoken

#endif
