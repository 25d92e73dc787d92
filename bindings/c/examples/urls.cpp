// Prints every playback URL of a token, one `name url` a line.
//
// urls TOKEN CUSTOMER_CODE

#include <iostream>

#include <streamtoken.hpp>

int main(int count, char **arguments) {
    if (count != 3) {
        std::cerr << "usage: urls TOKEN CUSTOMER_CODE\n";
        return 2;
    }
    try {
        const auto code = streamtoken::customer_code::parse(arguments[2]);
        const streamtoken::playback_urls urls(arguments[1], code);
        for (const auto &[name, url] : urls.rows()) {
            std::cout << name << ' ' << url << '\n';
        }
        return 0;
    } catch (const streamtoken::error &error) {
        std::cerr << "error[" << error.code() << "]: " << error.message() << '\n';
        return 1;
    }
}
