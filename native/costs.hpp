// Costs of a block of samples: loss, its derivative with respect to the output pre-activations, and its curvature.
// Follows src/sheernet/objective/costs.py, whose formulas keep full relative accuracy for saturated units.
//
// A cost overwrites z[k] by delta[k] = w dloss/dz_k, (K, lanes), writes the curvature unless it is null, and returns the sums of
// w loss and of w (absolute terms).
// Samples of weight 0 are padding: their results count as 0, even if they are inf or nan.
#pragma once

#include "activations.hpp"

namespace sheernet {
namespace SHEERNET_ISA {

struct LossSums {
    V cost, magnitude;
};

// The Gauss-Newton curvature H of the loss as roots, H = sum_k s_k s_k^T over the outputs: s_k = r_k e_k, or for softmax,
// H = w (diag(p) - p p^T), s_k = r_k (e_k - p) with r_k = sqrt(w p_k).
struct Curvature {
    double *roots;           // r_k, (K, lanes)
    double *others, *minus;  // for softmax: sum_{j != k} p_j, which is 1 - p_k, and -p_k, likewise
};

struct Residual {
    V rho, slope, curvature;  // rho(r), rho'(r), rho''(r)
};

template <Cost cost>
SHEERNET_INLINE Residual residual(V r, double threshold) {
    if constexpr (cost == Cost::squared_error) return {0.5 * r * r, r, all(1.0)};
    const V s = magnitude(r) / threshold;
    const V near = s > 1e8 ? V{} : s;  // beyond 1e8 the root equals s up to rounding, and s s could overflow
    const V length = s > 1e8 ? s : root(1.0 + near * near), inverse = 1.0 / length;
    return {r * (r / (1.0 + length)), r / length, inverse * inverse * inverse};
}

// A cost of one output at a point: loss, delta, Gauss-Newton curvature, sum of absolute terms.
struct Local {
    V loss, delta, curvature, terms;
};

template <Cost cost>
SHEERNET_INLINE Local local(Activation output, double threshold, V z, V y) {
    if constexpr (cost == Cost::binary_cross_entropy) {
        const V e = exp(-magnitude(z)), inverse = 1.0 / (1.0 + e), tail = log1p_up_to_1(e);
        const V up = z > 0.0 ? inverse : e * inverse, down = z > 0.0 ? e * inverse : inverse;  // sigmoid(z), sigmoid(-z)
        const V above = (z > 0.0 ? z : V{}) + tail, below = (z < 0.0 ? -z : V{}) + tail;  // softplus(z), softplus(-z)
        const V loss = y * below + (1.0 - y) * above, delta = (1.0 - y) * up - y * down;
        return {loss, delta, e * inverse * inverse, loss + magnitude(z * delta)};
    }
    if constexpr (cost == Cost::poisson) {
        const V e = exp(z);
        return {e - y * z, e - y, e, e * (1.0 + magnitude(z)) + y * magnitude(z)};
    }
    const Pair a = activate(output, z);
    const Residual r = residual<cost>(a.value - y, threshold);
    const V scale = magnitude(a.value) + magnitude(y);
    return {
        r.rho, r.slope * a.slope, r.curvature * a.slope * a.slope,
        (magnitude(r.slope) + r.curvature * kEpsilon * scale) * scale};
}

template <Cost cost>
inline LossSums cost_by_output(
    const Network &net, double *z, const double *y, const double *w, const Curvature *curvature, std::size_t lanes) {
    const Activation output = net.layers[net.n_layers - 1].activation;
    LossSums sums{};
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        const V weight = load(w + s);
        V loss{}, terms{};
        for (std::size_t k = 0; k < net.n_outputs(); ++k) {
            const Local here = local<cost>(output, net.cost_parameter, load(z + k * lanes + s), load(y + k * lanes + s));
            loss += here.loss;
            terms += here.terms;
            store(z + k * lanes + s, weight > 0.0 ? weight * here.delta : V{});
            if (curvature) store(curvature->roots + k * lanes + s, weight > 0.0 ? root(weight * here.curvature) : V{});
        }
        sums.cost += weight > 0.0 ? weight * loss : V{};
        sums.magnitude += weight > 0.0 ? weight * terms : V{};
    }
    return sums;
}

// Softmax of kLanes samples: the largest z_k, and the sum of exp(z_k - largest) over all k except its first occurrence.
struct Softmax {
    static constexpr std::size_t kKept = 16;

    V largest, others;
    I which;                // first index of the largest z_k
    V exponentials[kKept];  // exp(z_k - largest) of the first ones; those of more are computed again

