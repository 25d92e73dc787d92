// Every route and option over TLS, as the client sees it and as the service does: in its log, in
// what it signs, and in the public keys that it shows.

#include "wrapper.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdio.h> // popen
#include <thread>

using namespace streamtoken;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string route = "/client/v4/accounts/{account_id}/stream/";

// What the service says of itself.
std::string told(const char *member) {
    static const json said = json::parse(std::getenv("STREAMTOKEN_SERVICE_TLS"));
    return said[member].get<std::string>();
}

// What the service logs from now on.
class service_log {
  public:
    service_log() : file_(told("log")) {
        CHECK(file_.good());
        file_.seekg(0, std::ios::end);
    }

    // The next request; a minute is for ever.
    json next() {
        for (int tries = 0; tries < 6000; tries++) {
            const std::string line = whole_line();
            if (line.empty()) {
                std::this_thread::sleep_for(10ms);
            } else if (json found = json::parse(line); found["message"] == "request") {
                return found;
            }
        }
        throw harness::failure("the service logs no request");
    }

    // The next request, which must be this one.
    json next(const char *asked, int status) {
        json found = next();
        const std::string method = found["method"].get<std::string>() + " ";
        CHECK_EQUAL(method + found["route"].get<std::string>(),
                    std::string(asked).insert(method.size(), route));
        CHECK_EQUAL(found["status"].get<int>(), status);
        return found;
    }

  private:
    // Empty for a line that is being written.
    std::string whole_line() {
        const auto begin = file_.tellg();
        std::string line;
        if (std::getline(file_, line) && !file_.eof()) {
            return line;
        }
        file_.clear();
        file_.seekg(begin);
        return {};
    }

    std::ifstream file_;
};

// What a program prints.
std::string output(const std::string &command) {
    const std::unique_ptr<FILE, int (*)(FILE *)> program(popen(command.c_str(), "r"), pclose);
    CHECK(program != nullptr);
    std::string found;
    char part[4096];
    for (std::size_t more = 1; more > 0;) {
        more = std::fread(part, 1, sizeof part, program.get());
        found.append(part, more);
    }
    return found;
}

// The public keys, as the service shows them to everybody.
key_set public_keys(service_log &log) {
    const std::string found =
        output("curl --silent --fail --max-time 60 --cacert "
               "\"$SSL_CERT_FILE\" " +
               told("base_url") + "/accounts/" + told("account_id") + "/stream/jwks.json");
    log.next("GET jwks.json", 200);
    return key_set::load(found);
}

client_options options() {
    return client_options()
        .base_url(told("base_url"))
        .api_token(told("api_token"))
        .account_id(told("account_id"))
        .max_retries(0);
}

// The service logged the token by its digest, and signed what was asked for; `asked` is what the
// payload has beside the video, the key and times.
void check_minted(const token &made, const json &asked, service_log &log) {
    const json line = log.next("POST {identifier}/token", 200);
    CHECK_EQUAL(line["account"].get<std::string>(), told("account_id"));
    CHECK_EQUAL(line["identifier"].get<std::string>(), video);
    const std::string text(made.text());
    CHECK_EQUAL(line["token"].get<std::string>(),
                output("printf %s '" + text + "' | sha256sum").substr(0, 12));
    const json payload = json::parse(inspect(text).payload());
    // The service writes times as texts, which no client of ours asked it to.
    const auto seconds = [](const auto &time) {
        return std::to_string(
            std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
    };
    json expected = {{"exp", seconds(made.exp())},
                     {"nbf", seconds(made.nbf())},
                     {"sub", video},
                     {"kid", made.key_id()}};
    expected.update(asked);
    CHECK_EQUAL(payload, expected);
}

const json rules = json::parse(R"([{"type": "ip.geoip.country", "action": "allow",
    "country": ["GB"]}, {"type": "any", "action": "block"}])");

} // namespace

TEST(the_service_signs_every_option) {
    service_log log;
    const key_set keys = public_keys(log);
    const client asking(options());
    const long long now = std::chrono::duration_cast<std::chrono::seconds>(
                              std::chrono::system_clock::now().time_since_epoch())
                              .count();
    const long long later = now + 1800;
    const json flags = {{"original", true}};
    const std::pair<json, json> cases[] = {
        {json::object(), json::object()},
        {{{"exp", later}}, {{"exp", std::to_string(later)}}},
        {{{"now", later}, {"expires_in", "1m"}}, {{"exp", std::to_string(later + 60)}}},
        {{{"nbf", now - 5}}, {{"nbf", std::to_string(now - 5)}}},
        {{{"downloadable", true}}, {{"downloadable", true}}},
        {{{"accessRules", rules}}, {{"accessRules", rules}}},
        {{{"flags", flags}}, {{"flags", flags}}},
        {{{"id", key_id}, {"pem", key_text()}}, {{"kid", key_id}}},
    };
    for (const auto &[given, signed_for] : cases) {
        const token made = asking.create_token_from_json(video, given.dump());
        check_minted(made, signed_for, log);
        if (!signed_for.contains("kid")) {
            verify(made.text(), keys, verify_context().identifier(video).country("GB").leeway(2s));
        }
    }
}

