// Variances of the outputs of a network with uncertain weights, per sample.  Follows src/sheernet/statistics/laplace.py.
//
//     var z_L[k] = |L^T g|^2,  g = d z_L[k] / d theta,  cov theta = L L^T
//
// L is lower triangular and packed row by row, P (P + 1) / 2 numbers: a sample and output take P^2 / 2 fused operations.
#pragma once

#include "by_sample.hpp"

namespace sheernet {
namespace SHEERNET_ISA {

// Row i of the packed triangle.
inline const double *row_of_triangle(const double *L, std::size_t i) { return L + i * (i + 1) / 2; }

// Adds the squares of J entries of L^T g from entry `unit`, for Q vectors of samples from `sample`, to their variances.
template <int J, int Q>
inline void square_tile(
    const double *L, const double *g, std::size_t size, double *variances, std::size_t lanes, std::size_t unit,
    std::size_t sample) {
    V sums[static_cast<std::size_t>(J)][static_cast<std::size_t>(Q)] = {};
    const auto add_row = [&](std::size_t i, int n) {
        const double *row = row_of_triangle(L, i) + unit;
        V x[static_cast<std::size_t>(Q)];
        SHEERNET_UNROLL
        for (int q = 0; q < Q; ++q) x[q] = load(g + i * lanes + sample + static_cast<std::size_t>(q * kLanes));
        SHEERNET_UNROLL
        for (int j = 0; j < J; ++j) {
            if (j >= n) break;
            const V factor = all(row[j]);
            SHEERNET_UNROLL
            for (int q = 0; q < Q; ++q) sums[j][q] = fma(factor, x[q], sums[j][q]);
        }
    };
    SHEERNET_UNROLL
    for (int j = 0; j < J; ++j) add_row(unit + static_cast<std::size_t>(j), j + 1);  // the diagonal
    for (std::size_t i = unit + static_cast<std::size_t>(J); i < size; ++i) add_row(i, J);
    SHEERNET_UNROLL
    for (int q = 0; q < Q; ++q) {
        double *const at = variances + sample + static_cast<std::size_t>(q * kLanes);
        V total = load(at);
        SHEERNET_UNROLL
        for (int j = 0; j < J; ++j) total = fma(sums[j][q], sums[j][q], total);
        store(at, total);
    }
}

// variances = |L^T g|^2, (lanes,), for g (P, lanes).
inline void squared_lengths(const double *L, const double *g, std::size_t size, double *variances, std::size_t lanes) {
    constexpr std::size_t vector = static_cast<std::size_t>(kLanes);
    std::memset(variances, 0, lanes * sizeof(double));
    for_each_tile(size, [=](std::size_t j, auto units) {
        for_each_tile<kTileColumns>(lanes / vector, [=](std::size_t q, auto vectors) {
            square_tile<decltype(units)::value, decltype(vectors)::value>(L, g, size, variances, lanes, j, q * vector);
        });
    });
}

// g = d z_L[k] / d theta, (P, lanes), from the forward pass: backpropagation of the unit vector k.
inline void gradient_of_output(
    const Network &net, const double *transposed, const double *X, std::size_t k, const Workspace &ws, double *g,
    std::size_t lanes) {
    double *const seeds = last_delta(net, ws, lanes);
    std::memset(seeds, 0, net.n_outputs() * lanes * sizeof(double));
    std::memcpy(seeds + k * lanes, ws.ones, lanes * sizeof(double));
    backward_by_sample(net, transposed, ws, lanes);
    for_each_weight_block(
        net, X, ws, lanes,
        [&](std::size_t place, const double *a, std::size_t n_in, const double *delta, std::size_t n_out) {
            double *to = g + place * lanes;
            for (std::size_t i = 0; i < n_in; ++i, to += n_out * lanes)
                for (std::size_t j = 0; j < n_out; ++j)
                    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes))
                        store(to + j * lanes + s, load(a + i * lanes + s) * load(delta + j * lanes + s));
        });
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