    SHEERNET_INLINE V exponential(V z_k, std::size_t k) const { return k < kKept ? exponentials[k] : exp(z_k - largest); }
};

SHEERNET_INLINE Softmax softmax_of(const double *z, std::size_t n, std::size_t lanes) {
    Softmax found;
    found.largest = load(z);
    found.others = V{};
    found.which = I{};
    for (std::size_t k = 1; k < n; ++k) {
        const V z_k = load(z + k * lanes);
        const I more = z_k > found.largest;
        found.largest = more ? z_k : found.largest;
        found.which = more ? I{} + static_cast<std::int64_t>(k) : found.which;
    }
    for (std::size_t k = 0; k < n; ++k) {
        const V e = exp(load(z + k * lanes) - found.largest);
        if (k < Softmax::kKept) found.exponentials[k] = e;
        found.others += found.which == static_cast<std::int64_t>(k) ? V{} : e;
    }
    return found;
}

// p_k and the sum of all other p_j, neither computed as 1 minus the other.
struct Probability {
    V value, others;
};

SHEERNET_INLINE Probability probability_of(const Softmax &all_of_them, V z_k, std::size_t k) {
    const V inverse = 1.0 / (1.0 + all_of_them.others);
    const I is_largest = all_of_them.which == static_cast<std::int64_t>(k);
    const V e = is_largest ? all(1.0) : all_of_them.exponential(z_k, k);
    return {e * inverse, (is_largest ? all_of_them.others : 1.0 + all_of_them.others - e) * inverse};
}

inline LossSums cost_of_softmax(
    const Network &net, double *z, const double *y, const double *w, const Curvature *curvature, std::size_t lanes) {
    const std::size_t n = net.n_outputs();
    LossSums sums{};
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        const V weight = load(w + s);
        const Softmax found = softmax_of(z + s, n, lanes);
        const V tail = log1p_from_0(found.others);
        V loss = tail, terms = tail;
        for (std::size_t k = 0; k < n; ++k) {
            const V z_k = load(z + k * lanes + s), y_k = load(y + k * lanes + s), shifted = z_k - found.largest;
            const Probability p = probability_of(found, z_k, k);
            const V delta = p.value * (1.0 - y_k) - y_k * p.others;
            loss -= y_k * shifted;
            terms += y_k * magnitude(shifted) + magnitude(z_k) * magnitude(delta);
            store(z + k * lanes + s, weight > 0.0 ? weight * delta : V{});
            if (!curvature) continue;
            store(curvature->roots + k * lanes + s, weight > 0.0 ? root(weight * p.value) : V{});
            store(curvature->others + k * lanes + s, weight > 0.0 ? p.others : V{});
            store(curvature->minus + k * lanes + s, weight > 0.0 ? -p.value : V{});
        }
        sums.cost += weight > 0.0 ? weight * loss : V{};
        sums.magnitude += weight > 0.0 ? weight * terms : V{};
    }
    return sums;
}

// --- gaussian_nll, student_t: a location m and a log squared scale s per target ------------------------------------------
//
// z is (2 K, lanes) for K targets: m_1 to m_K, then s_1 to s_K.  The loss is inf where exp(-s) overflows.

// e = exp(-s/2), u = (m - y) e, q = u^2, and functions of q: g, W = 2 g', 1 - q W, W + 2 q W', W + q W'.
struct LocationScale {
    V e, u, q, value, weight, shortfall, by_location, by_scale;
};

template <Cost cost>
SHEERNET_INLINE LocationScale location_scale(double nu, V m, V s, V y) {
    const V e = exp(-0.5 * s), u = (m - y) * e, q = u * u, one = all(1.0);
    if constexpr (cost == Cost::gaussian_nll) return {e, u, q, 0.5 * q, one, 1.0 - q, one, one};
    const V inverse = 1.0 / (nu + q), weight = (nu + 1.0) * inverse;
    return {
        e, u, q, 0.5 * (nu + 1.0) * log1p_from_0(q / nu), weight, nu * ((1.0 - q) * inverse),
        weight * ((nu - q) * inverse), weight * (nu * inverse)};
}

// The Fisher information of a location, in units of exp(-s), and of a log squared scale.
struct Fisher {
    double location, scale;
};

template <Cost cost>
constexpr Fisher fisher(double nu) {
    if constexpr (cost == Cost::gaussian_nll) return {1.0, 0.5};
    return {(nu + 1.0) / (nu + 3.0), 0.5 * nu / (nu + 3.0)};
}

