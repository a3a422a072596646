// Vectors of doubles for one instruction set, by GCC's and Clang's vector extensions.
//
// This file is compiled several times, with other flags and another namespace each (kernel.cpp says how), so it holds
// nothing that a linker could take from one of them for another: no templates of the standard library, no globals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

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

inline V load(const double *p) { return *reinterpret_cast<const V *>(p); }
inline void store(double *p, V v) { *reinterpret_cast<V *>(p) = v; }
// p[0], p[1], ... += v, wherever p is.
inline void add_to(double *p, V v) {
    typedef double Anywhere __attribute__((vector_size(8 * kLanes), aligned(8)));
    Anywhere *at = reinterpret_cast<Anywhere *>(p);
    *at = *at + v;
}

// Not V{} + x: that is an addition, because it makes 0 of -0.
inline V all(double x) {
#if defined(__AVX512F__)
    return _mm512_set1_pd(x);
#elif defined(__AVX2__)
    return _mm256_set1_pd(x);
#else
    return V{x, x};
#endif
}

// a b + c: fused where the instruction set has it.
inline V fma(V a, V b, V c) {
#if defined(__AVX512F__)
    return _mm512_fmadd_pd(a, b, c);
#elif defined(__AVX2__)
    return _mm256_fmadd_pd(a, b, c);
#else
    return a * b + c;
#endif
}

inline I bits(V v) {
    I i;
    std::memcpy(&i, &v, sizeof i);
    return i;
}

inline V from_bits(I i) {
    V v;
    std::memcpy(&v, &i, sizeof v);
    return v;
}

inline V magnitude(V v) { return from_bits(bits(v) & (I{} + INT64_MAX)); }
inline V minus_magnitude(V v) { return from_bits(bits(v) | (I{} + INT64_MIN)); }
inline V with_sign_of(V size, V sign) {
    return from_bits((bits(size) & (I{} + INT64_MAX)) | (bits(sign) & (I{} + INT64_MIN)));
}

// The larger of both; nan where `b` is. In one instruction: a comparison and a selection, where two are written, are two.
inline V at_least(double a, V b) {
#if defined(__AVX512F__)
    return _mm512_max_pd(all(a), b);
#elif defined(__AVX2__)
    return _mm256_max_pd(all(a), b);
#else
    return b < a ? all(a) : b;
#endif
}

inline V root(V v) {
#if defined(__AVX512F__)
    return _mm512_sqrt_pd(v);
#elif defined(__AVX2__)
    return _mm256_sqrt_pd(v);
#else
    for (int k = 0; k < kLanes; ++k) v[k] = __builtin_sqrt(v[k]);
    return v;
#endif
}

// The sum of the lanes, pairwise.
inline double sum(V v) {
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

// The sums of the lanes of four vectors are added to four doubles.
inline void add_sums(V a, V b, V c, V d, double *out) {
#if defined(__AVX512F__)
    const __m256d a4 = _mm256_add_pd(_mm512_castpd512_pd256(a), _mm512_extractf64x4_pd(a, 1));
    const __m256d b4 = _mm256_add_pd(_mm512_castpd512_pd256(b), _mm512_extractf64x4_pd(b, 1));
    const __m256d c4 = _mm256_add_pd(_mm512_castpd512_pd256(c), _mm512_extractf64x4_pd(c, 1));
    const __m256d d4 = _mm256_add_pd(_mm512_castpd512_pd256(d), _mm512_extractf64x4_pd(d, 1));
#elif defined(__AVX2__)
    const __m256d a4 = a, b4 = b, c4 = c, d4 = d;
#endif
#if defined(__AVX2__)
    const __m256d ab = _mm256_hadd_pd(a4, b4), cd = _mm256_hadd_pd(c4, d4);
    const __m256d low = _mm256_permute2f128_pd(ab, cd, 0x20), high = _mm256_permute2f128_pd(ab, cd, 0x31);
    _mm256_storeu_pd(out, _mm256_add_pd(_mm256_loadu_pd(out), _mm256_add_pd(low, high)));
#else
    out[0] += sum(a);
    out[1] += sum(b);
    out[2] += sum(c);
    out[3] += sum(d);
#endif
}

// kLanes x kLanes numbers, transposed: lane c of row r becomes lane r of row c.
inline void transpose(V (&rows)[kLanes]) {
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
