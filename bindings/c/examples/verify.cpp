// Checks that a token lets a viewer from one country play one video.
//
// verify TOKEN IDENTIFIER COUNTRY, with the key as for mint; its public half is what is used.

#include <iostream>

#include <streamtoken.hpp>

static streamtoken::claims check(std::string_view token, std::string_view identifier,
                                 std::string_view country) {
    const streamtoken::key_set keys(streamtoken::signing_key::from_env());
    const auto context = streamtoken::verify_context().identifier(identifier).country(country);
    return streamtoken::verify(token, keys, context);
}

int main(int count, char **arguments) {
    if (count != 4) {
        std::cerr << "usage: verify TOKEN IDENTIFIER COUNTRY\n";
        return 2;
    }
    try {
        const streamtoken::claims claims = check(arguments[1], arguments[2], arguments[3]);
        std::cout << claims.sub() << ' ' << claims.exp().time_since_epoch().count() << '\n';
        return 0;
    } catch (const streamtoken::error &error) {
        std::cerr << "error[" << error.code() << "]: " << error.message() << '\n';
        return 1;
    }
}
