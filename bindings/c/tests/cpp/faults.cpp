// The client under every fault of vectors/client/faults.json: the error, the number of attempts,
// and the number of requests that the server saw.

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <streamtoken.hpp>
#include <thread>

#include "harness.hpp"

using nlohmann::json;

namespace {

// A table that lost its cases must not pass.
const std::size_t fewest = 100;

const std::set<std::string> known{"id",      "comment", "base",  "call", "options",
                                  "answers", "expect",  "proxy", "fetch"};
const std::set<std::string> expected{"done",  "code",     "number",  "status",
                                     "field", "attempts", "requests"};

const char *variable(const char *name) {
    const char *value = std::getenv(name);
    if (value == nullptr) {
        throw harness::failure(std::string(name) +
                               " is not set: run this program by `cargo xtask test`");
    }
    return value;
}

json table() {
    std::ifstream file(std::string(variable("STREAMTOKEN_VECTORS")) + "/client/faults.json");
    return json::parse(file);
}

const json &places() {
    static const json read = json::parse(variable("STREAMTOKEN_FAULTS"));
    return read;
}

void knows(const json &object, const std::set<std::string> &names) {
    for (const auto &member : object.items()) {
        if (names.count(member.key()) == 0) {
            throw harness::failure("an unknown member: " + member.key());
        }
    }
}

template <class Value> void same(const char *what, const Value &found, const Value &wanted) {
    harness::check_equal(found, wanted, what, __FILE__, __LINE__);
}

// The answer of the server to a GET.
std::string get(const std::string &base, const std::string &path) {
    const std::string port = base.substr(base.rfind(':') + 1);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int connection = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(connection, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0);
    const std::string request = "GET " + path + " HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
    CHECK(write(connection, request.data(), request.size()) ==
          static_cast<ssize_t>(request.size()));
    std::string answer;
    char part[4096];
    for (ssize_t more = 1; more > 0 && answer.size() < 65536;) {
        more = read(connection, part, sizeof part);
        answer.append(part, static_cast<std::size_t>(more > 0 ? more : 0));
    }
    close(connection);
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

void call(const streamtoken::client &client, const std::string &what) {
    if (what == "token.create") {
        client.create_token("ea95132c15732412d22c1476fa83f27a");
    } else if (what == "keys.create") {
        client.create_key();
    } else if (what == "keys.list") {
        client.list_keys();
    } else if (what == "keys.delete") {
        client.delete_key("e9db990a82666dd571c77f944a5c5c8d");
    } else {
        throw harness::failure("an unknown call: " + what);
    }
}

void judge(const streamtoken::error &error, const json &wanted) {
    const std::string message(error.message());
    harness::check(!wanted.value("done", false), message.c_str(), __FILE__, __LINE__);
    same("code", std::string(error.code()), wanted["code"].get<std::string>());
    same("number", error.number(), wanted["number"].get<std::int32_t>());
    same("status", error.status(), wanted.value("status", 0));
    same("field", std::string(error.field().value_or("")), wanted.value("field", ""));
    same("attempts of the error", error.attempts(), wanted["attempts"].get<std::uint32_t>());
}

void run(const json &one) {
    knows(one, known);
    const json &wanted = one["expect"];
    knows(wanted, expected);
    const std::string name = one["id"].get<std::string>() + ".cpp" + std::to_string(getpid());
    const auto base = places()["bases"][one["base"].get<std::string>()].get<std::string>();
    json options = one["options"];
    options["api_token"] = "a-token-of-the-test";
    options["account_id"] = "023e105f4ecef8ad9ca31a8372d0c353";
    options["base_url"] = base + "/" + name + "/client/v4";
    std::atomic<unsigned> attempts{0};
    const streamtoken::client client(
        streamtoken::client_options::from_json(options.dump()).debug([&](std::string_view line) {
            attempts = json::parse(line)["attempt"].get<unsigned>();
        }));
    try {
        call(client, one["call"]);
        harness::check(wanted.value("done", false), "it was done", __FILE__, __LINE__);
    } catch (const streamtoken::api_error &error) {
        judge(error, wanted);
    }
    if (wanted.contains("attempts")) {
        same("attempts", attempts.load(), wanted["attempts"].get<unsigned>());
    }
    const json count = json::parse(get(places()["bases"]["http"], "/_count/" + name));
    same("requests", count["requests"].get<int>(), wanted["requests"].get<int>());
}

// How many cases are under way at a time: most only wait.
int at_a_time = 24;

// What was wrong with the cases, each in one of some threads.
std::string run_all(const std::vector<json> &cases) {
    std::string wrong;
    std::mutex lock;
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    const auto work = [&] {
        for (std::size_t index = next++; index < cases.size(); index = next++) {
            try {
                run(cases[index]);
            } catch (const std::exception &error) {
                const std::lock_guard<std::mutex> guard(lock);
                wrong += cases[index]["id"].get<std::string>() + ": " + error.what() + "\n";
            }
        }
    };
    for (int i = 0; i < at_a_time; i++) {
        threads.emplace_back(work);
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    return wrong;
}

} // namespace

TEST(every_fault_has_its_error_and_its_number_of_attempts) {
    std::vector<json> direct;
    std::map<std::string, std::vector<json>> proxied;
    for (const json &one : table()) {
        (one.contains("proxy") ? proxied[one["proxy"].get<std::string>()] : direct).push_back(one);
    }
    CHECK(setenv("SSL_CERT_FILE", places()["ca"].get<std::string>().c_str(), 1) == 0);
    CHECK_EQUAL(run_all(direct), "");
    std::size_t all = direct.size();
    CHECK(!proxied.empty());
    for (const auto &part : proxied) {
        const auto proxy = places()["proxies"][part.first].get<std::string>();
        CHECK(setenv("HTTPS_PROXY", proxy.c_str(), 1) == 0);
        CHECK_EQUAL(run_all(part.second), "");
        all += part.second.size();
    }
    CHECK(all >= fewest);
    std::printf("%zu faults\n", all);
}

// An argument says how many cases are under way at a time.
int main(int count, char **arguments) {
    if (count > 1) {
        at_a_time = std::stoi(arguments[1]);
    }
    return harness::run_all();
}
