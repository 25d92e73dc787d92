#include "wrapper.hpp"

#include <cstdlib>
#include <type_traits>

using namespace streamtoken;

static_assert(std::is_nothrow_move_constructible_v<signing_key>);
static_assert(std::is_nothrow_move_assignable_v<signing_key>);
static_assert(!std::is_copy_constructible_v<signing_key>);
static_assert(!std::is_copy_constructible_v<secret>);
static_assert(std::is_copy_constructible_v<error>);

TEST(a_key_loads_with_the_id_that_is_given) {
    const signing_key &key = example_key();
    CHECK_EQUAL(key.id(), key_id);
    CHECK_EQUAL(key.bits(), 2048U);
    CHECK_REFUSED(key_error, "key_id_missing", signing_key::load(key_text()));
    CHECK_REFUSED(input_error, "key_id_invalid", signing_key::load(key_text(), ""));
    CHECK_REFUSED(input_error, "key_id_invalid", signing_key::load(key_text(), std::string_view()));
}

TEST(what_is_no_key_is_refused) {
    CHECK_REFUSED(key_error, "key_not_given", signing_key::load(""));
    CHECK_REFUSED(key_error, "key_not_given", signing_key::load(std::string_view()));
    CHECK_REFUSED(key_error, "key_unrecognized", signing_key::load("a key", "id"));
    CHECK_REFUSED(key_error, "key_unrecognized",
                  signing_key::load(std::string_view("\xff\0\xfe", 3), "id"));
    CHECK_REFUSED(key_error, "key_too_large", signing_key::load(std::string(70'000, 'A'), "id"));
    // Nothing is read when the length is beyond everything.
    CHECK_REFUSED(input_error, "length_too_large",
                  signing_key::load(std::string_view("a", std::size_t(-1)), "id"));
}

TEST(a_key_comes_from_the_environment) {
    unsetenv("CLOUDFLARE_STREAM_KEY_FILE");
    unsetenv("CLOUDFLARE_STREAM_KEY");
    CHECK_REFUSED(key_error, "key_not_given", signing_key::from_env());
    setenv("CLOUDFLARE_STREAM_KEY", key_text().c_str(), 1);
    setenv("CLOUDFLARE_STREAM_KEY_ID", key_id, 1);
    CHECK(signing_key::from_env().public_key() == example_key().public_key());
    unsetenv("CLOUDFLARE_STREAM_KEY");
    unsetenv("CLOUDFLARE_STREAM_KEY_ID");
}

TEST(a_new_key_survives_each_of_its_exports) {
    const signing_key key = signing_key::generate();
    CHECK_EQUAL(key.id().size(), 32U);
    for (const secret &text : {key.to_pkcs1_pem(), key.to_pkcs8_pem(), key.to_jwk(),
                               key.to_pem_base64(), key.to_jwk_base64()}) {
        CHECK(signing_key::load(text.view(), key.id()).public_key() == key.public_key());
        CHECK_EQUAL(std::string(text.c_str()), text.view());
    }
    CHECK(key.public_key() != example_key().public_key());
}

TEST(a_secret_moves) {
    secret first = example_key().to_jwk();
    const secret second = std::move(first);
    CHECK(!second.view().empty());
    CHECK(first.view().empty());
    CHECK_EQUAL(std::string(first.c_str()), "");
}

TEST(a_moved_from_key_is_answered_and_not_touched) {
    signing_key key = signing_key::load(key_text(), key_id);
    const signing_key other = std::move(key);
    CHECK_EQUAL(other.id(), key_id);
    CHECK(key.id().empty());
    CHECK_EQUAL(key.bits(), 0U);
    CHECK_REFUSED(input_error, "pointer_null", key.to_jwk());
    CHECK_REFUSED(input_error, "pointer_null", signer{key});
    key = signing_key::load(key_text(), "another");
    CHECK_EQUAL(key.id(), "another");
}

TEST(public_keys_are_read_written_and_compared) {
    const public_key key = example_key().public_key();
    CHECK(public_key::load(key.to_jwk()) == key);
    CHECK(public_key::load(key.to_pem(), key_id) == key);
    CHECK(public_key::load(key.to_pem(), "another") != key);
    CHECK_EQUAL(key.thumbprint().size(), 43U);
    CHECK_REFUSED(key_error, "key_is_public", signing_key::load(key.to_jwk()));
    CHECK(describe_key(key_text()).find("\"private\":true") != std::string::npos);
    CHECK_REFUSED(key_error, "key_unrecognized", describe_key("nothing"));
}

TEST(a_set_holds_keys_by_id) {
    std::vector<public_key> keys;
    CHECK_REFUSED(key_error, "key_set_empty", key_set{keys});
    keys.push_back(example_key().public_key());
    keys.push_back(example_key().public_key());
    keys.push_back(public_key::load(key_text(), "another"));
    const key_set set(keys);
    CHECK_EQUAL(set.size(), 2U);
    CHECK_EQUAL(set.id(1), "another");
    CHECK(set.id(2).empty());
    CHECK(set.get(key_id).value() == keys.front());
    CHECK(!set.get("missing") && !set.get("") && !set.get(std::string_view()));
    CHECK_EQUAL(key_set::from_jwks(set.to_jwks()).to_jwks(), set.to_jwks());
    keys.push_back(public_key::load(signing_key::generate().public_key().to_pem(), key_id));
    CHECK_REFUSED(key_error, "key_set_conflict", key_set{keys});
}

TEST(a_set_is_read_from_one_key_or_many) {
    CHECK_EQUAL(key_set::load(key_text(), key_id).id(0), key_id);
    CHECK_EQUAL(key_set::load(key_set(example_key()).to_jwks()).id(0), key_id);
    CHECK_REFUSED(key_error, "key_set_malformed", key_set::from_jwks("{}"));
}
