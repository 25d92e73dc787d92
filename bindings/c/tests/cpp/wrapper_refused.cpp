#include "wrapper.hpp"

#include <optional>
#include <type_traits>
#include <utility>

using namespace streamtoken;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

const time_point now{std::chrono::seconds(issued_at)};

// Lets viewers from the United Kingdom play, and by mistake everybody else.
access_rules open_rules() {
    return access_rules::parse(
        R"([{"type":"ip.geoip.country","action":"allow","country":["GB"]}])");
}

std::string minted() { return std::string(signer(example_key()).sign(video, then()).text()); }

} // namespace

static_assert(!std::is_copy_constructible_v<report>);
static_assert(!std::is_copy_constructible_v<findings>);

TEST(an_expired_token_is_explained) {
    const report found =
        explain(minted(), key_set(example_key()),
                explain_context().identifier(video).now(now + 2h).ip("192.0.2.1").country("GB"));
    CHECK_EQUAL(found.verify(), "refuses");
    CHECK_EQUAL(found.platform(), "refuses");
    CHECK_EQUAL(found.kind(), "token");
    const check expired = found.find("expired").value();
    CHECK_EQUAL(expired.status, "fail");
    CHECK(expired.code == error_code(STREAMTOKEN_TOKEN_EXPIRED));
    CHECK(expired.remedy && !expired.remedy->empty());
    CHECK_EQUAL(found.findings().front().id, "expired");
    CHECK(found.to_text().rfind("verify: refuses; platform: refuses\nfail  expired: ", 0) == 0);
    const check good = found.find("signature").value();
    CHECK(good.status == "pass" && !good.code && !good.remedy);
    CHECK(!found.find("no such check") && !found.find(""));
}

TEST(the_error_of_a_report_outlives_it) {
    std::optional<error> refused;
    {
        report first = explain("a.b", explain_context().now(now));
        const report moved = std::move(first);
        refused = moved.error();
    }
    CHECK_EQUAL(refused->code(), "token_shape");
    CHECK(refused->to_json().find("token_shape") != std::string::npos);
}

TEST(without_keys_nobody_can_say) {
    const explain_context context = explain_context().now(now);
    CHECK_EQUAL(explain(minted(), context).verify(), "unknown");
    CHECK_EQUAL(explain(minted(), key_set(example_key()), context).verify(), "accepts");
    CHECK(!explain(minted(), context).error());
    // Keys that were moved from are never taken for none, nor are facts.
    key_set keys(example_key());
    const key_set kept = std::move(keys);
    CHECK_REFUSED(input_error, "pointer_null", explain(minted(), keys, context));
    explain_context moved;
    const explain_context other = std::move(moved);
    CHECK_REFUSED(input_error, "pointer_null", explain(minted(), moved));
}

TEST(the_length_of_the_video_is_rounded_up) {
    const auto outlasts = [](explain_context context) {
        const report found = explain(minted(), context.now(now));
        return std::string(found.find("outlasts_video").value().status);
    };
    CHECK_EQUAL(outlasts(explain_context().duration(1h)), "pass");
    CHECK_EQUAL(outlasts(explain_context().duration(3600)), "pass");
    CHECK_EQUAL(outlasts(explain_context().duration(3600001ms)), "warn");
    CHECK_EQUAL(outlasts(explain_context().duration(3600.001)), "warn");
    CHECK_EQUAL(outlasts(explain_context()), "unknown");
    CHECK_REFUSED(input_error, "time_negative", outlasts(explain_context().duration(-1s)));
}

TEST(any_text_has_a_report_that_does_not_repeat_it) {
    const std::string hostile = "-----BEGIN RSA PRIVATE KEY-----\0\xff\xed\xa0\x80 secret"s;
    for (const std::string &text :
         {std::string(), std::string(1 << 20, 'x'), key_text(), "\0.\0.\0"s, hostile}) {
        const report found = explain(text);
        CHECK(found.bytes_read() <= 65536);
        const auto shown = found.to_json() + found.to_text();
        CHECK(text.size() < 12 || shown.find(text.substr(text.size() - 12)) == std::string::npos);
    }
    CHECK_EQUAL(explain(key_text()).kind(), "private_key");
}

TEST(what_is_probably_not_meant_is_told) {
    const auto found = open_rules().lint();
    CHECK_EQUAL(found.size(), 1U);
    CHECK_EQUAL(found[0].id, "allow_without_block");
    CHECK_EQUAL(found[0].level, "warning");
    CHECK_EQUAL(found[0].field, "/accessRules/0");
    CHECK(!found[0].message.empty() && !found[0].remedy.empty());
    CHECK(found[1].id.empty() && found[1].level.empty());
    CHECK(access_rules::allow_only({condition::country({"GB"})}).lint().empty());
    CHECK_EQUAL(lint(open_rules().to_json())[0].id, "allow_without_block");
    CHECK_EQUAL(lint(R"({"exp":1})", now)[0].id, "exp_not_after_now");
    CHECK_EQUAL(sign_options().expires_in(-1).lint()[0].id, "time_negative");
    CHECK_REFUSED(input_error, "json_invalid", lint("["));
}

TEST(a_signer_warns_denies_or_does_not_look) {
    const sign_options options = then().access_rules(open_rules());
    const auto warned = [&](const signer &minting) {
        return minting.sign(video, options).warnings().size();
    };
    CHECK_EQUAL(signer(example_key()).lint_level(), "warn");
    CHECK_EQUAL(warned(signer(example_key())), 1U);
    CHECK_EQUAL(warned(signer(example_key(), "off")), 0U);
    CHECK_REFUSED(input_error, "lint_denied", warned(signer(example_key(), "deny")));
    CHECK_REFUSED(input_error, "option_value", signer(example_key(), "DENY"));
    CHECK_REFUSED(input_error, "option_value", signer(example_key(), std::string_view()));
    const public_key half = example_key().public_key();
    CHECK_EQUAL(prepare(half, video, options).warnings().size(), 1U);
    CHECK_EQUAL(prepare(half, video, options, "off").warnings().size(), 0U);
    CHECK_REFUSED(input_error, "lint_denied", prepare(half, video, options, "deny"));
}

TEST(rules_are_tried_on_viewers) {
    CHECK_EQUAL(open_rules().simulate(R"([{"country":"FR"},{"ip":"192.0.2.1"}])"),
                R"([{"viewer":{"ip":null,"country":"FR"},"action":"allow","rule":null,)"
                R"("needs":null,"matches":[false]},)"
                R"({"viewer":{"ip":"192.0.2.1","country":null},"action":"unknown","rule":null,)"
                R"("needs":"country","matches":[null]}])");
    CHECK_REFUSED(input_error, "viewer_ip_invalid", open_rules().simulate(R"([{"ip":"x"}])"));
}
