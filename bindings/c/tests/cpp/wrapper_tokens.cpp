#include "wrapper.hpp"

#include <atomic>
#include <cmath>
#include <limits>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

using namespace streamtoken;
using namespace std::chrono_literals;

namespace {

const time_point now{std::chrono::seconds(issued_at)};

// Minted with the published key and these options.
token mint(const sign_options &options) { return signer(example_key()).sign(video, options); }

verify_context asked() { return verify_context().identifier(video).now(now); }

// Whether `downloadable` takes a value of this type.
template <class Value, class = void> constexpr bool is_downloadable = false;
template <class Value>
constexpr bool is_downloadable<
    Value, std::void_t<decltype(sign_options().downloadable(std::declval<Value>()))>> = true;

} // namespace

static_assert(is_downloadable<bool>);
static_assert(!is_downloadable<const char *> && !is_downloadable<int>);
static_assert(!std::is_copy_constructible_v<token>);
static_assert(!std::is_copy_constructible_v<sign_options>);

TEST(the_published_token_comes_out_byte_for_byte) {
    const token minted = mint(then().time_format("string"));
    const std::string beginning =
        "eyJhbGciOiJSUzI1NiIsImtpZCI6ImU5ZGI5OTBhODI2NjZkZDU3MWM3N2Y5NDRh";
    CHECK_EQUAL(minted.text().substr(0, beginning.size()), beginning);
    CHECK_EQUAL(minted.text().size(), 581U);
    CHECK_EQUAL(minted.identifier(), video);
    CHECK_EQUAL(minted.key_id(), key_id);
    CHECK(minted.exp() == now + 1h && minted.nbf() == now - 1h && minted.renew_at() == now + 48min);
}

TEST(times_are_time_points_or_numbers) {
    const auto with_parts = std::chrono::system_clock::time_point(now) + 999ms;
    const token one = mint(sign_options().now(with_parts).exp(now + 90s).nbf(now - 1s));
    const token other = mint(sign_options()
                                 .now(issued_at)
                                 .exp(static_cast<double>(issued_at + 90))
                                 .nbf(static_cast<std::uint64_t>(issued_at - 1)));
    CHECK_EQUAL(one.text(), other.text());
    CHECK(one.exp() == now + 90s);
}

TEST(lengths_of_time_are_durations_numbers_or_texts) {
    const std::string text = "1h30m";
    for (const token &minted :
         {mint(then().expires_in(90min)), mint(then().expires_in(5400)),
          mint(then().expires_in(5400.0)), mint(then().expires_in(5400999ms)),
          mint(then().expires_in(std::chrono::duration<double>(5400.5))),
          mint(then().expires_in(std::chrono::duration<float, std::ratio<3600>>(1.5F))),
          mint(then().expires_in("90m")), mint(then().expires_in(text))}) {
        CHECK(minted.exp() == now + 90min);
    }
}

TEST(numbers_that_make_no_sense_reach_the_library) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinite = std::numeric_limits<double>::infinity();
    CHECK_REFUSED(input_error, "time_not_finite", mint(then().exp(nan)));
    CHECK_REFUSED(input_error, "time_not_finite", mint(then().expires_in(infinite)));
    CHECK_REFUSED(input_error, "time_not_finite",
                  mint(then().expires_in(std::chrono::duration<double>(nan))));
    CHECK_REFUSED(input_error, "time_fractional", mint(then().expires_in(1.5)));
    CHECK_REFUSED(input_error, "time_negative", mint(then().expires_in(-1)));
    CHECK_REFUSED(input_error, "time_negative", mint(then().nbf(time_point(-1s))));
    CHECK_REFUSED(input_error, "time_in_milliseconds", mint(then().exp(issued_at * 1000)));
    CHECK_REFUSED(input_error, "time_in_milliseconds",
                  mint(then().exp(std::numeric_limits<std::uint64_t>::max())));
    CHECK_REFUSED(input_error, "time_in_milliseconds",
                  mint(then().expires_in(std::chrono::hours::max())));
    CHECK_REFUSED(input_error, "time_negative",
                  mint(then().expires_in(std::chrono::nanoseconds::min())));
    CHECK_REFUSED(input_error, "duration_invalid", mint(then().expires_in("90 minutes")));
    CHECK_REFUSED(input_error, "exp_too_far", mint(then().expires_in(86401s)));
    CHECK_REFUSED(input_error, "exp_conflict", mint(then().expires_in(60).exp(now + 1s)));
}

