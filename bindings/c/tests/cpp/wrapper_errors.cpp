#include "wrapper.hpp"

#include <set>

using namespace streamtoken;

namespace {

// The group that the thrown class stands for; empty for the base class alone.
std::string class_of(std::int32_t number) {
    try {
        detail::raise(number, nullptr);
    } catch (const input_error &) {
        return "input";
    } catch (const key_error &) {
        return "key";
    } catch (const token_error &) {
        return "token";
    } catch (const api_error &) {
        return "api";
    } catch (const service_error &) {
        return "service";
    } catch (const internal_error &) {
        return "internal";
    } catch (const error &) {
        return "";
    }
}

} // namespace

TEST(every_code_has_the_class_of_its_group) {
    std::set<std::string> slugs;
    for (const error_code code : error_codes()) {
        CHECK_EQUAL(class_of(code.number()), code.group());
        CHECK(slugs.insert(std::string(code.slug())).second);
        CHECK(!code.text().empty() && code.http_status() >= 400 && code.exit_code() > 0);
    }
    CHECK(slugs.size() > 50);
}

TEST(a_code_that_does_not_exist_is_empty) {
    for (const std::int32_t number : {0, -1, 99, 1 << 30}) {
        const error_code code(number);
        CHECK(code.slug().empty() && code.text().empty() && code.group().empty());
        CHECK(code.http_status() == 0 && code.exit_code() == 0 && !code.retryable());
        CHECK_EQUAL(class_of(number), "");
    }
    CHECK(error_code(STREAMTOKEN_TOKEN_EXPIRED) == error_code(STREAMTOKEN_TOKEN_EXPIRED));
    CHECK(error_code(STREAMTOKEN_TOKEN_EXPIRED) != error_code(STREAMTOKEN_INTERNAL));
}

TEST(an_error_tells_code_number_field_and_message) {
    try {
        sign_options::from_json(R"({"accessRules": [{"type": "any", "action": "permit"}]})");
        CHECK(false);
    } catch (const error &refused) {
        CHECK_EQUAL(refused.code(), "rule_action_unknown");
        CHECK_EQUAL(refused.number(), STREAMTOKEN_RULE_ACTION_UNKNOWN);
        CHECK_EQUAL(refused.field().value(), "/accessRules/0/action");
        CHECK_EQUAL(refused.message(), std::string(refused.what()));
        CHECK_EQUAL(refused.kind().group(), "input");
        CHECK(refused.to_json().find("\"code\":\"rule_action_unknown\"") != std::string::npos);
    }
}

TEST(an_error_about_no_member_has_no_field) {
    try {
        inspect("no token");
        CHECK(false);
    } catch (const token_error &refused) {
        CHECK(!refused.field().has_value());
    }
}

TEST(an_error_outlives_its_copies) {
    std::exception_ptr kept;
    try {
        inspect("");
    } catch (...) {
        kept = std::current_exception();
    }
    std::optional<error> copy;
    try {
        std::rethrow_exception(kept);
    } catch (const error &refused) {
        copy.emplace(refused);
    }
    kept = nullptr;
    CHECK_EQUAL(copy->code(), "token_shape");
    CHECK_EQUAL(copy->number(), STREAMTOKEN_TOKEN_SHAPE);
}

TEST(an_error_without_details_has_the_text_of_its_code) {
    try {
        detail::raise(STREAMTOKEN_INTERNAL, nullptr);
    } catch (const internal_error &refused) {
        CHECK_EQUAL(refused.message(), error_code(STREAMTOKEN_INTERNAL).text());
        CHECK(!refused.field().has_value());
        CHECK_EQUAL(refused.to_json(), "");
    }
}

TEST(the_library_says_its_version) {
    CHECK_EQUAL(version(), STREAMTOKEN_VERSION);
    CHECK(surface_json().find("\"expires_in\"") != std::string::npos);
}
