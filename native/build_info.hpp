// How this extension was compiled, as text for reports, so that a number can be traced to its build.
#pragma once

#include <string>

namespace sheernet {

inline std::string compiler() {
#if defined(__clang__)
    return std::string("Clang ") + __clang_version__;
#elif defined(__GNUC__)
    return std::string("GCC ") + __VERSION__;
#elif defined(_MSC_VER)
    return "MSVC " + std::to_string(_MSC_FULL_VER);
#else
    return "unknown";
#endif
}

inline std::string standard() {
#if defined(_MSVC_LANG)
    constexpr long date = _MSVC_LANG;
#else
    constexpr long date = __cplusplus;
#endif
    return "C++" + std::to_string(date / 100 % 100);
}

inline std::string architecture() {
#if defined(__x86_64__) || defined(_M_X64)
    return "x86-64";
#elif defined(__aarch64__) || defined(_M_ARM64)
    return "arm64";
#else
    return "other";
#endif
}

inline bool assertions() {
#if defined(NDEBUG)
    return false;
#else
    return true;
#endif
}

}  // namespace sheernet
