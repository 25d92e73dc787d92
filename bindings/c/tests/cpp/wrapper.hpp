// What the tests of the wrapper share.

#ifndef STREAMTOKEN_TESTS_WRAPPER_HPP
#define STREAMTOKEN_TESTS_WRAPPER_HPP

#include <string>

#include <streamtoken.hpp>

#include "harness.hpp"

// The published key, as Cloudflare's API gives it.
const std::string &key_text();

inline const char *const key_id = "e9db990a82666dd571c77f944a5c5c8d";
inline const char *const video = "ea95132c15732412d22c1476fa83f27a";
inline const long long issued_at = 1537456765;

// The published key, loaded once.
const streamtoken::signing_key &example_key();

// Options with the time of the published token.
streamtoken::sign_options then();

#endif
