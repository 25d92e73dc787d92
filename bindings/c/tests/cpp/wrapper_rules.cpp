#include "wrapper.hpp"

using namespace streamtoken;

TEST(conditions_become_rules) {
    const auto rules = access_rules::allow_only(
        {condition::ip({"192.0.2.0/24", "2001:db8::1"}), condition::country({"gb", "IE"})});
    CHECK_EQUAL(rules.size(), 3U);
    CHECK_EQUAL(
        rules.to_json(),
        "[{\"type\":\"ip.src\",\"action\":\"allow\",\"ip\":[\"192.0.2.0/24\",\"2001:db8::1\"]},"
        "{\"type\":\"ip.geoip.country\",\"action\":\"allow\",\"country\":[\"GB\",\"IE\"]},"
        "{\"type\":\"any\",\"action\":\"block\"}]");
    CHECK_EQUAL(access_rules::block({condition::any()}).to_json(),
                "[{\"type\":\"any\",\"action\":\"block\"}]");
    CHECK_EQUAL(access_rules::block({}).size(), 0U);
    CHECK_REFUSED(input_error, "rule_list_empty", access_rules::allow_only({}));
}

TEST(a_condition_that_was_moved_from_still_says_what_it_said) {
    condition first = condition::any();
    const condition moved = std::move(first);
    CHECK_EQUAL(access_rules::block({first}).to_json(), access_rules::block({moved}).to_json());
    CHECK_EQUAL(access_rules::block({first, condition::country({"GB"})}).size(), 2U);
}

TEST(a_condition_cannot_say_more_than_its_texts) {
    // Quotes, backslashes, control characters and NUL stay inside of the text, which is refused.
    for (const std::string &text :
         {std::string("GB\"],\"any\":true"), std::string("\\"), std::string("\\\""),
          std::string("G\0B", 3), std::string("\x01\x1f\n"), std::string("\u2028"),
          std::string()}) {
        CHECK_REFUSED(input_error, "country_invalid",
                      access_rules::block({condition::country({text})}));
        CHECK_REFUSED(input_error, "network_invalid", access_rules::block({condition::ip({text})}));
    }
    CHECK_REFUSED(input_error, "text_not_utf8",
                  access_rules::block({condition::country({"\xff"})}));
    CHECK_EQUAL(condition::country({std::string("\"\\\0\x1f\x7f", 5)}).to_json(),
                "{\"country\":[\"\\\"\\\\\\u0000\\u001f\x7f\"]}");
}

TEST(the_first_rule_that_matches_decides) {
    const auto rules = access_rules::allow_only({condition::country({"GB"})});
    const decision at_home = rules.evaluate({}, "gb");
    CHECK(at_home.allowed && at_home.rule == 0U);
    const decision abroad = rules.evaluate("192.0.2.1", "FR");
    CHECK(!abroad.allowed && abroad.rule == 1U);
    const decision nobody = access_rules::parse("[]").evaluate({}, {});
    CHECK(nobody.allowed && !nobody.rule);
    CHECK_REFUSED(token_error, "viewer_unknown", rules.evaluate("192.0.2.1", {}));
    CHECK_REFUSED(input_error, "viewer_country_invalid", rules.evaluate({}, ""));
    CHECK_REFUSED(input_error, "viewer_ip_invalid", rules.evaluate("192.0.2.1:80", "GB"));
}

TEST(rules_are_read_from_text) {
    CHECK_EQUAL(access_rules::parse("[]").to_json(), "[]");
    CHECK_REFUSED(input_error, "json_invalid", access_rules::parse(""));
    CHECK_REFUSED(input_error, "json_duplicate_member",
                  access_rules::parse(R"([{"type":"any","type":"any","action":"block"}])"));
    CHECK_REFUSED(input_error, "option_unknown", access_rules::allow_only_json(R"([{"city":[]}])"));
    CHECK_REFUSED(input_error, "option_type", access_rules::block_json(R"([{"ip":"192.0.2.1"}])"));
}
