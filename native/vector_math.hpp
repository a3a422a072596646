// exp, tanh, sigmoid, softplus and silu for vectors: branch-free, without cancellation or intermediate overflow.
//
// exp(x) = 2^k (1 + q(r)),  k = round(x / ln 2),  r = x - k ln 2 in two parts (Cody and Waite),  |r| <= 0.3466
// q(r)   = r + r^2 p(r), p the Chebyshev interpolant of degree 9 (mpmath's chebyfit): q is off by less than 1.3e-17.
// 2^k is applied by scalef, or as two factors: subnormal results and the largest ones before overflow are correct.
//
// Largest errors in ulp over all instruction sets and 400 000 points from the whole range of doubles, including subnormal
// results, compared with mpmath (tests/objective/engines/test_vector_math.py bounds the errors at some thousands of points):
//
//              exp   log1p on [0, 1]   log1p   tanh   sigmoid   softplus   silu
//     value    1.1   1.9               1.8     3.0    2.6       2.5        3.0
//     slope                                    3.3    2.9       2.6        3.2   (silu: in ulp of its terms: it has a zero)
#pragma once

#include "vec.hpp"

namespace sheernet {
namespace SHEERNET_ISA {

constexpr double kRounder = 6755399441055744.0;  // 1.5 2^52: adding it rounds to an integer, stored in the low bits

// x 2^k for integers k, even if 2^k itself is out of range.
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

// An exponential as 2^k (1 + q).
struct Exponential {
    V q, k;  // q = exp(r) - 1

    SHEERNET_INLINE V value() const { return times_power(1.0 + q, k); }
};

// exp(x) for x <= 712, above which 2^k overflows.
SHEERNET_INLINE Exponential exponential(V x) {
    x = at_least(-760.0, x);  // keeps nan, like every comparison here
    const V k = fma(x, all(1.4426950408889634), all(kRounder)) - kRounder;
    V r = fma(k, all(-6.93147180369123816490e-01), x);
    r = fma(k, all(-1.90821492927058770002e-10), r);
    // p as even and odd powers: two independent sums, which the processor computes in parallel.
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

// log(1 + e) for 0 <= e <= 1: 2 atanh(s), s = e / (2 + e) <= 1/3; the omitted terms are below 2e-18.
SHEERNET_INLINE V log1p_up_to_1(V e) {
    const V s = e / (e + 2.0), t = s * s;
    // As even and odd powers of t: two independent sums.
    const V t2 = t * t;
    V even = all(1.0 / 35), odd = all(1.0 / 33);
    even = fma(even, t2, all(1.0 / 31));
    even = fma(even, t2, all(1.0 / 27));
    odd = fma(odd, t2, all(1.0 / 29));
    even = fma(even, t2, all(1.0 / 23));
    odd = fma(odd, t2, all(1.0 / 25));
    even = fma(even, t2, all(1.0 / 19));
    odd = fma(odd, t2, all(1.0 / 21));
    even = fma(even, t2, all(1.0 / 15));
    odd = fma(odd, t2, all(1.0 / 17));
    even = fma(even, t2, all(1.0 / 11));
    odd = fma(odd, t2, all(1.0 / 13));
    even = fma(even, t2, all(1.0 / 7));
    odd = fma(odd, t2, all(1.0 / 9));
    even = fma(even, t2, all(1.0 / 3));
    odd = fma(odd, t2, all(1.0 / 5));
    const V p = fma(odd, t, even);
    return fma(s * t * 2.0, p, s * 2.0);
}

// log(1 + x) for x >= 0: k log(2) + log(1 + f), where 1 + x = 2^k (1 + f), 0 <= f < 1.  k is read from the exponent bits, and
// converted to double in the low bits of 2^52.
SHEERNET_INLINE V log1p_from_0(V x) {
    const V d = 1.0 + x, two_to_52 = all(0x1p52);
    const I fraction = I{} + ((std::int64_t{1} << 52) - 1), small = x <= 1.0;
    const V k = from_bits((bits(d) >> 52) | bits(two_to_52)) - two_to_52 - 1023.0;
    const V f = small ? x : from_bits((bits(d) & fraction) | bits(all(1.0))) - 1.0;
    const V found = fma(small ? V{} : k, all(6.93147180559945286227e-01), log1p_up_to_1(f));
    return d < __builtin_inf() ? found : d;  // inf and nan stay
}

// A function value and its derivative at one point.
struct Pair {
    V value, slope;
};

// The smaller of sigmoid(z) and sigmoid(-z) is s <= 1/2, so s - s s = s (1 - s) keeps the relative accuracy of s.
SHEERNET_INLINE Pair sigmoid(V z) {
    const V e = exponential_of_size(z).value(), inverse = 1.0 / (1.0 + e), s = e * inverse;
    return {z > 0.0 ? inverse : s, fma(-s, s, s)};  // sigmoid'(z) = sigmoid(z) sigmoid(-z)
}

// tanh(z) and sech^2(z) from twice z: tanh |z| = (1 - e) / (1 + e), e = exp(-2 |z|);  sech^2(z) = t (2 - t),
// t = 2 e / (1 + e) = 2 sigmoid(-2 |z|).
SHEERNET_INLINE Pair tanh_of_half(V z) {
    const Exponential x = exponential_of_size(z);
    const V power = times_power(all(1.0), x.k);
    const V e = fma(power, x.q, power), minus_one = fma(power, x.q, power - 1.0);  // e - 1 without cancellation
    const V inverse = 1.0 / (1.0 + e), s = e * inverse, t = s + s;
    return {with_sign_of(minus_one * inverse, z), fma(-t, t, t + t)};
}

// Doubling is written as a sum, which some processors execute in parallel with products.
SHEERNET_INLINE Pair tanh(V z) { return tanh_of_half(z + z); }

SHEERNET_INLINE Pair softplus(V z) {
    const V e = exponential_of_size(z).value(), inverse = 1.0 / (1.0 + e);
    return {(z > 0.0 ? z : V{}) + log1p_up_to_1(e), z > 0.0 ? inverse : e * inverse};
}

// 1 / (1 + e) for 0 <= e <= 1, to half an ulp: one Newton step that includes the rounding error of 1 + e.
SHEERNET_INLINE V accurate_inverse(V e) {
    const V d = 1.0 + e, lost = e - (d - 1.0), inverse = 1.0 / d;
    return fma(inverse, fma(-inverse, d, all(1.0)) - inverse * lost, inverse);
}

// z sigmoid(z): for z < 0 the power of 2 is applied last; otherwise |z| would amplify the rounding of a subnormal.
SHEERNET_INLINE Pair silu(V z) {
    z = z < -760.0 ? z * 0.0 - 760.0 : z;  // as in `exponential`; -inf becomes nan, as in the reference engine
    const Exponential x = exponential_of_size(z);
    const V e = x.value(), inverse = accurate_inverse(e);
    const V up = z > 0.0 ? inverse : (1.0 + x.q) * inverse, down = z > 0.0 ? e * inverse : inverse;  // 2^k up = sigmoid(z)
    const V k = z > 0.0 ? V{} : x.k;
    return {times_power(z * up, k), times_power(up * fma(z, down, all(1.0)), k)};
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
