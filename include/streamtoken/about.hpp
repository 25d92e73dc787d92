/// The library itself. Include `streamtoken.hpp`.

#ifndef STREAMTOKEN_ABOUT_HPP
#define STREAMTOKEN_ABOUT_HPP

#include <string>
#include <string_view>

#include "detail.hpp"

namespace streamtoken {

/// The version of the library that is linked: `0.1.0`.
inline std::string_view version() noexcept { return streamtoken_version(); }

/// Names, options, defaults, limits and error codes of the library as a JSON object, for programs
/// that compare surfaces.
inline std::string surface_json() {
    return detail::text([](auto text, auto length, auto error) {
        return streamtoken_surface_json(text, length, error);
    });
}

} // namespace streamtoken

#endif