TEST(the_service_signs_typed_options_of_a_call) {
    service_log log;
    // What is said with the call counts before what the client was made with.
    const client asking(options().account_id("another").timeout(1ms).deadline(1ms));
    const auto exp = std::chrono::time_point_cast<std::chrono::seconds>(
        std::chrono::system_clock::now() + 30min);
    const token made = asking.create_token(video,
                                           sign_options()
                                               .exp(exp)
                                               .nbf(exp - 1h)
                                               .downloadable(true)
                                               .access_rules(access_rules::parse(rules.dump()))
                                               .flags(R"({"original": true})"),
                                           call_options()
                                               .account_id(told("account_id"))
                                               .timeout(50s)
                                               .connect_timeout(50)
                                               .max_retries(1)
                                               .deadline(100s)
                                               .key(key_id, key_text()));
    CHECK(made.exp() == exp && made.nbf() == exp - 1h);
    check_minted(made,
                 {{"kid", key_id},
                  {"downloadable", true},
                  {"accessRules", rules},
                  {"flags", {{"original", true}}}},
                 log);
    verify(made.text(), key_set(example_key()), verify_context().identifier(video).country("GB"));
}

TEST(the_service_keeps_keys_until_they_are_deleted) {
    service_log log;
    const client asking(options());
    const auto count = [&](const std::string &id, bool is_there) {
        const key_list listed = asking.list_keys();
        log.next("GET keys", 200);
        CHECK((listed.to_json().find(id) != std::string::npos) == is_there);
        return listed.size();
    };
    const created_key made = asking.create_key();
    log.next("POST keys", 200);
    verify(signer(made.signing_key()).sign(video).text(), public_keys(log),
           verify_context().identifier(video));
    const std::string id(made.id());
    const std::size_t before = count(id, true);
    CHECK_EQUAL(asking.delete_key(id), "Revoked");
    log.next("DELETE keys/{id}", 200);
    CHECK_EQUAL(count(id, false), before - 1);
    CHECK_REFUSED(api_error, "api_not_found", asking.delete_key(id));
    log.next("DELETE keys/{id}", 404);
}

TEST(the_service_knows_credentials_and_accounts) {
    service_log log;
    client(options()).create_token(video);
    const json by_token = log.next("POST {identifier}/token", 200);
    client(client_options()
               .base_url(told("base_url"))
               .account_id(told("account_id"))
               .api_email(told("api_email"))
               .api_key(told("api_key")))
        .create_token(video);
    const json by_key = log.next("POST {identifier}/token", 200);
    CHECK(by_token["credential"].is_string() && by_key["credential"].is_string());
    CHECK(by_token["credential"] != by_key["credential"]);
    CHECK_REFUSED(api_error, "api_not_found",
                  client(options().account_id("another")).create_token(video));
    const json elsewhere = log.next("POST {identifier}/token", 404);
    CHECK(elsewhere["account"] == "another" && elsewhere["code"] == "account_unknown");
    CHECK_REFUSED(api_error, "api_unauthorized",
                  client(options().api_token("nobody")).create_token(video));
    CHECK(log.next("POST {identifier}/token", 401)["code"] == "credential_invalid");
}

TEST(nothing_is_asked_of_whom_no_authority_vouches_for) {
    service_log log;
    std::string url = told("base_url");
    const std::string name = "localhost";
    url.replace(url.find(name), name.size(), "127.0.0.1");
    CHECK_REFUSED(api_error, "api_tls", client(options().base_url(url)).create_token(video));
    const std::string authority = std::getenv("SSL_CERT_FILE");
    CHECK(unsetenv("SSL_CERT_FILE") == 0);
    const auto give_back = [&] { CHECK(setenv("SSL_CERT_FILE", authority.c_str(), 1) == 0); };
    try {
        CHECK_REFUSED(api_error, "api_tls", client(options()).create_token(video));
    } catch (...) {
        give_back();
        throw;
    }
    give_back();
    // The first request that it saw is this one.
    client(options()).list_keys();
    log.next("GET keys", 200);
}
