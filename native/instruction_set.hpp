// Detects at run time the vector instructions that both the processor and the operating system support.
//
// A processor may support AVX-512 although the operating system does not save its registers; AVX-512 instructions are then
// illegal. So both are queried: CPUID for the features of the processor, XGETBV for the registers that the operating system
// saves. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, the sections on
// detection in the chapters on programming with AVX, FMA and AVX2, and with AVX-512.
// On other architectures the result is `baseline`: the compiler's default instructions.
//
// macOS on Intel enables AVX-512 state at its first use, so it is reported as avx2 there: slower, but correct.
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#define SHEERNET_X86_64 1
#if defined(_MSC_VER)
#include <immintrin.h>
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#else
#define SHEERNET_X86_64 0
#endif

namespace sheernet {

enum class InstructionSet {
    baseline,  // SSE2 on x86-64; whatever the compiler assumes elsewhere
    avx2,      // AVX2 and FMA
    avx512,    // AVX-512 F, DQ, VL and BW, AVX2 and FMA
};

inline const char *name(InstructionSet set) noexcept {
    switch (set) {
        case InstructionSet::avx512: return "avx512";
        case InstructionSet::avx2: return "avx2";
        case InstructionSet::baseline: break;
    }
    return "baseline";
}

#if SHEERNET_X86_64

namespace detail {

struct CpuidRegisters {
    std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

// All zeros (no features) for a leaf that the processor does not support.
inline CpuidRegisters cpuid(std::uint32_t leaf) noexcept {
    CpuidRegisters r;
#if defined(_MSC_VER)
    int out[4] = {};
    __cpuid(out, 0);
    if (static_cast<std::uint32_t>(out[0]) < leaf) return r;
    __cpuidex(out, static_cast<int>(leaf), 0);
    r.eax = static_cast<std::uint32_t>(out[0]);
    r.ebx = static_cast<std::uint32_t>(out[1]);
    r.ecx = static_cast<std::uint32_t>(out[2]);
    r.edx = static_cast<std::uint32_t>(out[3]);
#else
    __get_cpuid_count(leaf, 0, &r.eax, &r.ebx, &r.ecx, &r.edx);
#endif
    return r;
}

// XCR0: bit i is set if the operating system saves register state i. Legal only if CPUID reports OSXSAVE.
inline std::uint64_t saved_state() noexcept {
#if defined(_MSC_VER)
    return _xgetbv(0);
#else
    std::uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (static_cast<std::uint64_t>(high) << 32) | low;
#endif
}

constexpr bool has(std::uint64_t bits, std::uint64_t wanted) noexcept { return (bits & wanted) == wanted; }

constexpr std::uint32_t bit(int i) noexcept { return std::uint32_t{1} << i; }

constexpr std::uint32_t kFmaOsxsaveAvx = bit(12) | bit(27) | bit(28);            // CPUID.1:ECX
constexpr std::uint32_t kAvx2 = bit(5);                                           // CPUID.7.0:EBX
constexpr std::uint32_t kAvx512FDqBwVl = bit(16) | bit(17) | bit(30) | bit(31);   // CPUID.7.0:EBX
constexpr std::uint64_t kYmmState = bit(1) | bit(2);                              // XMM, upper halves of YMM
constexpr std::uint64_t kZmmState = kYmmState | bit(5) | bit(6) | bit(7);         // and masks, ZMM 0-15, ZMM 16-31

}  // namespace detail

namespace detail {

inline InstructionSet find_best_instruction_set() noexcept {
    const std::uint32_t features = cpuid(1).ecx;
    const std::uint32_t extended = cpuid(7).ebx;
    if (!has(features, kFmaOsxsaveAvx) || !has(extended, kAvx2)) return InstructionSet::baseline;
    const std::uint64_t saved = saved_state();
    if (!has(saved, kYmmState)) return InstructionSet::baseline;
    if (has(extended, kAvx512FDqBwVl) && has(saved, kZmmState)) return InstructionSet::avx512;
    return InstructionSet::avx2;
}

}  // namespace detail

// Cached: in a virtual machine, CPUID is executed by the host, which takes 20 us.
inline InstructionSet best_instruction_set() noexcept {
    static const InstructionSet best = detail::find_best_instruction_set();
    return best;
}

#else

inline InstructionSet best_instruction_set() noexcept { return InstructionSet::baseline; }

#endif

}  // namespace sheernet
