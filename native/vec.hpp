// Vectors of doubles for one instruction set, using the vector extensions of GCC and Clang.
//
// This file is compiled several times with different flags and namespaces (see kernel.cpp), so it contains nothing that the
// linker could merge between them: no templates of the standard library, no globals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// For functions on vectors in registers: a call would spill all of them, and compilers do not inline long functions.
#define SHEERNET_INLINE [[gnu::always_inline]] inline

// Before a loop with constant bounds over an array of vectors: unrolled, the array is kept in registers, otherwise in memory
// (GCC assigns arrays to registers before it unrolls long loops).
#if defined(__clang__)
#define SHEERNET_UNROLL _Pragma("unroll")
#else
#define SHEERNET_UNROLL _Pragma("GCC unroll 8")
#endif

// The compiler moves no load across this.  GCC would load all factors of a long tile first, and keep some of its sums in memory.
#define SHEERNET_LOADS_END __asm__ __volatile__("" ::: "memory")

namespace sheernet {
namespace SHEERNET_ISA {

#if defined(__AVX512F__)
constexpr int kLanes = 8;
#elif defined(__AVX2__)
constexpr int kLanes = 4;
#else
constexpr int kLanes = 2;
#endif

typedef double V __attribute__((vector_size(8 * kLanes)));
typedef std::int64_t I __attribute__((vector_size(8 * kLanes)));

SHEERNET_INLINE V load(const double *p) { return *reinterpret_cast<const V *>(p); }
SHEERNET_INLINE void store(double *p, V v) { *reinterpret_cast<V *>(p) = v; }
// For unaligned p.
SHEERNET_INLINE V load_anywhere(const double *p) {
    V v;
    std::memcpy(&v, p, sizeof v);
    return v;
}
// p[0], p[1], ... += v, for unaligned p.
SHEERNET_INLINE void add_to(double *p, V v) {
    typedef double Anywhere __attribute__((vector_size(8 * kLanes), aligned(8)));
    Anywhere *at = reinterpret_cast<Anywhere *>(p);
    *at = *at + v;
}

// Not V{} + x, which is an addition: it turns -0 into 0.
SHEERNET_INLINE V all(double x) {
#if defined(__AVX512F__)
    return _mm512_set1_pd(x);
#elif defined(__AVX2__)
    return _mm256_set1_pd(x);
#else
    return V{x, x};
#endif
}

// a b + c, fused if the instruction set supports it.
SHEERNET_INLINE V fma(V a, V b, V c) {
#if defined(__AVX512F__)
    return _mm512_fmadd_pd(a, b, c);
#elif defined(__AVX2__)
    return _mm256_fmadd_pd(a, b, c);
#elif defined(__aarch64__)
    return (V)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
    return a * b + c;
#endif
}

SHEERNET_INLINE I bits(V v) {
    I i;
    std::memcpy(&i, &v, sizeof i);
    return i;
}

SHEERNET_INLINE V from_bits(I i) {
    V v;
    std::memcpy(&v, &i, sizeof v);
    return v;
}

SHEERNET_INLINE V magnitude(V v) { return from_bits(bits(v) & (I{} + INT64_MAX)); }
SHEERNET_INLINE V minus_magnitude(V v) { return from_bits(bits(v) | (I{} + INT64_MIN)); }
// One instruction with AVX-512; compilers generate three from the plain expression.
SHEERNET_INLINE V with_sign_of(V size, V sign) {
    const I without_sign = I{} + INT64_MAX;
#if defined(__AVX512F__)
    constexpr int first_chooses = 0xca;  // bits of the second where the first has 1, else of the third
    return from_bits((I)_mm512_ternarylogic_epi64((__m512i)without_sign, (__m512i)bits(size), (__m512i)bits(sign), first_chooses));
#else
    return from_bits((bits(size) & without_sign) | (bits(sign) & ~without_sign));
#endif
}

// The larger of both; nan if `b` is nan. A single instruction: written as comparison and selection, it would be two.
SHEERNET_INLINE V at_least(double a, V b) {
#if defined(__AVX512F__)
    return _mm512_max_pd(all(a), b);
#elif defined(__AVX2__)
    return _mm256_max_pd(all(a), b);
#elif defined(__aarch64__)
    return (V)vmaxq_f64((float64x2_t)all(a), (float64x2_t)b);
#else
    return b < a ? all(a) : b;
#endif
}

SHEERNET_INLINE V root(V v) {
#if defined(__AVX512F__)
    return _mm512_sqrt_pd(v);
#elif defined(__AVX2__)
    return _mm256_sqrt_pd(v);
#elif defined(__aarch64__)
    return (V)vsqrtq_f64((float64x2_t)v);
#else
    for (int k = 0; k < kLanes; ++k) v[k] = __builtin_sqrt(v[k]);
    return v;
#endif
}

// The sum of the lanes, pairwise.
SHEERNET_INLINE double sum(V v) {
    double x[kLanes];
    std::memcpy(x, &v, sizeof x);
#if defined(__AVX512F__)
    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
#elif defined(__AVX2__)
    return (x[0] + x[2]) + (x[1] + x[3]);
#else
    return x[0] + x[1];
#endif
}

// The sums of the lanes of each of kLanes vectors: lane k is the sum of v[k].  The rounding may differ from that of sum().
SHEERNET_INLINE V sums_of(const V *v) {
#if defined(__AVX512F__)
    // Each round combines two vectors into one with half as many terms of each, from the longest distance to the shortest:
    // a blend and one shuffle instead of the usual two shuffles, which would wait for each other.
    const __m512i of_fours = _mm512_setr_epi64(4, 5, 6, 7, 8, 9, 10, 11);
    const __m512i of_twos = _mm512_setr_epi64(2, 3, 8, 9, 6, 7, 12, 13);
    const auto fours = [&](V a, V b) {
        return _mm512_add_pd(_mm512_mask_blend_pd(0xf0, a, b), _mm512_permutex2var_pd(a, of_fours, b));
    };
    const auto twos = [&](V a, V b) {
        return _mm512_add_pd(_mm512_mask_blend_pd(0xcc, a, b), _mm512_permutex2var_pd(a, of_twos, b));
    };
    const auto ones = [](V a, V b) {
        return _mm512_add_pd(_mm512_mask_blend_pd(0xaa, a, b), _mm512_shuffle_pd(a, b, 0x55));
    };
    return ones(twos(fours(v[0], v[4]), fours(v[2], v[6])), twos(fours(v[1], v[5]), fours(v[3], v[7])));
#elif defined(__AVX2__)
    const __m256d ab = _mm256_hadd_pd(v[0], v[1]), cd = _mm256_hadd_pd(v[2], v[3]);
    return _mm256_add_pd(_mm256_permute2f128_pd(ab, cd, 0x20), _mm256_permute2f128_pd(ab, cd, 0x31));
#else
    return V{v[0][0], v[1][0]} + V{v[0][1], v[1][1]};
#endif
}

// kLanes x kLanes numbers, transposed: lane c of row r becomes lane r of row c.
SHEERNET_INLINE void transpose(V (&rows)[kLanes]) {
#if defined(__AVX512F__)
    __m512d pairs[8], fours[8];  // of 2 and of 4 neighboring rows
    for (int r = 0; r < 8; r += 2) {
        pairs[r] = _mm512_unpacklo_pd(rows[r], rows[r + 1]);
        pairs[r + 1] = _mm512_unpackhi_pd(rows[r], rows[r + 1]);
    }
    for (int half = 0; half < 8; half += 4)
        for (int r = 0; r < 2; ++r) {
            fours[half + r] = _mm512_shuffle_f64x2(pairs[half + r], pairs[half + r + 2], 0x88);
            fours[half + r + 2] = _mm512_shuffle_f64x2(pairs[half + r], pairs[half + r + 2], 0xdd);
        }
    for (int r = 0; r < 4; ++r) {
        rows[r] = _mm512_shuffle_f64x2(fours[r], fours[r + 4], 0x88);
        rows[r + 4] = _mm512_shuffle_f64x2(fours[r], fours[r + 4], 0xdd);
    }
#elif defined(__AVX2__)
    const __m256d a = _mm256_unpacklo_pd(rows[0], rows[1]), b = _mm256_unpackhi_pd(rows[0], rows[1]);
    const __m256d c = _mm256_unpacklo_pd(rows[2], rows[3]), d = _mm256_unpackhi_pd(rows[2], rows[3]);
    rows[0] = _mm256_permute2f128_pd(a, c, 0x20);
    rows[1] = _mm256_permute2f128_pd(b, d, 0x20);
    rows[2] = _mm256_permute2f128_pd(a, c, 0x31);
    rows[3] = _mm256_permute2f128_pd(b, d, 0x31);
#else
    const V first = {rows[0][0], rows[1][0]}, second = {rows[0][1], rows[1][1]};
    rows[0] = first;
    rows[1] = second;
#endif
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
