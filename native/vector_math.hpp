// exp and what is made of it, for vectors: branch-free, no cancellation, no overflow on the way.
//
// exp(x) = 2^k (1 + q(r)),  k = round(x / ln 2),  r = x - k ln 2 in two parts (Cody and Waite),  |r| <= 0.3466
// q(r)   = r + r^2 p(r), p the Chebyshev interpolant of degree 9 (mpmath's chebyfit): q is off by less than 1.3e-17.
// 2^k is multiplied in by scalef, or as two factors: subnormal results and the last ones before overflow are right.
//
// Worst errors in ulp, of any instruction set, among 400 000 points over the whole range of doubles, subnormal results
// included, against mpmath (tests/engines/test_vector_math.py measures them, and bounds those at some thousands of points):
//
//              exp   log1p on [0, 1]   tanh   sigmoid   softplus   silu
//     value    1.1   1.9               3.0    2.6       2.5        3.0
//     slope                            3.3    2.9       2.6        3.2   (silu's in ulp of its terms: it has a zero)
#pragma once

#include "vec.hpp"

namespace sheernet {
namespace SHEERNET_ISA {

constexpr double kRounder = 6755399441055744.0;  // 1.5 2^52: adding it rounds to a whole number, which its low bits hold

// x 2^k for whole numbers k, also where 2^k itself is out of range.
SHEERNET_INLINE V times_power(V x, V k) {
#if defined(__AVX512F__)
    return _mm512_scalef_pd(x, k);
#else
    const V half = (k * 0.5 + kRounder) - kRounder;
    const I one = bits(all(1.0));
    const V two_a = from_bits((bits(half + kRounder) << 52) + one);
    const V two_b = from_bits((bits(k - half + kRounder) << 52) + one);
    return x * two_a * two_b;
#endif
}

// 2^k (1 + q): the parts of an exponential.
struct Exponential {
    V q, k;  // q = exp(r) - 1

    SHEERNET_INLINE V value() const { return times_power(1.0 + q, k); }
};

// For x <= 712, beyond which 2^k overflows.
SHEERNET_INLINE Exponential exponential(V x) {
    x = at_least(-760.0, x);  // keeps nan, as every comparison here does
    const V k = fma(x, all(1.4426950408889634), all(kRounder)) - kRounder;
    V r = fma(k, all(-6.93147180369123816490e-01), x);
    r = fma(k, all(-1.90821492927058770002e-10), r);
    // p in its even and its odd powers: two sums that the processor forms side by side.
    const V r2 = r * r;
    V even = fma(r2, all(0x1.289185613a3d6p-22), all(0x1.a019b90d2ae7ap-16));
    V odd = fma(r2, all(0x1.af38a9b0ec855p-26), all(0x1.71de0dae63bb3p-19));
    even = fma(r2, even, all(0x1.6c16c1788bd90p-10));
    odd = fma(r2, odd, all(0x1.a01a01a7c41d5p-13));
    even = fma(r2, even, all(0x1.5555555553d63p-5));
    odd = fma(r2, odd, all(0x1.11111111109b3p-7));
    even = fma(r2, even, all(0x1.0000000000001p-1));
    odd = fma(r2, odd, all(0x1.5555555555556p-3));
    const V p = fma(r, odd, even);
    return {fma(r2, p, r), k};
}

SHEERNET_INLINE V exp(V x) { return exponential(x > 712.0 ? all(712.0) : x).value(); }

// exp(-|z|), at most 1.
SHEERNET_INLINE Exponential exponential_of_size(V z) { return exponential(minus_magnitude(z)); }

// log(1 + e) for 0 <= e <= 1: 2 atanh(s), s = e / (2 + e) <= 1/3; the terms left out are below 2e-18.
SHEERNET_INLINE V log1p_of_share(V e) {
    const V s = e / (e + 2.0), t = s * s;
    V p = all(1.0 / 35);
    p = fma(p, t, all(1.0 / 33));
    p = fma(p, t, all(1.0 / 31));
    p = fma(p, t, all(1.0 / 29));
    p = fma(p, t, all(1.0 / 27));
    p = fma(p, t, all(1.0 / 25));
    p = fma(p, t, all(1.0 / 23));
    p = fma(p, t, all(1.0 / 21));
    p = fma(p, t, all(1.0 / 19));
    p = fma(p, t, all(1.0 / 17));
    p = fma(p, t, all(1.0 / 15));
    p = fma(p, t, all(1.0 / 13));
    p = fma(p, t, all(1.0 / 11));
    p = fma(p, t, all(1.0 / 9));
    p = fma(p, t, all(1.0 / 7));
    p = fma(p, t, all(1.0 / 5));
    p = fma(p, t, all(1.0 / 3));
    return fma(s * t * 2.0, p, s * 2.0);
}

// A function and its derivative at one place.
struct Pair {
    V value, slope;
};

// The smaller of sigmoid(z) and sigmoid(-z) is s <= 1/2, so that s - s s = s (1 - s) keeps the digits of s.
SHEERNET_INLINE Pair sigmoid(V z) {
    const V e = exponential_of_size(z).value(), share = 1.0 / (1.0 + e), s = e * share;
    return {z > 0.0 ? share : s, fma(-s, s, s)};  // sigmoid'(z) = sigmoid(z) sigmoid(-z)
}

// tanh |z| = (1 - e) / (1 + e), e = exp(-2 |z|);  sech^2(z) = t (2 - t), t = 2 e / (1 + e) = 2 sigmoid(-2 |z|).
// Twice a number is a sum, which some processors do beside their products.
SHEERNET_INLINE Pair tanh(V z) {
    const Exponential x = exponential_of_size(z + z);
    const V power = times_power(all(1.0), x.k);
    const V e = fma(power, x.q, power), minus_one = fma(power, x.q, power - 1.0);  // e - 1 without cancellation
    const V share = 1.0 / (1.0 + e), s = e * share, t = s + s;
    return {with_sign_of(minus_one * share, z), fma(-t, t, t + t)};
}

SHEERNET_INLINE Pair softplus(V z) {
    const V e = exponential_of_size(z).value(), share = 1.0 / (1.0 + e);
    return {(z > 0.0 ? z : V{}) + log1p_of_share(e), z > 0.0 ? share : e * share};
}

// 1 / (1 + e) for 0 <= e <= 1, to half an ulp: one step of Newton's, with the part of 1 + e that its rounding lost.
SHEERNET_INLINE V exact_share(V e) {
    const V d = 1.0 + e, lost = e - (d - 1.0), share = 1.0 / d;
    return fma(share, fma(-share, d, all(1.0)) - share * lost, share);
}

// z sigmoid(z): for z < 0 the power of 2 comes last, or |z| would multiply the rounding of a subnormal exponential.
SHEERNET_INLINE Pair silu(V z) {
    z = z < -760.0 ? z * 0.0 - 760.0 : z;  // as `exponential` does; -inf becomes nan, which the reference gives, too
    const Exponential x = exponential_of_size(z);
    const V e = x.value(), share = exact_share(e);
    const V up = z > 0.0 ? share : (1.0 + x.q) * share, down = z > 0.0 ? e * share : share;  // 2^k up = sigmoid(z)
    const V k = z > 0.0 ? V{} : x.k;
    return {times_power(z * up, k), times_power(up * fma(z, down, all(1.0)), k)};
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
