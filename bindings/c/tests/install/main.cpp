// Mints the token that Cloudflare's documentation publishes, with the key in the environment.

#include <iostream>

#include <streamtoken.hpp>

int main() {
    try {
        const streamtoken::signer signer(streamtoken::signing_key::from_env());
        const auto token =
            signer.sign("ea95132c15732412d22c1476fa83f27a",
                        streamtoken::sign_options().now(1537456765).time_format("string"));
        std::cout << token.text() << '\n';
        return 0;
    } catch (const streamtoken::error &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
