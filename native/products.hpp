// Products of small matrices with a block of samples, as register tiles of sums.
//
// Arrays of a block are (features, lanes): a unit's values for all samples of the block are contiguous, so samples are the
// vector lanes in every loop, and a layer of 3 units is as fast as one of 64.
#pragma once

#include "network.hpp"
#include "vec.hpp"

namespace sheernet {
namespace SHEERNET_ISA {

#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kTileRows = 6, kTileColumns = 4;  // 24 sums of the 32 registers
#elif defined(__AVX2__)
constexpr int kTileRows = 6, kTileColumns = 2;  // 12 sums of the 16
#else
constexpr int kTileRows = 4, kTileColumns = 2;  // 8 sums of the 16: an unfused product needs a register of its own
#endif

// An argument whose value is a compile-time constant.
template <int n>
struct Count {
    static constexpr int value = n;
};

// Calls tile(first, Count<size>) for n rows, units or vectors of samples in tiles of at most `most` and of similar size: the
// products in a tile of one or two would wait for each other.
template <int most = kTileRows, class Tile>
inline void for_each_tile(std::size_t n, const Tile &tile) {
    static_assert(most <= 8, "a case for each size");
    const std::size_t number = (n + static_cast<std::size_t>(most) - 1) / static_cast<std::size_t>(most);
    std::size_t first = 0;
    for (std::size_t k = 0; k < number; ++k) {
        const std::size_t size = (n - first) / (number - k);
        switch (size) {
            case 1: tile(first, Count<1>{}); break;
            case 2: tile(first, Count<2>{}); break;
            case 3:
                if constexpr (most > 2) tile(first, Count<3>{});
                break;
            case 4:
                if constexpr (most > 3) tile(first, Count<4>{});
                break;
            case 5:
                if constexpr (most > 4) tile(first, Count<5>{});
                break;
            case 6:
                if constexpr (most > 5) tile(first, Count<6>{});
                break;
            case 7:
                if constexpr (most > 6) tile(first, Count<7>{});
                break;
            default:
                if constexpr (most > 7) tile(first, Count<8>{});
                break;
        }
        first += size;
    }
}

// Initial values of the sums of a product, by unit and by index (unit, sample) of the result.
struct Zero {
    V operator()(std::size_t, std::size_t) const { return V{}; }
};
struct Bias {
    const double *b;  // (n_out,)
    V operator()(std::size_t unit, std::size_t) const { return all(b[unit]); }
};
struct Onto {
    const double *z;  // (n_out, lanes), may be the result
    V operator()(std::size_t, std::size_t place) const { return load(z + place); }
};
// Final operations on the sums.
struct Nothing {
    V operator()(V sum, std::size_t) const { return sum; }
};
struct Times {
    const double *factor;  // (n_out, lanes), may be the result
    V operator()(V sum, std::size_t place) const { return sum * load(factor + place); }
};

// z[j] = end(begin[j] + sum_i W[i, j] a[i]) for J units starting at `unit` and Q vectors of samples starting at `sample`.
template <int J, int Q, class Begin, class End>
inline void product_tile(
    const double *a, std::size_t n_in, const double *W, std::size_t n_out, Begin begin, End end, double *z, std::size_t lanes,
    std::size_t unit, std::size_t sample) {
    const auto place = [=](int j, int q) {
        return (unit + static_cast<std::size_t>(j)) * lanes + sample + static_cast<std::size_t>(q * kLanes);
    };
    V sums[static_cast<std::size_t>(J)][static_cast<std::size_t>(Q)];
    SHEERNET_UNROLL
    for (int j = 0; j < J; ++j)
        SHEERNET_UNROLL
        for (int q = 0; q < Q; ++q) sums[j][q] = begin(unit + static_cast<std::size_t>(j), place(j, q));
    a += sample;
    W += unit;
    for (std::size_t i = 0; i < n_in; ++i) {
        V x[static_cast<std::size_t>(Q)];
        SHEERNET_UNROLL
        for (int q = 0; q < Q; ++q) x[q] = load(a + i * lanes + static_cast<std::size_t>(q * kLanes));
        SHEERNET_UNROLL
        for (int j = 0; j < J; ++j) {
            const V w = all(W[i * n_out + static_cast<std::size_t>(j)]);
            SHEERNET_UNROLL
            for (int q = 0; q < Q; ++q) sums[j][q] = fma(w, x[q], sums[j][q]);
        }
    }
    SHEERNET_UNROLL
    for (int j = 0; j < J; ++j)
        SHEERNET_UNROLL
        for (int q = 0; q < Q; ++q) store(z + place(j, q), end(sums[j][q], place(j, q)));
}

// z = end(begin + W^T a): (n_out, lanes) from (n_in, lanes), W (n_in, n_out) in C order.
template <class Begin, class End>
inline void product(
    const double *a, std::size_t n_in, const double *W, Begin begin, End end, double *z, std::size_t n_out, std::size_t lanes) {
    constexpr std::size_t vector = static_cast<std::size_t>(kLanes);
    for_each_tile(n_out, [=](std::size_t j, auto units) {
        for_each_tile<kTileColumns>(lanes / vector, [=](std::size_t q, auto vectors) {
            product_tile<decltype(units)::value, decltype(vectors)::value>(
                a, n_in, W, n_out, begin, end, z, lanes, j, q * vector);
        });
    });
}

// g[i, j] += sum over samples of a[i] d[j], for R rows i and C columns j; with `ones` the last row of a is all ones.
template <int R, int C, bool ones>
inline void outer_tile(const double *a, const double *d, double *g, std::size_t stride, std::size_t lanes) {
    constexpr int n_sums = R * C, n_vectors = (n_sums + kLanes - 1) / kLanes;
    V sums[static_cast<std::size_t>(n_vectors * kLanes)] = {};
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        V y[static_cast<std::size_t>(C)];
        SHEERNET_UNROLL
        for (int j = 0; j < C; ++j) y[j] = load(d + static_cast<std::size_t>(j) * lanes + s);
        SHEERNET_UNROLL
        for (int i = 0; i < R; ++i) {
            if (ones && i + 1 == R) {
                SHEERNET_UNROLL
                for (int j = 0; j < C; ++j) sums[i * C + j] += y[j];
            } else {
                const V x = load(a + static_cast<std::size_t>(i) * lanes + s);
                SHEERNET_UNROLL
                for (int j = 0; j < C; ++j) sums[i * C + j] = fma(x, y[j], sums[i * C + j]);
            }
        }
    }
    alignas(64) double totals[static_cast<std::size_t>(n_vectors * kLanes)];
    SHEERNET_UNROLL
    for (int k = 0; k < n_vectors; ++k) store(totals + k * kLanes, sums_of(sums + k * kLanes));
    SHEERNET_UNROLL
    for (int i = 0; i < R; ++i)
        SHEERNET_UNROLL
        for (int j = 0; j < C; ++j) g[static_cast<std::size_t>(i) * stride + static_cast<std::size_t>(j)] += totals[i * C + j];
}

template <int R, bool ones>
inline void outer_rows(const double *a, const double *d, std::size_t n_out, double *g, std::size_t lanes) {
    for_each_tile<kTileColumns>(n_out, [=](std::size_t j, auto columns) {
        outer_tile<R, decltype(columns)::value, ones>(a, d + j * lanes, g + j, n_out, lanes);
    });
}

// g += a d^T: (n_in, n_out) from (n_in, lanes) and (n_out, lanes).  With a bias, whose input is 1, g has an additional row:
// b_l follows W_l in theta.
inline void outer(
    const double *a, std::size_t n_in, bool bias, const double *d, std::size_t n_out, double *g, std::size_t lanes) {
    const std::size_t n = n_in + (bias ? 1 : 0);
    for_each_tile(n, [&](std::size_t i, auto count) {
        constexpr int R = decltype(count)::value;
        if (bias && i + R == n)
            outer_rows<R, true>(a + i * lanes, d, n_out, g + i * n_out, lanes);
        else
            outer_rows<R, false>(a + i * lanes, d, n_out, g + i * n_out, lanes);
    });
}

// --- sums of products of three factors, with samples as vector lanes ------------------------------------------------------

#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kSumColumns = 8;
constexpr std::size_t kMostSums = 24;  // of the 32 registers
#elif defined(__AVX2__)
constexpr int kSumColumns = 4;
constexpr std::size_t kMostSums = 12;  // of the 16
#else
constexpr int kSumColumns = 4;
constexpr std::size_t kMostSums = 8;  // of the 16
#endif

// The rows of a tile of C columns; more than 8 would need too many pointers.
constexpr std::size_t rows_of_sums(std::size_t C) { return kMostSums / C < 8 ? kMostSums / C : 8; }

// sums[r, j], with rows `stride` apart, += sum over samples of x[r] y[r] columns[j], for the first n of R rows and C columns.
// The sums of a row are filled up to whole vectors, to which zeros are added.
template <std::size_t R, std::size_t C>
inline void add_sums(
    const double *const (&x)[R], const double *const (&y)[R], std::size_t n, const double *columns, double *sums,
    std::size_t stride, std::size_t lanes) {
    constexpr std::size_t vector = static_cast<std::size_t>(kLanes), width = (C + vector - 1) / vector * vector;
    V found[R * width] = {};
    for (std::size_t s = 0; s < lanes; s += vector) {
        V d[C];
        SHEERNET_UNROLL
        for (std::size_t j = 0; j < C; ++j) d[j] = load(columns + j * lanes + s);
        SHEERNET_UNROLL
        for (std::size_t r = 0; r < R; ++r) {
            const V a = load(x[r] + s) * load(y[r] + s);
            SHEERNET_UNROLL
            for (std::size_t j = 0; j < C; ++j) found[r * width + j] = fma(a, d[j], found[r * width + j]);
        }
    }
    SHEERNET_UNROLL
    for (std::size_t r = 0; r < R; ++r)
        SHEERNET_UNROLL
        for (std::size_t k = 0; k < width; k += vector)
            if (r < n) add_to(sums + r * stride + k, sums_of(found + r * width + k));
}

// --- products of panels: numbers in groups of kPanel, sample by sample inside a panel, (panels, lanes, kPanel) ----------
//
// Here the numbers of a panel, not samples, are the vector lanes, which avoids sums over lanes: those of every tile of every
// block took a quarter of the time.  The last panel is padded with zeros.

constexpr std::size_t kPanel = kLanes > 4 ? static_cast<std::size_t>(kLanes) : 4;
constexpr std::size_t kPanelVectors = kPanel / static_cast<std::size_t>(kLanes);
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr std::size_t kTilePanels = 3;  // 8 x 3 (NEON: 4 x 6) sums of the 32 registers
#elif defined(__AVX2__)
constexpr std::size_t kTilePanels = 2;  // 4 x 2 sums of the 16
#else
constexpr std::size_t kTilePanels = 1;  // 4 x 2 sums of the 16
#endif

constexpr std::size_t in_panels(std::size_t n) { return (n + kPanel - 1) / kPanel * kPanel; }

// Adds sums (kPanel, T panels) to m, (n, n), from row i and column j, up to the edges of m.
template <std::size_t T>
inline void add_edge(const V (&sums)[kPanel][T * kPanelVectors], double *m, std::size_t n, std::size_t i, std::size_t j) {
    const std::size_t rows = n - i < kPanel ? n - i : kPanel, columns = n - j < T * kPanel ? n - j : T * kPanel;
    for (std::size_t r = 0; r < rows; ++r) {
        double row[T * kPanel];
        std::memcpy(row, sums[r], sizeof row);
        for (std::size_t c = 0; c < columns; ++c) m[(i + r) * n + j + c] += row[c];
    }
}

// Writes a panel: lane r of sample s is entry(r, s), which returns a vector of samples; both arguments are multiples of kLanes.
template <class Entries>
SHEERNET_INLINE void write_panel(const Entries &entries, double *panel, std::size_t lanes) {
    constexpr std::size_t vector = static_cast<std::size_t>(kLanes);
    for (std::size_t s = 0; s < lanes; s += vector)
        for (std::size_t r = 0; r < kPanel; r += vector) {
            V rows[kLanes];
            entries(r, s, rows);
            SHEERNET_ISA::transpose(rows);
            for (std::size_t k = 0; k < vector; ++k) store(panel + (s + k) * kPanel + r, rows[k]);
        }
}

// sums = sum over samples of the products of a panel of rows and T panels of columns.
template <std::size_t T>
SHEERNET_INLINE void panel_products(
    const double *rows, const double *columns, std::size_t lanes, V (&sums)[kPanel][T * kPanelVectors]) {
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
}

// m, with rows `stride` apart, += products of a panel of rows and T panels of columns.
template <std::size_t T>
inline void product_of_panels(const double *rows, const double *columns, double *m, std::size_t stride, std::size_t lanes) {
    for (std::size_t r = 0; r < kPanel; ++r) __builtin_prefetch(m + r * stride, 1);
    V sums[kPanel][T * kPanelVectors] = {};
    panel_products<T>(rows, columns, lanes, sums);
    for (std::size_t r = 0; r < kPanel; ++r)
        for (std::size_t c = 0; c < T * kPanelVectors; ++c)
            add_to(m + r * stride + c * static_cast<std::size_t>(kLanes), sums[r][c]);
}

// --- symmetric products: J J^T of a Jacobian in panels of parameters, for example ---------------------------------------

// m[i, j] += sum over samples of A[i] B[j], for the panel of rows i and T panels of columns j.
template <std::size_t T>
inline void symmetric_tile(
    const double *A, const double *B, double *m, std::size_t n, std::size_t lanes, std::size_t i, std::size_t j) {
    if (i + kPanel <= n && j + T * kPanel <= n) {
        product_of_panels<T>(A + i * lanes, B + j * lanes, m + i * n + j, n, lanes);
        return;
    }
    V sums[kPanel][T * kPanelVectors] = {};
    panel_products<T>(A + i * lanes, B + j * lanes, lanes, sums);
    add_edge<T>(sums, m, n, i, j);
}

// T panels of columns from j, with all rows down to the diagonal: the columns stay in the first-level cache.
template <std::size_t T>
inline void symmetric_columns(
    const double *A, const double *B, double *m, std::size_t n, std::size_t lanes, std::size_t j) {
    for (std::size_t i = 0; i <= j; i += kPanel) symmetric_tile<T>(A, B, m, n, lanes, i, j);
    if constexpr (T > 1) symmetric_tile<T - 1>(A, B, m, n, lanes, j + kPanel, j + kPanel);
    if constexpr (T > 2) symmetric_tile<T - 2>(A, B, m, n, lanes, j + 2 * kPanel, j + 2 * kPanel);
}

// m += A B^T for the upper triangle of m, (n, n), and some entries below it; the product is symmetric.
inline void symmetric_product(
    const double *A, const double *B, std::size_t n, double *m, std::size_t lanes, const PollHook &poll_hook) {
    constexpr std::size_t many = std::size_t{1} << 17;  // entries of m between two polls, some milliseconds
    std::size_t j = 0, since = 0;
    for (; j + (kTilePanels - 1) * kPanel < n; j += kTilePanels * kPanel) {
        symmetric_columns<kTilePanels>(A, B, m, n, lanes, j);
        since += j * kTilePanels * kPanel;
        if (since < many) continue;
        poll_hook.poll_if_due();
        since = 0;
    }
    for (; j < n; j += kPanel) symmetric_columns<1>(A, B, m, n, lanes, j);
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
