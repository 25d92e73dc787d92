#include "wrapper.hpp"

#include <cstdlib>

using namespace streamtoken;

namespace {

const std::string host = "https://customer-f33zs165nr7gyfy4.cloudflarestream.com/";

std::string text(bool downloadable = false) {
    return std::string(signer(example_key()).sign(video, then().downloadable(downloadable)).text());
}

customer_code code() { return customer_code::parse("f33zs165nr7gyfy4"); }

} // namespace

TEST(urls_are_found_by_name_and_in_order) {
    const playback_urls urls(text(), code());
    CHECK_EQUAL(urls.size(), 9U);
    CHECK_EQUAL(urls.name(0), "hls");
    CHECK_EQUAL(urls.url(0), host + text() + "/manifest/video.m3u8");
    CHECK_EQUAL(urls.get("hls").value(), urls.url(0));
    CHECK(!urls.get("download") && !urls.get("nothing") && !urls.get("") && !urls.get({}));
    CHECK(urls.name(9).empty() && urls.url(9).empty() && urls.url(std::size_t(-1)).empty());
    CHECK_EQUAL(urls.rows().size(), 9U);
    CHECK(urls.rows().front().second == urls.url(0));
    CHECK(urls.embed().find(text() + "/iframe") != std::string::npos);
    CHECK_EQUAL(playback_urls(text(true), code()).size(), 11U);
}

TEST(options_become_queries) {
    const playback_urls urls(text(), code(),
                             url_options()
                                 .set("thumbnail", "time", "1m30s")
                                 .set("thumbnail", "height", 270)
                                 .set("iframe", "muted", true)
                                 .set_json("iframe", "poster", R"({"height": 90})")
                                 .set("hls", "clientBandwidthHint", 1.8));
    CHECK(urls.get("thumbnail").value().find("?time=90s&height=270") != std::string_view::npos);
    CHECK(urls.get("iframe").value().find("muted=true") != std::string_view::npos);
    CHECK(urls.get("hls").value().find("?clientBandwidthHint=1.8") != std::string_view::npos);
    const playback_urls read(
        text(), code(),
        url_options::from_json(R"({"thumbnail": {"time": "1m30s", "height": 270}})"));
    CHECK_EQUAL(read.get("thumbnail").value(), urls.get("thumbnail").value());
}

TEST(options_that_make_no_sense_are_refused) {
    const auto with = [](const url_options &options) { playback_urls(text(), code(), options); };
    CHECK_REFUSED(input_error, "option_unknown", with(url_options().set("video", "time", 1)));
    CHECK_REFUSED(input_error, "option_unknown", with(url_options().set("hls", "speed", 1)));
    CHECK_REFUSED(input_error, "url_option_invalid",
                  with(url_options().set("thumbnail", "height", -1)));
    CHECK_REFUSED(input_error, "url_not_downloadable",
                  with(url_options().set("download", "filename", "video")));
    CHECK_REFUSED(input_error, "json_invalid", url_options().set_json("iframe", "poster", "{"));
    CHECK_REFUSED(token_error, "token_shape", playback_urls("token", code()));
    url_options options;
    const url_options moved = std::move(options);
    with(moved);
    CHECK_REFUSED(input_error, "pointer_null", with(options));
}

TEST(customer_codes_are_read) {
    CHECK_EQUAL(customer_code::parse(host + text() + "/iframe").text(), "f33zs165nr7gyfy4");
    CHECK_EQUAL("https://" + std::string(code().host()) + "/", host);
    CHECK_REFUSED(input_error, "customer_code_is_account_id",
                  customer_code::parse("023e105f4ecef8ad9ca31a8372d0c353"));
    CHECK_REFUSED(input_error, "customer_code_invalid", customer_code::parse(""));
    unsetenv("CLOUDFLARE_STREAM_CUSTOMER_CODE");
    CHECK(!customer_code::from_env());
    setenv("CLOUDFLARE_STREAM_CUSTOMER_CODE", " F33ZS165nr7gyfy4\n", 1);
    CHECK_EQUAL(customer_code::from_env().value().text(), "f33zs165nr7gyfy4");
    unsetenv("CLOUDFLARE_STREAM_CUSTOMER_CODE");
}

TEST(urls_are_rewritten) {
    CHECK_EQUAL(rewrite(host + video + "/iframe?muted=true", text()),
                host + text() + "/iframe?muted=true");
    CHECK_REFUSED(input_error, "url_invalid", rewrite("https://example.com", text()));
    CHECK_REFUSED(token_error, "token_shape", rewrite(host + video + "/iframe", ""));
}
