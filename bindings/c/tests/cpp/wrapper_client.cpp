#include "wrapper.hpp"

#include <atomic>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>
#include <type_traits>
#include <vector>

using namespace streamtoken;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

// What a service says of itself.
const json &told() {
    static const json said = json::parse(std::getenv("STREAMTOKEN_SERVICE"));
    return said;
}

client_options options() {
    return client_options()
        .base_url(told()["base_url"].get<std::string>())
        .api_token(told()["api_token"].get<std::string>())
        .account_id(told()["account_id"].get<std::string>());
}

claims checked(const token &made, const signing_key &key) {
    return verify(made.text(), key_set(key), verify_context().identifier(video).leeway(2s));
}

signing_key service_key() { return signing_key::load(told()["signing_key"].dump()); }

// Nobody listens there.
client_options nowhere() {
    return client_options().base_url("http://127.0.0.1:9").api_token("a-token").account_id("a");
}

} // namespace

static_assert(!std::is_copy_constructible_v<client> && std::is_move_constructible_v<client>);
static_assert(!std::is_copy_constructible_v<created_key> && std::is_move_assignable_v<client>);

TEST(a_client_makes_tokens_with_every_option) {
    const client asking(options().timeout(20s).connect_timeout(2.5).max_retries(1).deadline(30s));
    const auto exp = std::chrono::time_point_cast<std::chrono::seconds>(
        std::chrono::system_clock::now() + 30min);
    const token made =
        asking.create_token(video,
                            sign_options()
                                .exp(exp)
                                .nbf(exp - 1h)
                                .downloadable(true)
                                .access_rules(access_rules::block({condition::country({"FR"})}))
                                .flags(R"({"original": true})"),
                            call_options()
                                .account_id(told()["account_id"].get<std::string>())
                                .timeout(std::chrono::milliseconds(9500))
                                .connect_timeout(3)
                                .max_retries(0)
                                .deadline(10s));
    CHECK(made.exp() == exp && made.identifier() == video);
    const claims found = verify(made.text(), key_set(service_key()),
                                verify_context().identifier(video).country("GB"));
    CHECK(found.downloadable() && found.exp() == exp && found.nbf() == exp - 1h);
    CHECK_EQUAL(found.flags_json(), R"({"original":true})");
    CHECK_EQUAL(found.access_rules().to_json(),
                R"([{"type":"ip.geoip.country","action":"block","country":["FR"]}])");
    const token plain = asking.create_token(video);
    CHECK(!checked(plain, service_key()).downloadable());
    CHECK(checked(asking.create_token_from_json(video, R"({"downloadable": true})"), service_key())
              .downloadable());
}

TEST(tokens_have_the_warnings_of_what_was_sent) {
    const client asking(options());
    // The API honours the flag; of a token that is signed here there is a warning of it.
    const findings warnings =
        asking
            .create_token_from_json(video, R"({"flags": {"original": true}, "accessRules": [
                {"type": "ip.geoip.country", "action": "allow", "country": ["GB"]}]})")
            .warnings();
    CHECK_EQUAL(warnings.size(), 1U);
    CHECK_EQUAL(warnings[0].id, "allow_without_block");
    CHECK_EQUAL(warnings[0].field, "/accessRules/0");
    CHECK(asking.create_token(video).warnings().empty());
}

TEST(a_key_goes_along_when_it_is_said) {
    const client asking(options());
    const token made = asking.create_token(video, call_options().key(key_id, key_text()));
    CHECK_EQUAL(made.key_id(), key_id);
    checked(made, example_key());
    CHECK_REFUSED(key_error, "key_not_given",
                  asking.create_token(video, call_options().key(key_id, std::nullopt)));
}

TEST(a_client_manages_keys) {
    const client asking(options());
    const created_key made = asking.create_key();
    const key_list listed = asking.list_keys();
    std::size_t index = 0;
    while (index < listed.size() && listed.id(index) != made.id()) {
        ++index;
    }
    CHECK(index < listed.size() && listed.key_id(index) == made.id());
    CHECK(made.created().has_value() && listed.created(index) == made.created());
    CHECK(listed.to_json().find(made.id()) != std::string::npos);
    CHECK(listed.id(listed.size()).empty() && !listed.created(listed.size()).has_value());
    const signing_key key = made.signing_key();
    CHECK_EQUAL(key.to_pem_base64().view(), made.pem());
    CHECK_EQUAL(signing_key::load(made.jwk()).id(), made.id());
    CHECK_EQUAL(signing_key::load(made.to_json().view()).id(), made.id());
    checked(signer(key).sign(video), key);
    CHECK_EQUAL(asking.delete_key(made.id(), call_options()), "Revoked");
    CHECK_REFUSED(api_error, "api_not_found", asking.delete_key(made.id()));
}

TEST(a_local_client_mints_the_same_bytes) {
    const signer here(example_key());
    client asking = client::local(here);
    CHECK_EQUAL(asking.create_token(video, then()).text(), here.sign(video, then()).text());
    CHECK_REFUSED(api_error, "client_is_local", asking.list_keys());
    const client moved = std::move(asking);
    CHECK_EQUAL(moved.create_token(video, then()).text(), here.sign(video, then()).text());
    // A moved-from client is none.
    CHECK_REFUSED(input_error, "pointer_null", asking.create_token(video));
}

