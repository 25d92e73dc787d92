/// Why a token is refused. Include `streamtoken.hpp`.

#ifndef STREAMTOKEN_EXPLAIN_HPP
#define STREAMTOKEN_EXPLAIN_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail.hpp"
#include "keys.hpp"

namespace streamtoken {

namespace detail {

/// A length of time in seconds, with its parts: the library rounds them up.
template <class Rep, class Period>
double reaching(std::chrono::duration<Rep, Period> duration) noexcept {
    return std::chrono::duration<double>(duration).count();
}
template <class Number> if_number<Number> reaching(Number number) noexcept {
    return static_cast<double>(number);
}

} // namespace detail

/// The facts against which `explain` looks at a token: which video is asked for, by whom, and how
/// long it plays. All are optional; what is missing leaves checks `unknown`. Setting a fact again
/// replaces it.
class explain_context {
  public:
    using handle = detail::handle<streamtoken_explain_context, streamtoken_explain_context_free>;

    /// No fact given yet.
    explain_context()
        : raw_(detail::make<handle>([](auto context, auto error) {
              return streamtoken_explain_context_new(context, error);
          })) {}

    /// Takes over a handle of the C library.
    explicit explain_context(handle raw) noexcept : raw_(std::move(raw)) {}

    /// Facts from JSON text. Throws `input_error`.
    static explain_context from_json(std::string_view text) {
        return explain_context(detail::make<handle>([&](auto context, auto error) {
            return streamtoken_explain_context_from_json(detail::data(text), text.size(), context,
                                                         error);
        }));
    }

    /// The video UID or live-input UID that is asked for.
    explain_context &identifier(std::string_view identifier) & {
        return set_text(streamtoken_explain_context_set_identifier, identifier);
    }
    explain_context identifier(std::string_view wanted) && { return std::move(identifier(wanted)); }

    /// The time to take for now: a time point, or a number of epoch seconds.
    template <class Time> explain_context &now(Time time) & {
        return set(streamtoken_explain_context_set_now, detail::at(time));
    }
    template <class Time> explain_context now(Time time) && { return std::move(now(time)); }

    /// The viewer's address, bare.
    explain_context &ip(std::string_view ip) & {
        return set_text(streamtoken_explain_context_set_ip, ip);
    }
    explain_context ip(std::string_view address) && { return std::move(ip(address)); }

    /// The viewer's country: two letters in any case, or `T1`.
    explain_context &country(std::string_view country) & {
        return set_text(streamtoken_explain_context_set_country, country);
    }
    explain_context country(std::string_view letters) && { return std::move(country(letters)); }

    /// How much the clocks of issuer and verifier may differ: a duration, or a number of seconds.
    template <class Duration> explain_context &leeway(Duration leeway) & {
        return set(streamtoken_explain_context_set_leeway, detail::lasting(leeway));
    }
    template <class Duration> explain_context leeway(Duration most) && {
        return std::move(leeway(most));
    }

    /// Whether the token is to be used for a download, which its `downloadable` claim must allow.
    template <class Bool, class = detail::if_bool<Bool>> explain_context &download(Bool wanted) & {
        return set(streamtoken_explain_context_set_download, wanted);
    }
    template <class Bool, class = detail::if_bool<Bool>> explain_context download(Bool wanted) && {
        return std::move(download(wanted));
    }

    /// The length of the video, which a token should outlast: a duration, or a number of seconds.
    /// Parts of a second are rounded up.
    template <class Duration> explain_context &duration(Duration length) & {
        return set(streamtoken_explain_context_set_duration, detail::reaching(length));
    }
    template <class Duration> explain_context duration(Duration length) && {
        return std::move(duration(length));
    }

    /// The C library's handle, which stays this object's.
    const streamtoken_explain_context *get() const noexcept { return raw_.get(); }

  private:
    template <class Function, class Value> explain_context &set(Function function, Value value) {
        detail::run([&](auto error) { return function(raw_.get(), value, error); });
        return *this;
    }
    template <class Function> explain_context &set_text(Function function, std::string_view text) {
        detail::run([&](auto error) {
            return function(raw_.get(), detail::data(text), text.size(), error);
        });
        return *this;
    }

    handle raw_;
};

/// One check of a report. Its texts belong to the report.
struct check {
    /// The stable id: `expired`.
    std::string_view id;
    /// `pass`, `fail`, `warn` or `unknown`.
    std::string_view status;
    /// What `verify` makes of this alone: `accepts`, `refuses` or `unknown`.
    std::string_view verify;
    /// What Cloudflare makes of this alone, as far as that is publicly known.
    std::string_view platform;
    /// The code with which `verify` refuses because of this.
    std::optional<error_code> code;
    /// What was seen, as a JSON object.
    std::string_view values;
    /// What is so, in one sentence.
    std::string_view cause;
    /// What to do, in one sentence; nothing where nothing is to be done.
    std::optional<std::string_view> remedy;
};

/// Everything that `explain` found.
class report {
  public:
    using handle = detail::handle<streamtoken_report, streamtoken_report_free>;