template <Cost cost>
inline LossSums cost_of_pairs(
    const Network &net, double *z, const double *y, const double *w, const Curvature *curvature, std::size_t lanes) {
    const double nu = net.cost_parameter;
    const Fisher information = fisher<cost>(nu);
    const std::size_t n = net.n_targets();
    LossSums sums{};
    for (std::size_t at = 0; at < lanes; at += static_cast<std::size_t>(kLanes)) {
        const V weight = load(w + at);
        V loss{}, terms{};
        for (std::size_t k = 0; k < n; ++k) {
            double *const location = z + k * lanes + at, *const log_scale = location + n * lanes;
            const V m = load(location), s = load(log_scale), y_k = load(y + k * lanes + at);
            const LocationScale here = location_scale<cost>(nu, m, s, y_k);
            const V precision = here.e * here.e, slope = here.weight * here.u * here.e;
            const V size = magnitude(m) + magnitude(y_k);
            loss += precision == __builtin_inf() ? all(__builtin_inf()) : 0.5 * s + here.value;
            terms += 0.5 * magnitude(s) * (1.0 + magnitude(here.shortfall)) + here.value +
                     (magnitude(slope) + information.location * precision * kEpsilon * size) * size;
            store(location, weight > 0.0 ? weight * slope : V{});
            store(log_scale, weight > 0.0 ? weight * (0.5 * here.shortfall) : V{});
            if (!curvature) continue;  // diagonal: the Fisher information
            double *const roots = curvature->roots + k * lanes + at;
            store(roots, weight > 0.0 ? root(weight * information.location) * here.e : V{});
            store(roots + n * lanes, weight > 0.0 ? root(weight * information.scale) : V{});
        }
        sums.cost += weight > 0.0 ? weight * loss : V{};
        sums.magnitude += weight > 0.0 ? weight * terms : V{};
    }
    return sums;
}

inline LossSums cost_of(
    const Network &net, double *z, const double *y, const double *w, const Curvature *curvature, std::size_t lanes) {
    switch (net.cost) {
        case Cost::huber: return cost_by_output<Cost::huber>(net, z, y, w, curvature, lanes);
        case Cost::binary_cross_entropy: return cost_by_output<Cost::binary_cross_entropy>(net, z, y, w, curvature, lanes);
        case Cost::cross_entropy: return cost_of_softmax(net, z, y, w, curvature, lanes);
        case Cost::poisson: return cost_by_output<Cost::poisson>(net, z, y, w, curvature, lanes);
        case Cost::gaussian_nll: return cost_of_pairs<Cost::gaussian_nll>(net, z, y, w, curvature, lanes);
        case Cost::student_t: return cost_of_pairs<Cost::student_t>(net, z, y, w, curvature, lanes);
        default: return cost_by_output<Cost::squared_error>(net, z, y, w, curvature, lanes);
    }
}

// --- linearization of delta_L: `curvature` holds the functions of z in ddelta = w d2loss/dz2 dz, (curvature_rows, lanes) ---

// w d2loss/dz_k^2 of each output; for cross_entropy p_k and the sum of the other p_j; for a location m and a log squared
// scale s the entries mm, ms and ss of w d2loss.
inline std::size_t curvature_rows(const Network &net) {
    if (net.cost == Cost::cross_entropy) return 2 * net.n_outputs();
    return outputs_per_target(net.cost) == 2 ? 3 * net.n_targets() : net.n_outputs();
}

template <Cost cost>
inline void linearize_by_output(
    const Network &net, double *z, const double *y, const double *w, double *curvature, std::size_t lanes) {
    const Activation output = net.layers[net.n_layers - 1].activation;
    for (std::size_t k = 0; k < net.n_outputs(); ++k)
        for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
            const std::size_t at = k * lanes + s;
            const V weight = load(w + s), z_k = load(z + at), y_k = load(y + at);
            const Local here = local<cost>(output, net.cost_parameter, z_k, y_k);
            V second = here.curvature;
            if constexpr (cost != Cost::binary_cross_entropy && cost != Cost::poisson) {
                const Pair a = activate(output, z_k);
                second += residual<cost>(a.value - y_k, net.cost_parameter).slope * second_slope(output, z_k, a);
            }
            store(z + at, weight > 0.0 ? weight * here.delta : V{});
            store(curvature + at, weight > 0.0 ? weight * second : V{});
        }
}

inline void linearize_softmax(
    const Network &net, double *z, const double *y, const double *w, double *curvature, std::size_t lanes) {
    const std::size_t n = net.n_outputs();
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        const V weight = load(w + s);
        const Softmax found = softmax_of(z + s, n, lanes);
        for (std::size_t k = 0; k < n; ++k) {
            const std::size_t at = k * lanes + s;
            const V y_k = load(y + at);
            const Probability p = probability_of(found, load(z + at), k);
            const V delta = p.value * (1.0 - y_k) - y_k * p.others;
            store(z + at, weight > 0.0 ? weight * delta : V{});
            store(curvature + at, p.value);
            store(curvature + at + n * lanes, p.others);
        }
    }
}

