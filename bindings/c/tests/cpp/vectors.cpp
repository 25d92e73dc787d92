// Runs every golden vector through the wrapper. STREAMTOKEN_VECTORS names their folder.

#include "vectors.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

namespace {

using operation = json (*)(const vector_case &);

const std::map<std::string, operation> operations = {
    {"key_load", run_key},           {"key_describe", run_key},
    {"public_key_load", run_key},    {"key_set", run_key},
    {"key_export", run_key},         {"sign", run_sign},
    {"batch_line", run_sign},        {"prepare", run_sign},
    {"verify", run_verify},          {"inspect", run_verify},
    {"rules_parse", run_rules},      {"rules_evaluate", run_rules},
    {"rules_allow_only", run_rules}, {"rules_block", run_rules},
    {"playback_urls", run_urls},     {"embed", run_urls},
    {"customer_code", run_urls},     {"rewrite", run_urls},
    {"explain", run_refused},        {"lint", run_refused},
    {"sign_lint", run_refused},      {"simulate", run_refused},
    {"sign_in_turn", run_refused},
};

// The error as the exception tells it, which is what the library says of it too.
json describe(const streamtoken::error &error) {
    json out = {{"code", error.code()}, {"number", error.number()}, {"message", error.message()}};
    if (error.field()) {
        out["field"] = *error.field();
    }
    if (out != json::parse(error.to_json()) || error.what() != error.message()) {
        throw malformed("the exception and its JSON differ: " + out.dump());
    }
    return {{"error", out}};
}

json outcome(const vector_case &one) {
    const auto known = operations.find(one.operation);
    if (known == operations.end()) {
        throw malformed("no operation " + one.operation);
    }
    try {
        return known->second(one);
    } catch (const streamtoken::error &error) {
        return describe(error);
    }
}

// How many cases ended in each way.
struct counts {
    unsigned passed = 0;
    unsigned failed = 0;
    unsigned left_out = 0;
};

// Runs a case and counts it; prints what differs.
void run(const vector_case &one, counts &all) {
    try {
        const json found = outcome(one);
        if (found == one.expect) {
            ++all.passed;
            return;
        }
        std::printf("%s\n  expected %s\n  found    %s\n", one.id.c_str(), one.expect.dump().c_str(),
                    found.dump().c_str());
    } catch (const unsayable &error) {
        if (one.value_level) {
            ++all.left_out;
            return;
        }
        std::printf("%s: %s\n", one.id.c_str(), error.what());
    } catch (const std::exception &error) {
        std::printf("%s: %s\n", one.id.c_str(), error.what());
    }
    ++all.failed;
}

vector_case read_case(const json &raw, const json &flags) {
    static const std::set<std::string> members = {"id",  "comment", "flags", "operation",
                                                  "now", "input",   "expect"};
    for (const auto &member : raw.items()) {
        if (members.count(member.key()) == 0) {
            throw malformed("unknown member " + member.key());
        }
    }
    bool value_level = false;
    for (const auto &flag : raw.value("flags", json::array())) {
        if (!flags.contains(flag.get<std::string>())) {
            throw malformed("no note on flag " + flag.get<std::string>());
        }
        value_level = value_level || flag == "value-level";
    }
    vector_case one{raw.at("id"),    raw.at("operation"), std::nullopt,
                    raw.at("input"), raw.at("expect"),    value_level};
    if (raw.contains("now")) {
        one.now = raw.at("now").get<std::uint64_t>();
    }
    return one;
}

std::filesystem::path folder() {
    const char *folder = std::getenv("STREAMTOKEN_VECTORS");
    if (folder == nullptr) {
        throw malformed("STREAMTOKEN_VECTORS is not set");
    }
    return folder;
}

json read_json(const std::filesystem::path &path) {
    std::ifstream file(path);
    return json::parse(file);
}

std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(folder())) {
        if (entry.path().extension() == ".json" && entry.path().filename() != "example-key.json") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

counts run_all() {
    std::set<std::string> ids;
    counts all;
    for (const auto &path : files()) {
        const json file = read_json(path);
        for (const json &raw : file.at("cases")) {
            const vector_case one = read_case(raw, file.at("flags"));
            if (!ids.insert(one.id).second) {
                throw malformed("two cases are called " + one.id);
            }
            run(one, all);
        }
    }
    return all;
}

const json &example() {
    static const json example = read_json(folder() / "example-key.json");
    return example;
}

} // namespace

const streamtoken::signing_key &example_key() {
    static const streamtoken::signing_key key = streamtoken::signing_key::load(
        example().at("pem_base64").get<std::string>(), example().at("key_id").get<std::string>());
    return key;
}

const std::string &example_token() {
    static const std::string token = example().at("token");
    return token;
}

int main() {
    try {
        const counts all = run_all();
        if (all.failed == 0 && all.passed > 0) {
            std::printf("vectors: %u passed on C++", all.passed);
            std::printf(all.left_out > 0 ? " (left out: %u value-level)\n" : "\n", all.left_out);
            return 0;
        }
        std::printf("%u vectors failed\n", all.failed);
    } catch (const std::exception &error) {
        std::printf("%s\n", error.what());
    }
    return 1;
}
