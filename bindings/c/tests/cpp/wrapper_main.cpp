#include "wrapper.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

const std::string &key_text() {
    static const std::string text = [] {
        const char *folder = std::getenv("STREAMTOKEN_VECTORS");
        std::ifstream file(std::string(folder == nullptr ? "" : folder) +
                           "/example-key.pem.base64");
        return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }();
    return text;
}

const streamtoken::signing_key &example_key() {
    static const auto key = streamtoken::signing_key::load(key_text(), key_id);
    return key;
}

streamtoken::sign_options then() { return streamtoken::sign_options().now(issued_at); }

int main() { return harness::run_all(); }