template <Cost cost>
inline void linearize_pairs(
    const Network &net, double *z, const double *y, const double *w, double *curvature, std::size_t lanes) {
    const std::size_t n = net.n_targets(), to_next = n * lanes;
    for (std::size_t at = 0; at < n * lanes; at += static_cast<std::size_t>(kLanes)) {
        const V weight = load(w + at % lanes);
        const LocationScale here =
            location_scale<cost>(net.cost_parameter, load(z + at), load(z + at + to_next), load(y + at));
        const auto keep = [&](double *to, V found) { store(to, weight > 0.0 ? weight * found : V{}); };
        keep(z + at, here.weight * here.u * here.e);
        keep(z + at + to_next, 0.5 * here.shortfall);
        keep(curvature + at, here.by_location * here.e * here.e);
        keep(curvature + at + to_next, -here.by_scale * here.u * here.e);
        keep(curvature + at + 2 * to_next, 0.5 * here.by_scale * here.q);
    }
}

// Overwrites z by delta_L, as cost_of, and writes `curvature`.
inline void linearize_cost(
    const Network &net, double *z, const double *y, const double *w, double *curvature, std::size_t lanes) {
    switch (net.cost) {
        case Cost::huber: linearize_by_output<Cost::huber>(net, z, y, w, curvature, lanes); break;
        case Cost::binary_cross_entropy:
            linearize_by_output<Cost::binary_cross_entropy>(net, z, y, w, curvature, lanes);
            break;
        case Cost::cross_entropy: linearize_softmax(net, z, y, w, curvature, lanes); break;
        case Cost::poisson: linearize_by_output<Cost::poisson>(net, z, y, w, curvature, lanes); break;
        case Cost::gaussian_nll: linearize_pairs<Cost::gaussian_nll>(net, z, y, w, curvature, lanes); break;
        case Cost::student_t: linearize_pairs<Cost::student_t>(net, z, y, w, curvature, lanes); break;
        default: linearize_by_output<Cost::squared_error>(net, z, y, w, curvature, lanes); break;
    }
}

// w p_k (dz_k sum_{j != k} p_j - sum_{j != k} p_j dz_j): the second sum is split into j < k and j > k.
inline void tangent_of_softmax(
    const Network &net, const double *curvature, const double *w, const double *dz, double *ddelta, std::size_t lanes) {
    const std::size_t n = net.n_outputs();
    const double *const others = curvature + n * lanes;
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        const V weight = load(w + s);
        V before{}, after{};
        for (std::size_t k = 0; k < n; ++k) {
            store(ddelta + k * lanes + s, before);
            before += load(curvature + k * lanes + s) * load(dz + k * lanes + s);
        }
        for (std::size_t k = n; k-- > 0;) {
            const std::size_t at = k * lanes + s;
            const V p = load(curvature + at), dz_k = load(dz + at);
            const V moved = p * (load(others + at) * dz_k - (load(ddelta + at) + after));
            after += p * dz_k;
            store(ddelta + at, weight > 0.0 ? weight * moved : V{});
        }
    }
}

inline void tangent_of_pairs(
    const Network &net, const double *curvature, const double *dz, double *ddelta, std::size_t lanes) {
    const std::size_t to_next = net.n_targets() * lanes;
    for (std::size_t at = 0; at < to_next; at += static_cast<std::size_t>(kLanes)) {
        const V dm = load(dz + at), ds = load(dz + at + to_next), mixed = load(curvature + at + to_next);
        store(ddelta + at, load(curvature + at) * dm + mixed * ds);
        store(ddelta + at + to_next, mixed * dm + load(curvature + at + 2 * to_next) * ds);
    }
}

// The derivative of delta_L along dz_L: ddelta, (K, lanes).
inline void tangent_of_cost(
    const Network &net, const double *curvature, const double *w, const double *dz, double *ddelta, std::size_t lanes) {
    if (net.cost == Cost::cross_entropy) return tangent_of_softmax(net, curvature, w, dz, ddelta, lanes);
    if (outputs_per_target(net.cost) == 2) return tangent_of_pairs(net, curvature, dz, ddelta, lanes);
    for (std::size_t at = 0; at < net.n_outputs() * lanes; at += static_cast<std::size_t>(kLanes))
        store(ddelta + at, load(curvature + at) * load(dz + at));
}

// --- roots of the curvature -----------------------------------------------------------------------------------------------

// Writes s_k, (K, lanes).
inline void root_of_curvature(
    const Network &net, std::size_t k, const Curvature &curvature, double *seeds, std::size_t lanes) {
    const double *scale = curvature.roots + k * lanes;
    if (has_diagonal_curvature(net.cost)) {
        std::memset(seeds, 0, net.n_outputs() * lanes * sizeof(double));
        std::memcpy(seeds + k * lanes, scale, lanes * sizeof(double));
        return;
    }
    for (std::size_t j = 0; j < net.n_outputs(); ++j) {
        const double *factor = (j == k ? curvature.others : curvature.minus) + j * lanes;
        for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes))
            store(seeds + j * lanes + s, load(scale + s) * load(factor + s));
    }
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
