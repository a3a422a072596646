// Both passes differentiated along a direction v of theta.  Follows src/sheernet/network/propagation.py: tangent_forward,
// tangent_backward.  Pearlmutter (1994), Neural Computation 6(1), 147-160, eq. 3.1 to 3.8.
//
// Quantities that depend only on theta are computed once, by linearize_block(), for any number of directions.
#pragma once

#include "costs.hpp"
#include "passes.hpp"

namespace sheernet {
namespace SHEERNET_ISA {

// --- sums of two products: the derivative of a product a b is da b + a db ------------------------------------------------

// An array of a block, (n, lanes), and weights in C order with n rows.
struct Factors {
    const double *a, *W;
};

// z[j] = end(begin[j] + sum_i (first.W[i, j] first.a[i] + second.W[i, j] second.a[i])): tiles as in product_tile.
template <int J, int Q, class Begin, class End>
inline void two_products_tile(
    Factors first, Factors second, std::size_t n_in, std::size_t n_out, Begin begin, End end, double *z, std::size_t lanes,
    std::size_t unit, std::size_t sample) {
    const auto place = [=](int j, int q) {
        return (unit + static_cast<std::size_t>(j)) * lanes + sample + static_cast<std::size_t>(q * kLanes);
    };
    V sums[static_cast<std::size_t>(J)][static_cast<std::size_t>(Q)];
    SHEERNET_UNROLL
    for (int j = 0; j < J; ++j)
        SHEERNET_UNROLL
        for (int q = 0; q < Q; ++q) sums[j][q] = begin(unit + static_cast<std::size_t>(j), place(j, q));
    // The rows of both products alternate in one loop: with both in a pass of it, GCC loads all factors first, and keeps some of
    // the sums in memory.
    Factors now{first.a + sample, first.W + unit}, next{second.a + sample, second.W + unit};
    for (std::size_t i = 0; i < 2 * n_in; ++i) {
        V x[static_cast<std::size_t>(Q)];
        SHEERNET_UNROLL
        for (int q = 0; q < Q; ++q) x[q] = load(now.a + static_cast<std::size_t>(q * kLanes));
        SHEERNET_UNROLL
        for (int j = 0; j < J; ++j) {
            const V w = all(now.W[static_cast<std::size_t>(j)]);
            SHEERNET_UNROLL
            for (int q = 0; q < Q; ++q) sums[j][q] = fma(w, x[q], sums[j][q]);
        }
        const Factors used = now;
        now = next;
        next = {used.a + lanes, used.W + n_out};
    }
    SHEERNET_UNROLL
    for (int j = 0; j < J; ++j)
        SHEERNET_UNROLL
        for (int q = 0; q < Q; ++q) store(z + place(j, q), end(sums[j][q], place(j, q)));
}

template <class Begin, class End>
inline void two_products(
    Factors first, Factors second, std::size_t n_in, Begin begin, End end, double *z, std::size_t n_out, std::size_t lanes) {
    constexpr std::size_t vector = static_cast<std::size_t>(kLanes);
    for_each_tile(n_out, [=](std::size_t j, auto units) {
        for_each_tile<kTileColumns>(lanes / vector, [=](std::size_t q, auto vectors) {
            two_products_tile<decltype(units)::value, decltype(vectors)::value>(
                first, second, n_in, n_out, begin, end, z, lanes, j, q * vector);
        });
    });
}

// g[i, j] += sum over samples of a[i] dd[j] + da[i] d[j]: tiles as in outer_tile; the last row, of a bias, sums only dd.
template <int R, int C, bool ones>
inline void two_outers_tile(
    const double *a, const double *dd, const double *da, const double *d, double *g, std::size_t stride, std::size_t lanes) {
    constexpr int n_sums = R * C, n_vectors = (n_sums + kLanes - 1) / kLanes;
    V sums[static_cast<std::size_t>(n_vectors * kLanes)] = {};
    const auto row = [=](const double *array, int i, std::size_t s) { return load(array + static_cast<std::size_t>(i) * lanes + s); };
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        V dy[static_cast<std::size_t>(C)];
        SHEERNET_UNROLL
        for (int j = 0; j < C; ++j) dy[j] = row(dd, j, s);
        SHEERNET_UNROLL
        for (int i = 0; i < R; ++i) {
            if (ones && i + 1 == R) {
                SHEERNET_UNROLL
                for (int j = 0; j < C; ++j) sums[i * C + j] += dy[j];
            } else {
                const V x = row(a, i, s);
                SHEERNET_UNROLL
                for (int j = 0; j < C; ++j) sums[i * C + j] = fma(x, dy[j], sums[i * C + j]);
            }
        }
        SHEERNET_LOADS_END;
        V y[static_cast<std::size_t>(C)];
        SHEERNET_UNROLL
        for (int j = 0; j < C; ++j) y[j] = row(d, j, s);
        SHEERNET_UNROLL
        for (int i = 0; i < (ones ? R - 1 : R); ++i) {
            const V dx = row(da, i, s);
            SHEERNET_UNROLL
            for (int j = 0; j < C; ++j) sums[i * C + j] = fma(dx, y[j], sums[i * C + j]);
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
inline void two_outers_rows(
    const double *a, const double *dd, const double *da, const double *d, std::size_t n_out, double *g, std::size_t lanes) {
    for_each_tile<kTileColumns>(n_out, [=](std::size_t j, auto columns) {
        two_outers_tile<R, decltype(columns)::value, ones>(a, dd + j * lanes, da, d + j * lanes, g + j, n_out, lanes);
    });
}

// g += a dd^T + da d^T: (n_in, n_out), with an additional row for a bias, as in outer().
inline void two_outers(
    const double *a, const double *dd, const double *da, const double *d, std::size_t n_in, bool bias, std::size_t n_out,
    double *g, std::size_t lanes) {
    const std::size_t n = n_in + (bias ? 1 : 0);
    for_each_tile(n, [&](std::size_t i, auto count) {
        constexpr int R = decltype(count)::value;
        if (bias && i + R == n)
            two_outers_rows<R, true>(a + i * lanes, dd, da + i * lanes, d, n_out, g + i * n_out, lanes);
        else
            two_outers_rows<R, false>(a + i * lanes, dd, da + i * lanes, d, n_out, g + i * n_out, lanes);
    });
}

// --- at theta ------------------------------------------------------------------------------------------------------------

// The part of a block's passes that depends only on theta.  Hidden layers only: slopes, second_slopes, deltas.
struct Linearization : Passes {  // delta_L in place of a_L; second_slopes hold (delta_{l+1} W_{l+1}^T) f''(z_l)
    double *deltas;     // delta_l
    double *curvature;  // second derivatives of the cost with respect to z_L (costs.hpp)

    Linearization(const Network &net, std::size_t lanes, double *memory) : Passes{} {
        const std::size_t hidden = (net.sum_of_widths - net.n_outputs()) * lanes;
        activations = memory;
        slopes = activations + net.sum_of_widths * lanes;
        second_slopes = slopes + hidden;
        deltas = second_slopes + hidden;
        curvature = deltas + hidden;
    }
};

inline std::size_t linearization_size(const Network &net, std::size_t lanes) {
    return (4 * net.sum_of_widths - 3 * net.n_outputs() + curvature_rows(net)) * lanes;
}

// Ends a product back = delta_{l+1} W_{l+1}^T: f'' is overwritten by back f'', the result is delta_l = back f'.
struct Delta {
    const double *slopes;
    double *second_slopes;
    V operator()(V back, std::size_t place) const {
        store(second_slopes + place, back * load(second_slopes + place));
        return back * load(slopes + place);
    }
};

inline void linearize_block(
    const Network &net, const double *theta, const double *transposed, const Samples &samples, std::size_t block,
    const Linearization &at) {
    const std::size_t lanes = samples.lanes;
    double *const z = forward(net, theta, samples.X + block * net.n_inputs() * lanes, Keep::second_slopes, at, lanes);
    linearize_cost(
        net, z, samples.y + block * net.n_targets() * lanes, samples.w + block * lanes, at.curvature, lanes);
    // z is delta_L now
    const double *delta = z;
    std::size_t place = (net.sum_of_widths - net.n_outputs()) * lanes;
    for (std::size_t l = net.n_layers; --l > 0;) {
        const Layer &layer = net.layers[l];
        place -= layer.n_in * lanes;
        double *const back = at.deltas + place;
        const Delta end{at.slopes + place, at.second_slopes + place};
        product(delta, layer.n_out, transposed + layer.weights, Zero{}, end, back, layer.n_in, lanes);
        delta = back;
    }
}

// --- along v -------------------------------------------------------------------------------------------------------------

// theta and a direction v, (P,), both also as from transpose().
struct Direction {
    const double *theta, *transposed, *v, *v_transposed;
};

// The arrays of a block that depend on v.
struct Tangents {
    double *da;              // da_l, (sum of widths, lanes); dz_L in place of da_L
    double *bends;           // (delta_{l+1} W_{l+1}^T) f''(z_l) dz_l of the hidden layers
    double *ddelta, *dnext;  // (widest, lanes)

    Tangents(const Network &net, std::size_t lanes, double *memory)
        : da(memory), bends(da + net.sum_of_widths * lanes), ddelta(bends + net.sum_of_widths * lanes),
          dnext(ddelta + net.widest * lanes) {}
};

inline std::size_t tangents_size(const Network &net, std::size_t lanes) {
    return 2 * (net.sum_of_widths + net.widest) * lanes;
}

// Ends a product dz_l: the result is da_l = f' dz_l.
struct Tangent {
    const double *slopes, *second_slopes;
    double *bends;
    V operator()(V dz, std::size_t place) const {
        store(bends + place, load(second_slopes + place) * dz);
        return load(slopes + place) * dz;
    }
};

// Ends a product ddelta_{l+1} W^T + delta_{l+1} V^T: the result is ddelta_l.
struct DeltaTangent {
    const double *slopes, *bends;
    V operator()(V back, std::size_t place) const { return fma(back, load(slopes + place), load(bends + place)); }
};

// dz_l = da_{l-1} W_l + a_{l-1} V_l + v_l of one layer; da is null for the first.
template <class Begin, class End>
inline void tangent_of_layer(
    const Layer &layer, const Direction &along, const double *a, const double *da, Begin begin, End end, double *dz,
    std::size_t lanes) {
    const double *V_l = along.v + layer.weights, *W = along.theta + layer.weights;
    if (da)
        two_products({a, V_l}, {da, W}, layer.n_in, begin, end, dz, layer.n_out, lanes);
    else
        product(a, layer.n_in, V_l, begin, end, dz, layer.n_out, lanes);
}

// dz_l as above, da_l = f_l'(z_l) dz_l.  dz_L also includes X times the part of v for S.  Returns dz_L.
inline double *tangent_forward(
    const Network &net, const Direction &along, const double *X, const Linearization &at, const Tangents &tangents,
    std::size_t lanes) {
    const double *a = X, *da = nullptr;
    double *dz = nullptr;
    std::size_t place = 0;
    for (std::size_t l = 0; l < net.n_layers; ++l) {
        const Layer &layer = net.layers[l];
        dz = tangents.da + place;
        const auto with = [&](auto end) {
            if (layer.bias == kNone)
                tangent_of_layer(layer, along, a, da, Zero{}, end, dz, lanes);
            else
                tangent_of_layer(layer, along, a, da, Bias{along.v + layer.bias}, end, dz, lanes);
        };
        if (l + 1 < net.n_layers)
            with(Tangent{at.slopes + place, at.second_slopes + place, tangents.bends + place});
        else
            with(Nothing{});
        a = at.activations + place;
        da = dz;
        place += layer.n_out * lanes;
    }
    if (net.skip != kNone) product(X, net.n_inputs(), along.v + net.skip, Onto{dz}, Nothing{}, dz, net.n_outputs(), lanes);
    return dz;
}

// ddelta_{l-1} = (ddelta_l W_l^T + delta_l V_l^T) f' + (delta_l W_l^T) f'' dz, from ddelta_L.  Adds the derivative of the
// gradient along v, a_{l-1}^T ddelta_l + da_{l-1}^T delta_l, to `moved`, (P,).
inline void tangent_backward(
    const Network &net, const Direction &along, const double *X, const Linearization &at, const Tangents &tangents,
    double *moved, std::size_t lanes) {
    std::size_t place = (net.sum_of_widths - net.n_outputs()) * lanes;  // of layer l + 1, counted from 1
    const double *delta = at.activations + place;
    double *ddelta = tangents.ddelta, *dnext = tangents.dnext;
    if (net.skip != kNone) outer(X, net.n_inputs(), false, ddelta, net.n_outputs(), moved + net.skip, lanes);
    for (std::size_t l = net.n_layers; --l > 0;) {
        const Layer &layer = net.layers[l];
        place -= layer.n_in * lanes;
        const double *a = at.activations + place, *da = tangents.da + place;
        two_outers(a, ddelta, da, delta, layer.n_in, layer.bias != kNone, layer.n_out, moved + layer.weights, lanes);
        const DeltaTangent end{at.slopes + place, tangents.bends + place};
        two_products(
            {ddelta, along.transposed + layer.weights}, {delta, along.v_transposed + layer.weights}, layer.n_out, Zero{}, end,
            dnext, layer.n_in, lanes);
        delta = at.deltas + place;
        double *const used = ddelta;
        ddelta = dnext;
        dnext = used;
    }
    const Layer &first = net.layers[0];
    outer(X, first.n_in, first.bias != kNone, ddelta, first.n_out, moved + first.weights, lanes);
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
