/// Signed URL tokens for Cloudflare Stream, in C++17: the C library with types that free
/// themselves, `std::string_view` in, `std::string` out, and exceptions.
///
///     const auto key = streamtoken::signing_key::from_env();
///     const streamtoken::signer signer(key);
///     const auto token = signer.sign("ea95132c15732412d22c1476fa83f27a",
///                                    streamtoken::sign_options()
///                                        .expires_in(std::chrono::hours(2))
///                                        .access_rules(streamtoken::access_rules::allow_only(
///                                            {streamtoken::condition::country({"GB", "IE"})})));
///     std::cout << token.text() << '\n';
///
/// Everything is decided by the library; nothing here has a default, a check or a table of its own.
/// What the functions of `streamtoken.h` say about ranges and errors holds here too.
///
/// Errors: every failure throws a class derived from `streamtoken::error`.
/// Ownership: objects own what they hold. They can be moved, not copied. A moved-from object may
/// only be assigned to or destroyed; anything else is answered with an error or with nothing, and
/// moved-from options are never taken for none. A `std::string_view` that a member function returns
/// lives as long as its object.
/// Threads: `const` member functions may run at the same time; the others need the object to
/// themselves.
///
/// Link as for C: `pkg-config --libs streamtoken`, or `streamtoken::streamtoken` in CMake. Run-time
/// type information is not needed; exceptions are.

#ifndef STREAMTOKEN_HPP
#define STREAMTOKEN_HPP

#include "streamtoken/about.hpp"
#include "streamtoken/client.hpp"
#include "streamtoken/error.hpp"
#include "streamtoken/explain.hpp"
#include "streamtoken/keys.hpp"
#include "streamtoken/lint.hpp"
#include "streamtoken/rules.hpp"
#include "streamtoken/sign.hpp"
#include "streamtoken/urls.hpp"
#include "streamtoken/verify.hpp"

#endif
