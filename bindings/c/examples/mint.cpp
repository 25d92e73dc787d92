// Mints a token for two hours that only viewers in Great Britain and Ireland may use.
//
// mint IDENTIFIER, with the key in CLOUDFLARE_STREAM_KEY or CLOUDFLARE_STREAM_KEY_FILE, and its id
// in CLOUDFLARE_STREAM_KEY_ID.

#include <chrono>
#include <iostream>

#include <streamtoken.hpp>

using namespace std::chrono_literals;

static streamtoken::token mint(std::string_view identifier) {
    const streamtoken::signer signer(streamtoken::signing_key::from_env());
    const auto rules =
        streamtoken::access_rules::allow_only({streamtoken::condition::country({"GB", "IE"})});
    return signer.sign(identifier, streamtoken::sign_options().expires_in(2h).access_rules(rules));
}

int main(int count, char **arguments) {
    if (count != 2) {
        std::cerr << "usage: mint IDENTIFIER\n";
        return 2;
    }
    try {
        std::cout << mint(arguments[1]).text() << '\n';
        return 0;
    } catch (const streamtoken::error &error) {
        std::cerr << "error[" << error.code() << "]: " << error.message() << '\n';
        return 1;
    }
}
