// Tells why a token, a playback URL or whatever was taken for one is refused, and what to do about
// it.
//
// explain TEXT IDENTIFIER, with the key as for mint; its public half is what is used. Ends with 1
// when verify or, as far as is publicly known, the platform refuses.

#include <iostream>

#include <streamtoken.hpp>

static streamtoken::report explain(std::string_view text, std::string_view identifier) {
    const streamtoken::key_set keys(streamtoken::signing_key::from_env());
    return streamtoken::explain(text, keys, streamtoken::explain_context().identifier(identifier));
}

int main(int count, char **arguments) {
    if (count != 3) {
        std::cerr << "usage: explain TEXT IDENTIFIER\n";
        return 2;
    }
    try {
        const auto report = explain(arguments[1], arguments[2]);
        std::cout << "verify " << report.verify() << ", platform " << report.platform() << '\n';
        for (const auto &check : report.findings()) {
            std::cout << check.status << ' ' << check.id << ": " << check.cause << "; "
                      << check.remedy.value_or("-") << '\n';
        }
        return report.verify() == "refuses" || report.platform() == "refuses" ? 1 : 0;
    } catch (const streamtoken::error &error) {
        std::cerr << "error[" << error.code() << "]: " << error.message() << '\n';
        return 1;
    }
}