TEST(options_are_built_in_place_or_step_by_step) {
    sign_options options;
    options.now(now).expires_in(60).downloadable(true).flags(R"({"original": true})");
    options.access_rules(access_rules::block({condition::any()}));
    const sign_options moved = std::move(options);
    const sign_options read = sign_options::from_json(
        R"({"now": 1537456765, "expires_in": 60, "downloadable": true, "flags": {"original": true},)"
        R"("accessRules": [{"type": "any", "action": "block"}]})");
    CHECK_EQUAL(mint(moved).text(), mint(read).text());
    CHECK_REFUSED(input_error, "pointer_null", options.now(now));
    CHECK_REFUSED(input_error, "option_null", mint(then().access_rules_json("null")));
    CHECK_REFUSED(input_error, "option_value", mint(then().time_format("text")));
    CHECK_REFUSED(input_error, "text_not_utf8", then().time_format("\xff"));
    CHECK_EQUAL(mint(then().reuse_window(10min)).text(),
                mint(sign_options().now(now + 5s).reuse_window(600)).text());
}

// No options would be a token without rules, and no facts a token for any video.
TEST(what_was_moved_from_is_not_taken_for_nothing) {
    const signer minting(example_key());
    const key_set keys(example_key());
    const std::string text(mint(then()).text());
    sign_options options = then();
    verify_context context = asked();
    CHECK_EQUAL(mint(sign_options(std::move(options))).text(), text);
    CHECK_EQUAL(verify(text, keys, verify_context(std::move(context))).sub(), video);
    CHECK_REFUSED(input_error, "pointer_null", minting.sign(video, options));
    CHECK_REFUSED(input_error, "pointer_null", minting.sign_many("", options));
    CHECK_REFUSED(input_error, "pointer_null", prepare(example_key().public_key(), video, options));
    CHECK_REFUSED(input_error, "pointer_null", verify(text, keys, context));
    options = then();
    CHECK_EQUAL(mint(options).text(), text);
}

TEST(identifiers_are_looked_at_to_the_last_byte) {
    const signer minting(example_key());
    for (const std::string_view text : {std::string_view(), std::string_view("a b"),
                                        std::string_view("a\0b", 3), std::string_view("video\n")}) {
        CHECK_REFUSED(input_error, "identifier_invalid", minting.sign(text));
    }
    CHECK_REFUSED(input_error, "text_not_utf8", minting.sign("\xc3"));
    CHECK_EQUAL(minting.sign("v").identifier(), "v");
}

TEST(a_batch_answers_every_line) {
    const signer minting(example_key());
    const std::string answers =
        minting.sign_many("{\"identifier\":\"a\"}\n\n{\"identifier\":\"b\",\"ttl\":1}", then(), 7);
    CHECK_EQUAL(answers.find("{\"line\":7,\"token\":\"ey"), 0U);
    CHECK(answers.find("\n{\"line\":8,\"error\":{\"code\":\"line_blank\"") != std::string::npos);
    CHECK(answers.find("\n{\"line\":9,\"error\":{\"code\":\"option_unknown\"") !=
          std::string::npos);
    CHECK_EQUAL(minting.sign_many(""), "");
    CHECK_REFUSED(input_error, "time_negative", minting.sign_many("{}", then().exp(-1)));
}

TEST(a_prepared_token_takes_the_right_signature_alone) {
    const prepared waiting = prepare(example_key().public_key(), video, then());
    const token minted = mint(then());
    CHECK_EQUAL(waiting.signing_input(), minted.text().substr(0, minted.text().rfind('.')));
    CHECK_REFUSED(key_error, "signature_not_from_key", waiting.finish(""));
    CHECK_REFUSED(key_error, "signature_not_from_key", waiting.finish(std::string(256, '\0')));
}