TEST(what_is_missing_or_refused_is_said_before_anything_is_sent) {
    CHECK_REFUSED(api_error, "api_credential_missing", client{client_options()});
    CHECK_REFUSED(api_error, "base_url_insecure",
                  client(nowhere().base_url("http://api.example.com")));
    client(nowhere().base_url("http://api.example.com").allow_http(true));
    for (const char *url : {"https://u:p@api.example.com", "https://api.example.com?a",
                            "https://api.example.com#a", "ftp://api.example.com", "", "api"}) {
        CHECK_REFUSED(api_error, "base_url_invalid", client(nowhere().base_url(url)));
    }
    CHECK_REFUSED(api_error, "api_credential_invalid", client(nowhere().api_token("a\r\nb: c")));
    CHECK_REFUSED(input_error, "option_value", client(nowhere().timeout(-1)));
    CHECK_REFUSED(input_error, "option_value", client(nowhere().max_retries(1.5)));
    CHECK_REFUSED(input_error, "option_value", client(nowhere().deadline(2h)));
    CHECK_REFUSED(input_error, "option_unknown", client_options::from_json(R"({"tokens": "x"})"));
    CHECK_REFUSED(input_error, "option_unknown", call_options::from_json(R"({"tokens": "x"})"));
    const client asking(nowhere());
    CHECK_REFUSED(input_error, "option_not_remote",
                  asking.create_token(video, then().reuse_window(60)));
    CHECK_REFUSED(input_error, "option_not_remote",
                  asking.create_token(video, then().time_format("string")));
    for (const char *id : {"a/../b", "a.b", "a b", "%2e%2e", "a\r\nb: c", "\xc3\xbc", ""}) {
        CHECK_REFUSED(input_error, "identifier_invalid", asking.create_token(id));
    }
    const call_options wrong = call_options::from_json(R"({"account_id": "a b"})");
    CHECK_REFUSED(input_error, "account_id_invalid", asking.create_key(wrong));
    CHECK_REFUSED(input_error, "account_id_invalid", asking.list_keys(wrong));
    client_options gone;
    const client_options taken = std::move(gone);
    CHECK_REFUSED(input_error, "pointer_null", client{gone});
}

TEST(an_error_of_the_api_tells_what_it_knows) {
    const client asking(options().api_token("stk_wrong"));
    try {
        asking.list_keys();
        CHECK(false);
    } catch (const api_error &refused) {
        CHECK_EQUAL(refused.code(), "api_unauthorized");
        CHECK(refused.status() == 401 && refused.attempts() == 1);
        CHECK(!refused.cf_ray() && !refused.retry_after() && !refused.documentation_url());
        CHECK_EQUAL(json::parse(refused.errors_json())[0]["code"].get<int>(), 10000);
        CHECK(json::parse(refused.messages_json()).is_array());
        CHECK_EQUAL(refused.other_json(), "null");
        CHECK_EQUAL(json::parse(refused.to_json())["api"]["status"].get<int>(), 401);
        CHECK(refused.to_json().find("stk_wrong") == std::string::npos);
    }
    try {
        client(nowhere().max_retries(0)).list_keys();
        CHECK(false);
    } catch (const api_error &refused) {
        CHECK_EQUAL(refused.code(), "api_connection");
        CHECK(refused.status() == 0 && refused.attempts() == 1);
        CHECK_EQUAL(refused.errors_json(), "[]");
    }
}

TEST(a_debug_function_lives_as_long_as_the_client_and_may_throw) {
    const auto seen = std::make_shared<std::atomic<int>>(0);
    {
        client asking = [&] {
            return client(options().debug([seen](std::string_view line) {
                ++*seen;
                CHECK(json::parse(line)["status"] == 200);
                throw std::runtime_error("dropped");
            }));
        }();
        const client moved = std::move(asking);
        moved.list_keys();
        moved.create_token(video);
        CHECK(*seen == 2 && seen.use_count() > 1);
    }
    CHECK(seen.use_count() == 1);
    client(options().debug(nullptr)).list_keys();
}

TEST(one_client_serves_threads_until_it_is_closed) {
    const client asking(options());
    std::vector<std::thread> threads;
    std::atomic<int> made{0};
    for (int i = 0; i < 4; i++) {
        threads.emplace_back([&] {
            for (int n = 0; n < 4; n++) {
                made += asking.create_token(video).text().empty() ? 0 : 1;
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    CHECK_EQUAL(made.load(), 16);
    asking.close();
    CHECK_REFUSED(api_error, "client_closed", asking.create_token(video));
}

TEST(the_environment_gives_what_is_not_said) {
    const auto set = [](const char *name, const char *member) {
        CHECK(setenv(name, told()[member].get<std::string>().c_str(), 1) == 0);
    };
    set("CLOUDFLARE_BASE_URL", "base_url");
    set("CLOUDFLARE_ACCOUNT_ID", "account_id");
    set("CLOUDFLARE_API_KEY", "api_key");
    set("CLOUDFLARE_EMAIL", "api_email");
    client::from_env().list_keys();
    CHECK_REFUSED(api_error, "api_unauthorized",
                  client::from_env(client_options().api_token("wrong")).list_keys());
    const json key = told();
    client(client_options()
               .base_url(key["base_url"].get<std::string>())
               .account_id(key["account_id"].get<std::string>())
               .api_key(key["api_key"].get<std::string>())
               .api_email(key["api_email"].get<std::string>()))
        .list_keys();
    for (const char *const name : {"CLOUDFLARE_BASE_URL", "CLOUDFLARE_ACCOUNT_ID",
                                   "CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL"}) {
        CHECK(unsetenv(name) == 0);
    }
}
