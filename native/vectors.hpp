// Operations on parameter vectors and dense matrices, used by the optimizers; compiled once per instruction set.
//
// Lengths are multiples of 8 and arrays are aligned (optimizers/point.hpp pads them with zeros), so no loop has a remainder.
#pragma once

#include "network.hpp"
#include "vec.hpp"

namespace sheernet {
namespace SHEERNET_ISA {

constexpr std::size_t kStep = static_cast<std::size_t>(kLanes);

// a . b
inline double dot(const double *a, const double *b, std::size_t n) {
    V even{}, odd{};
    std::size_t i = 0;
    for (; i + 2 * kStep <= n; i += 2 * kStep) {
        even = fma(load(a + i), load(b + i), even);
        odd = fma(load(a + i + kStep), load(b + i + kStep), odd);
    }
    for (; i < n; i += kStep) even = fma(load(a + i), load(b + i), even);
    return sum(even + odd);
}

// y += factor x
inline void add(double factor, const double *x, double *y, std::size_t n) {
    const V f = all(factor);
    for (std::size_t i = 0; i < n; i += kStep) store(y + i, fma(f, load(x + i), load(y + i)));
}

// out = H x for the first `rows` rows of H, each n long.
inline void matrix_vector(const double *H, const double *x, double *out, std::size_t rows, std::size_t n) {
    std::size_t i = 0;
    for (; i + 4 <= rows; i += 4) {
        const double *row = H + i * n;
        V sums[4] = {};
        for (std::size_t j = 0; j < n; j += kStep) {
            const V at = load(x + j);
            for (std::size_t k = 0; k < 4; ++k) sums[k] = fma(load(row + k * n + j), at, sums[k]);
        }
        for (std::size_t k = 0; k < 4; ++k) out[i + k] = sum(sums[k]);
    }
    for (; i < rows; ++i) out[i] = dot(H + i * n, x, n);
}

// H += s b^T + b s^T, in rows `from` to `to` - 1, each n long; H points to row `from`.
inline void add_symmetric(
    double *H, const double *s, const double *b, std::size_t from, std::size_t to, std::size_t n) {
    for (std::size_t i = from; i < to; ++i) {
        const V si = all(s[i]), bi = all(b[i]);
        double *row = H + (i - from) * n;
        // Not fused: both products are rounded, so that entries (i, j) and (j, i) stay bitwise equal.
        for (std::size_t j = 0; j < n; j += kStep) store(row + j, load(row + j) + (si * load(b + j) + bi * load(s + j)));
    }
}

// np.abs(x).max(); nan if an entry is nan.  The bits of absolute values are ordered like the values, with nan last.
inline double largest(const double *x, std::size_t n) {
    I even{}, odd{};
    const auto at_least = [](I most, I size) { return size > most ? size : most; };
    std::size_t p = 0;
    for (; p + 2 * kStep <= n; p += 2 * kStep) {
        even = at_least(even, bits(magnitude(load_anywhere(x + p))));
        odd = at_least(odd, bits(magnitude(load_anywhere(x + p + kStep))));
    }
    V rest{};
    for (std::size_t k = 0; p < n; ++p, k = (k + 1) % kStep) {
        rest[k] = x[p];
        if (k + 1 == kStep || p + 1 == n) even = at_least(even, bits(magnitude(rest)));
    }
    even = at_least(even, odd);
    std::int64_t most = 0;
    for (int k = 0; k < kLanes; ++k) most = even[k] > most ? even[k] : most;
    double found;
    std::memcpy(&found, &most, sizeof found);
    return found;
}

// 1/2 sum_p decay_p theta_p^2, in this order: a different rounding changes which networks a default fit keeps, and so the
// results in docs/accuracy.md.  Parameters without decay are skipped: 0 * inf would be nan.
inline double penalty(const double *decay, const double *theta, std::size_t n) {
    double sum = 0.0;
    for (std::size_t p = 0; p < n; ++p)
        if (decay[p] != 0.0) sum += decay[p] * (theta[p] * theta[p]);
    return 0.5 * sum;
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
