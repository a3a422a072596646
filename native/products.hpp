// Products of small matrices with a block of samples: register tiles of units x vectors of samples.
//
// Arrays of a block are (features, lanes): a unit's values of all samples of the block stand side by side, so the
// sample is the vector lane in every loop, and a layer of 3 units is as fast as one of 64.
#pragma once

#include "vec.hpp"

namespace sheernet {
namespace SHEERNET_ISA {

#if defined(__AVX512F__)
constexpr int kTileVectors = 4;  // 4 x 4 sums of the 32 registers
constexpr int kTileRows = 4;
#else
constexpr int kTileVectors = 2;  // 4 x 2 sums of the 16 registers
constexpr int kTileRows = 2;
#endif

// z[j] = start[j] + sum_i W[i, j] a[i] for J units j and Q vectors of samples; W is (n_in, stride).
template <int J, int Q>
inline void product_tile(
    const double *a, std::size_t n_in, const double *W, std::size_t stride, const double *bias, bool add, double *z,
    std::size_t lanes) {
    V sums[static_cast<std::size_t>(J)][static_cast<std::size_t>(Q)];
    for (int j = 0; j < J; ++j)
        for (int q = 0; q < Q; ++q) {
            const V start = add ? load(z + static_cast<std::size_t>(j) * lanes + static_cast<std::size_t>(q * kLanes)) : V{};
            sums[j][q] = bias ? start + bias[j] : start;
        }
    for (std::size_t i = 0; i < n_in; ++i) {
        V x[static_cast<std::size_t>(Q)];
        for (int q = 0; q < Q; ++q) x[q] = load(a + i * lanes + static_cast<std::size_t>(q * kLanes));
        for (int j = 0; j < J; ++j) {
            const V w = all(W[i * stride + static_cast<std::size_t>(j)]);
            for (int q = 0; q < Q; ++q) sums[j][q] = fma(w, x[q], sums[j][q]);
        }
    }
    for (int j = 0; j < J; ++j)
        for (int q = 0; q < Q; ++q)
            store(z + static_cast<std::size_t>(j) * lanes + static_cast<std::size_t>(q * kLanes), sums[j][q]);
}

template <int J>
inline void product_rows(
    const double *a, std::size_t n_in, const double *W, std::size_t stride, const double *bias, bool add, double *z,
    std::size_t lanes) {
    constexpr std::size_t wide = static_cast<std::size_t>(kTileVectors * kLanes);
    std::size_t s = 0;
    for (; s + wide <= lanes; s += wide) product_tile<J, kTileVectors>(a + s, n_in, W, stride, bias, add, z + s, lanes);
    for (; s < lanes; s += static_cast<std::size_t>(kLanes))
        product_tile<J, 1>(a + s, n_in, W, stride, bias, add, z + s, lanes);
}

// z = W^T a (+ bias) (+ z): (n_out, lanes) from (n_in, lanes), W (n_in, n_out) in C order.
inline void product(
    const double *a, std::size_t n_in, const double *W, const double *bias, bool add, double *z, std::size_t n_out,
    std::size_t lanes) {
    std::size_t j = 0;
    for (; j + 4 <= n_out; j += 4)
        product_rows<4>(a, n_in, W + j, n_out, bias ? bias + j : nullptr, add, z + j * lanes, lanes);
    const double *rest = bias ? bias + j : nullptr;
    switch (n_out - j) {
        case 3: product_rows<3>(a, n_in, W + j, n_out, rest, add, z + j * lanes, lanes); break;
        case 2: product_rows<2>(a, n_in, W + j, n_out, rest, add, z + j * lanes, lanes); break;
        case 1: product_rows<1>(a, n_in, W + j, n_out, rest, add, z + j * lanes, lanes); break;
        default: break;
    }
}

// g[i, j] += sum over samples of a[i] d[j], for R rows i and 4 columns j.
template <int R>
inline void outer_tile(const double *a, const double *d, double *g, std::size_t stride, std::size_t lanes) {
    V sums[static_cast<std::size_t>(R)][4] = {};
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        V y[4];
        for (int j = 0; j < 4; ++j) y[j] = load(d + static_cast<std::size_t>(j) * lanes + s);
        for (int i = 0; i < R; ++i) {
            const V x = load(a + static_cast<std::size_t>(i) * lanes + s);
            for (int j = 0; j < 4; ++j) sums[i][j] = fma(x, y[j], sums[i][j]);
        }
    }
    for (int i = 0; i < R; ++i)
        add_sums(sums[i][0], sums[i][1], sums[i][2], sums[i][3], g + static_cast<std::size_t>(i) * stride);
}

// The same for one column j.
template <int R>
inline void outer_column(const double *a, const double *d, double *g, std::size_t stride, std::size_t lanes) {
    V sums[static_cast<std::size_t>(R)] = {};
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        const V y = load(d + s);
        for (int i = 0; i < R; ++i) sums[i] = fma(load(a + static_cast<std::size_t>(i) * lanes + s), y, sums[i]);
    }
    for (int i = 0; i < R; ++i) g[static_cast<std::size_t>(i) * stride] += sum(sums[i]);
}

// g += a d^T: (n_in, n_out) from (n_in, lanes) and (n_out, lanes).  `from` leaves out columns: of row i those below from(i).
inline void outer(
    const double *a, std::size_t n_in, const double *d, std::size_t n_out, double *g, std::size_t lanes) {
    std::size_t j = 0;
    for (; j + 4 <= n_out; j += 4) {
        std::size_t i = 0;
        for (; i + static_cast<std::size_t>(kTileRows) <= n_in; i += static_cast<std::size_t>(kTileRows))
            outer_tile<kTileRows>(a + i * lanes, d + j * lanes, g + i * n_out + j, n_out, lanes);
        for (; i < n_in; ++i) outer_tile<1>(a + i * lanes, d + j * lanes, g + i * n_out + j, n_out, lanes);
    }
    for (; j < n_out; ++j) {
        std::size_t i = 0;
        for (; i + 4 <= n_in; i += 4) outer_column<4>(a + i * lanes, d + j * lanes, g + i * n_out + j, n_out, lanes);
        for (; i < n_in; ++i) outer_column<1>(a + i * lanes, d + j * lanes, g + i * n_out + j, n_out, lanes);
    }
}

// The upper triangle of m += J J^T, and a little below it: m (n, n), J (n, lanes).
inline void symmetric_outer(const double *J, std::size_t n, double *m, std::size_t lanes) {
    constexpr std::size_t rows = static_cast<std::size_t>(kTileRows);
    std::size_t i = 0;
    for (; i + rows <= n; i += rows) {
        std::size_t j = i - i % 4;
        for (; j + 4 <= n; j += 4) outer_tile<kTileRows>(J + i * lanes, J + j * lanes, m + i * n + j, n, lanes);
        for (; j < n; ++j) outer_column<kTileRows>(J + i * lanes, J + j * lanes, m + i * n + j, n, lanes);
    }
    for (; i < n; ++i)
        for (std::size_t j = i; j < n; ++j) outer_column<1>(J + i * lanes, J + j * lanes, m + i * n + j, n, lanes);
}

// out[j] += sum over samples of d[j].
inline void row_sums(const double *d, std::size_t n, double *out, std::size_t lanes) {
    for (std::size_t j = 0; j < n; ++j) {
        V total{};
        for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) total += load(d + j * lanes + s);
        out[j] += sum(total);
    }
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