TEST(what_is_minted_verifies) {
    const key_set keys(example_key());
    const token minted = mint(then().access_rules(
        access_rules::allow_only({condition::country({"GB"}), condition::ip({"192.0.2.0/24"})})));
    const claims found = verify(minted.text(), keys, asked().country("gb").leeway(5s));
    CHECK_EQUAL(found.sub(), video);
    CHECK(found.exp() == minted.exp() && found.nbf() == minted.nbf() && !found.downloadable());
    CHECK_EQUAL(found.access_rules().size(), 3U);
    CHECK_REFUSED(token_error, "blocked_by_rule",
                  verify(minted.text(), keys, asked().country("FR").ip("198.51.100.1")));
    CHECK_REFUSED(token_error, "viewer_unknown",
                  verify(minted.text(), keys, asked().country("FR")));
    CHECK_REFUSED(token_error, "viewer_unknown", verify(minted.text(), keys, asked()));
    CHECK_REFUSED(token_error, "sub_mismatch",
                  verify(minted.text(), keys, asked().identifier("another")));
    CHECK_REFUSED(token_error, "token_expired", verify(minted.text(), keys, asked().now(now + 1h)));
    CHECK_REFUSED(
        token_error, "download_not_allowed",
        verify(minted.text(), keys, asked().ip("192.0.2.1").country("GB").download(true)));
}

TEST(a_context_that_makes_no_sense_is_refused) {
    const key_set keys(example_key());
    const std::string text(mint(then()).text());
    CHECK_REFUSED(input_error, "identifier_invalid", verify(text, keys, asked().identifier("")));
    CHECK_REFUSED(input_error, "leeway_too_large", verify(text, keys, asked().leeway(301)));
    CHECK_REFUSED(input_error, "time_not_finite", verify(text, keys, asked().now(NAN)));
    CHECK_REFUSED(input_error, "option_null", verify_context::from_json(R"({"identifier": null})"));
    CHECK_REFUSED(input_error, "option_unknown", verify_context::from_json(R"({"audience": 1})"));
}

TEST(a_token_that_was_changed_is_refused) {
    const key_set keys(example_key());
    std::string text(mint(then()).text());
    CHECK_EQUAL(inspect(text).header(),
                "{\"alg\":\"RS256\",\"kid\":\"" + std::string(key_id) + "\"}");
    CHECK(inspect(text).payload().find(video) != std::string_view::npos);
    text[text.size() / 2] = text[text.size() / 2] == 'A' ? 'B' : 'A';
    CHECK_REFUSED(token_error, "signature_invalid", verify(text, keys, asked()));
    CHECK_REFUSED(token_error, "token_shape", verify("", keys, asked()));
    CHECK_REFUSED(token_error, "token_shape", verify(std::string_view(), keys, asked()));
    CHECK_REFUSED(token_error, "token_too_large", verify(std::string(16'385, 'a'), keys, asked()));
}

TEST(threads_mint_the_token_of_a_window_again_and_again) {
    const signer shared(example_key());
    const sign_options options = then().reuse_window(10min);
    const std::string expected(mint(options).text());
    std::atomic<int> same{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            const signer own(example_key());
            for (int round = 0; round < 20; ++round) {
                same += shared.sign(video, options).text() == expected ? 1 : 0;
                same += own.sign(video, options).text() == expected ? 1 : 0;
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    CHECK_EQUAL(same.load(), 160);
}

TEST(one_signer_serves_many_threads) {
    const signer minting(example_key());
    const sign_options options = then();
    const std::string expected(mint(options).text());
    std::vector<std::string> minted(4);
    std::vector<std::thread> threads;
    for (std::string &text : minted) {
        threads.emplace_back([&] {
            for (int round = 0; round < 5; ++round) {
                text = minting.sign(video, options).text();
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    for (const std::string &text : minted) {
        CHECK_EQUAL(text, expected);
    }
    CHECK_EQUAL(minting.key().id(), key_id);
}
