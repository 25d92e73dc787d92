// Asks Cloudflare's API for a token of two hours, and tells what it did on the way.
//
// client IDENTIFIER, with CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID in the environment, and
// CLOUDFLARE_BASE_URL for another service than Cloudflare's.

#include <chrono>
#include <iostream>

#include <streamtoken.hpp>

using namespace std::chrono_literals;

static streamtoken::token ask(std::string_view identifier) {
    const auto client = streamtoken::client::from_env(
        streamtoken::client_options()
            .debug([](std::string_view attempt) { std::cerr << attempt << '\n'; })
            .deadline(20s));
    return client.create_token(identifier, streamtoken::sign_options().expires_in(2h));
}

int main(int count, char **arguments) {
    if (count != 2) {
        std::cerr << "usage: client IDENTIFIER\n";
        return 2;
    }
    try {
        std::cout << ask(arguments[1]).text() << '\n';
        return 0;
    } catch (const streamtoken::error &error) {
        std::cerr << "error[" << error.code() << "]: " << error.message() << '\n';
        return 1;
    }
}
