// A test is a function with a name. All of them run; the last line says how many passed.

#ifndef STREAMTOKEN_TESTS_HARNESS_HPP
#define STREAMTOKEN_TESTS_HARNESS_HPP

#include <cstdio>
#include <exception>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace harness {

struct test {
    const char *name;
    void (*body)();
};

inline std::vector<test> &tests() {
    static std::vector<test> all;
    return all;
}

inline bool add(const char *name, void (*body)()) {
    tests().push_back({name, body});
    return true;
}

// What a failed check throws.
struct failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void check(bool good, const char *text, const char *file, int line) {
    if (!good) {
        throw failure(std::string(file) + ":" + std::to_string(line) + ": " + text);
    }
}

template <class A, class B>
void check_equal(const A &found, const B &wanted, const char *text, const char *file, int line) {
    if (!(found == wanted)) {
        std::ostringstream message;
        message << text << "\n  found  " << found << "\n  wanted " << wanted;
        check(false, message.str().c_str(), file, line);
    }
}

inline bool passes(const test &one) {
    try {
        one.body();
        return true;
    } catch (const std::exception &error) {
        std::printf("FAILED %s: %s\n", one.name, error.what());
        return false;
    }
}

inline int run_all() {
    unsigned passed = 0;
    unsigned failed = 0;
    for (const test &one : tests()) {
        ++(passes(one) ? passed : failed);
    }
    std::printf("tests: %u passed, %u failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}

} // namespace harness

#define TEST(name)                                                                                 \
    static void name();                                                                            \
    [[maybe_unused]] static const bool name##_added = harness::add(#name, name);                   \
    static void name()

#define CHECK(condition) harness::check((condition), #condition, __FILE__, __LINE__)

#define CHECK_EQUAL(found, wanted)                                                                 \
    harness::check_equal((found), (wanted), #found " == " #wanted, __FILE__, __LINE__)

// The statement throws the named kind of error, whose code is `slug`.
#define CHECK_REFUSED(kind, slug, statement)                                                       \
    do {                                                                                           \
        bool refused = false;                                                                      \
        try {                                                                                      \
            statement;                                                                             \
        } catch (const kind &error) {                                                              \
            refused = true;                                                                        \
            CHECK_EQUAL(error.code(), slug);                                                       \
        }                                                                                          \
        harness::check(refused, #statement " throws " #kind, __FILE__, __LINE__);                  \
    } while (false)

#endif