    /// Takes over a handle of the C library.
    explicit report(handle raw) : raw_(std::move(raw)) {}

    /// A report that was copied would share its handle, and nothing else here does.
    report(const report &) = delete;
    report &operator=(const report &) = delete;
    report(report &&) = default;
    report &operator=(report &&) = default;
    ~report() = default;

    /// What `streamtoken::verify` makes of the token, with the keys and facts that were given:
    /// `accepts`, `refuses` or `unknown`.
    std::string_view verify() const noexcept { return text(streamtoken_report_verify); }

    /// What Cloudflare makes of it, as far as that is publicly known, likewise.
    std::string_view platform() const noexcept { return text(streamtoken_report_platform); }

    /// The error with which `streamtoken::verify` refuses the token. It may outlive the report.
    std::optional<streamtoken::error> error() const {
        const streamtoken_error *found = streamtoken_report_error(raw_.get());
        if (found == nullptr) {
            return std::nullopt;
        }
        return streamtoken::error(streamtoken_error_number(found),
                                  std::shared_ptr<const streamtoken_error>(raw_, found));
    }

    /// What was given: `token`, `url`, `uid`, `private_key` and others.
    std::string_view kind() const noexcept { return text(streamtoken_report_kind); }

    /// How many bytes of the text were looked at.
    std::size_t bytes_read() const noexcept { return streamtoken_report_bytes_read(raw_.get()); }

    /// All checks, in every report the same ones in the same order.
    std::vector<check> checks() const {
        std::vector<check> all;
        const std::size_t count = streamtoken_report_check_count(raw_.get());
        for (std::size_t index = 0; index < count; ++index) {
            all.push_back(at(index));
        }
        return all;
    }

    /// The check with this id.
    std::optional<check> find(std::string_view id) const noexcept {
        const std::size_t index = streamtoken_report_find(raw_.get(), detail::data(id), id.size());
        return index == SIZE_MAX ? std::nullopt : std::optional(at(index));
    }

    /// What to read first: the checks that failed, and behind them those that warn.
    std::vector<check> findings() const {
        std::vector<check> found;
        for (;;) {
            const std::size_t index = streamtoken_report_finding(raw_.get(), found.size());
            if (index == SIZE_MAX) {
                return found;
            }
            found.push_back(at(index));
        }
    }

    /// The report as the JSON object that every surface has alike.
    std::string to_json() const { return write(streamtoken_report_to_json); }

    /// The report for people: the verdicts, then a line for each check that failed or warns.
    std::string to_text() const { return write(streamtoken_report_to_text); }

    /// The C library's handle, which stays this object's.
    const streamtoken_report *get() const noexcept { return raw_.get(); }

  private:
    check at(std::size_t index) const noexcept {
        const auto text = [&](auto function) {
            return detail::borrow([&](auto length) { return function(raw_.get(), index, length); });
        };
        const std::int32_t code = streamtoken_report_check_code(raw_.get(), index);
        const std::string_view remedy = text(streamtoken_report_check_remedy);
        return {text(streamtoken_report_check_id),
                text(streamtoken_report_check_status),
                text(streamtoken_report_check_verify),
                text(streamtoken_report_check_platform),
                code == STREAMTOKEN_OK ? std::nullopt : std::optional(error_code(code)),
                text(streamtoken_report_check_values),
                text(streamtoken_report_check_cause),
                remedy.data() == nullptr ? std::nullopt : std::optional(remedy)};
    }

    template <class Function> std::string_view text(Function function) const noexcept {
        return detail::borrow([&](auto length) { return function(raw_.get(), length); });
    }

    template <class Function> std::string write(Function function) const {
        return detail::text([&](auto text, auto length, auto error) {
            return function(raw_.get(), text, length, error);
        });
    }

    /// Shared with the error that was asked for, which belongs to it.
    std::shared_ptr<const streamtoken_report> raw_;
};

namespace detail {

inline report explain(std::string_view text, const streamtoken_key_set *keys,
                      const streamtoken_explain_context *context) {
    return report(make<report::handle>([&](auto made, auto error) {
        return streamtoken_explain(data(text), text.size(), keys, context, made, error);
    }));
}

} // namespace detail

/// Tells everything about a token, a playback URL, or whatever else was taken for one. Nothing that
/// was pasted by mistake is repeated. Throws `input_error` for a context that makes no sense; the
/// text may be anything.
inline report explain(std::string_view text, const key_set &keys,
                      const explain_context &context = explain_context()) {
    return detail::explain(text, detail::given(keys), detail::given(context));
}

/// The same without keys: nobody can say then whether the signature is right.
inline report explain(std::string_view text, const explain_context &context = explain_context()) {
    return detail::explain(text, nullptr, detail::given(context));
}

} // namespace streamtoken

#endif
