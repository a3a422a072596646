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

// g += a d^T: (n_in, n_out) from (n_in, lanes) and (n_out, lanes).
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

// --- J J^T: J of a block in panels of kPanel parameters, sample by sample inside a panel: (panels, lanes, kPanel) -------
//
// Here the parameter is the vector lane, and not the sample as above, so that no sums over lanes are taken: those of every
// tile of every block took a quarter of the time.  Parameters that fill up the last panel are 0.

constexpr std::size_t kPanel = kLanes > 4 ? static_cast<std::size_t>(kLanes) : 4;
constexpr std::size_t kPanelVectors = kPanel / static_cast<std::size_t>(kLanes);
#if defined(__AVX512F__)
constexpr std::size_t kTilePanels = 3;  // 8 x 3 sums of the 32 registers
#elif defined(__AVX2__)
constexpr std::size_t kTilePanels = 2;  // 4 x 2 sums of the 16
#else
constexpr std::size_t kTilePanels = 1;  // 4 x 2 sums of the 16
#endif

constexpr std::size_t in_panels(std::size_t n) { return (n + kPanel - 1) / kPanel * kPanel; }

// Adds sums (kPanel, T panels) to m from row i and column j on, as far as m, (n, n), has rows and columns.
template <std::size_t T>
inline void add_edge(const V (&sums)[kPanel][T * kPanelVectors], double *m, std::size_t n, std::size_t i, std::size_t j) {
    const std::size_t rows = n - i < kPanel ? n - i : kPanel, columns = n - j < T * kPanel ? n - j : T * kPanel;
    for (std::size_t r = 0; r < rows; ++r) {
        double row[T * kPanel];
        std::memcpy(row, sums[r], sizeof row);
        for (std::size_t c = 0; c < columns; ++c) m[(i + r) * n + j + c] += row[c];
    }
}

// m[i, j] += sum over samples of J[i] J[j], for the panel of rows i and T panels of columns j; both are indices of J.
template <std::size_t T>
inline void symmetric_tile(const double *J, double *m, std::size_t n, std::size_t lanes, std::size_t i, std::size_t j) {
    const double *rows = J + i * lanes, *columns = J + j * lanes;
    for (std::size_t r = 0; r < kPanel; ++r) __builtin_prefetch(m + (i + r) * n + j, 1);
    V sums[kPanel][T * kPanelVectors] = {};
    for (std::size_t s = 0; s < lanes; ++s) {
        V y[T * kPanelVectors];
        for (std::size_t t = 0; t < T; ++t)
            for (std::size_t v = 0; v < kPanelVectors; ++v)
                y[t * kPanelVectors + v] = load(columns + (t * lanes + s) * kPanel + v * static_cast<std::size_t>(kLanes));
        for (std::size_t r = 0; r < kPanel; ++r) {
            const V x = all(rows[s * kPanel + r]);
            for (std::size_t c = 0; c < T * kPanelVectors; ++c) sums[r][c] = fma(x, y[c], sums[r][c]);
        }
    }
    if (i + kPanel > n || j + T * kPanel > n) {
        add_edge<T>(sums, m, n, i, j);
        return;
    }
    for (std::size_t r = 0; r < kPanel; ++r)
        for (std::size_t c = 0; c < T * kPanelVectors; ++c)
            add_to(m + (i + r) * n + j + c * static_cast<std::size_t>(kLanes), sums[r][c]);
}

// T panels of columns from j on, with all rows down to the diagonal: the columns stay in the first-level cache.
template <std::size_t T>
inline void symmetric_columns(const double *J, double *m, std::size_t n, std::size_t lanes, std::size_t j) {
    for (std::size_t i = 0; i <= j; i += kPanel) symmetric_tile<T>(J, m, n, lanes, i, j);
    if constexpr (T > 1) symmetric_tile<T - 1>(J, m, n, lanes, j + kPanel, j + kPanel);
    if constexpr (T > 2) symmetric_tile<T - 2>(J, m, n, lanes, j + 2 * kPanel, j + 2 * kPanel);
}

// The upper triangle of m += J J^T, and a little below it: m (n, n).
inline void symmetric_outer(const double *J, std::size_t n, double *m, std::size_t lanes) {
    std::size_t j = 0;
    for (; j + (kTilePanels - 1) * kPanel < n; j += kTilePanels * kPanel)
        symmetric_columns<kTilePanels>(J, m, n, lanes, j);
    for (; j < n; j += kPanel) symmetric_columns<1>(J, m, n, lanes, j);
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
