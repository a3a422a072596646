// Forward and backward pass over a block of samples.  Follows src/sheernet/network/propagation.py: forward, backward.
#pragma once

#include "activations.hpp"
#include "products.hpp"
#include "structure.hpp"

namespace sheernet {
namespace SHEERNET_ISA {
// The arrays of a block that a forward pass writes.  Arrays over layers store the layers consecutively.
struct Passes {
    double *activations;    // a_1, ..., a_L, (sum of widths, lanes); z_L in place of a_L
    double *slopes;         // f'(z_l), likewise; delta_l after backward()
    double *second_slopes;  // f''(z_l), likewise
};

// The arrays of a block within the scratch memory, except those of Hessian-vector products (tangents.hpp).
struct Workspace : Passes {
    double *delta, *next;  // (widest, lanes)

    // For derivatives per sample:
    double *deltas;        // delta_l, like activations
    double *ones, *zeros;  // (lanes,)
    double *curvature;     // (3 K, lanes), see costs.hpp
    double *jacobian;      // (P, lanes) in panels, or the arrays of by_structure.hpp

    Workspace(const Network &net, std::size_t lanes, double *scratch) : Passes{} {
        const auto take = [&](std::size_t rows) {
            double *here = scratch;
            scratch += rows * lanes;
            return here;
        };
        activations = take(net.sum_of_widths);
        slopes = take(net.sum_of_widths);
        delta = take(net.widest);
        next = take(net.widest);
        deltas = take(net.sum_of_widths);
        ones = take(1);
        zeros = take(1);
        curvature = take(3 * net.n_outputs());
        jacobian = scratch;
    }
};

inline std::size_t workspace_size(const Network &net, std::size_t lanes, bool for_matrix) {
    const std::size_t jacobian = in_panels(net.size), structure = n_structure_arrays(net);
    const std::size_t of_matrix = 3 * net.n_outputs() + (structure > jacobian ? structure : jacobian);
    return (3 * net.sum_of_widths + 2 * net.widest + 2 + (for_matrix ? of_matrix : 0)) * lanes;
}

// Derivatives that a forward pass stores in addition to the activations; each option includes the previous options.
enum class Keep { nothing, slopes, second_slopes };

// z = a W + b of one layer, with weights and biases from theta.
inline void affine(const Layer &layer, const double *theta, const double *a, double *z, std::size_t lanes) {
    const double *W = theta + layer.weights;
    if (layer.bias == kNone)
        product(a, layer.n_in, W, Zero{}, Nothing{}, z, layer.n_out, lanes);
    else
        product(a, layer.n_in, W, Bias{theta + layer.bias}, Nothing{}, z, layer.n_out, lanes);
}

// z_l = a_{l-1} W_l + b_l, a_l = f_l(z_l); z_L also includes X S, and f_L is not applied.  Returns z_L.
inline double *forward(
    const Network &net, const double *theta, const double *X, Keep keep, const Passes &passes, std::size_t lanes) {
    const double *a = X;
    std::size_t place = 0;
    double *z = nullptr;
    for (std::size_t l = 0; l < net.n_layers; ++l) {
        const Layer &layer = net.layers[l];
        z = passes.activations + place * lanes;
        affine(layer, theta, a, z, lanes);
        if (l + 1 < net.n_layers) {
            double *slope = keep == Keep::nothing ? nullptr : passes.slopes + place * lanes;
            if (keep == Keep::second_slopes)
                activate_layer(layer.activation, z, slope, passes.second_slopes + place * lanes, layer.n_out * lanes);
            else
                activate_layer(layer.activation, z, slope, layer.n_out * lanes);
        }
        a = z;
        place += layer.n_out;
    }
    if (net.skip != kNone) product(X, net.n_inputs(), theta + net.skip, Onto{z}, Nothing{}, z, net.n_outputs(), lanes);
    return z;
}

// Location of a layer's inputs: a_l for layer index l, counted from 0 (a_0 is X).
inline const double *inputs_of(const Network &net, std::size_t l, const double *X, const Passes &passes, std::size_t lanes) {
    std::size_t place = 0;
    for (std::size_t k = 0; k + 1 < l; ++k) place += net.layers[k].n_out;
    return l == 0 ? X : passes.activations + place * lanes;
}

// Adds the gradient of every block of theta, from delta_L, which is stored in z_L.  delta_l overwrites f_l'(z_l), which
// saves an array per block in the cache.
inline void backward(
    const Network &net, const double *transposed, const double *X, const double *delta_L, const Workspace &ws,
    double *gradient, std::size_t lanes) {
    const double *delta = delta_L;
    if (net.skip != kNone) outer(X, net.n_inputs(), false, delta, net.n_outputs(), gradient + net.skip, lanes);
    for (std::size_t l = net.n_layers; l-- > 0;) {
        const Layer &layer = net.layers[l];
        const double *a = inputs_of(net, l, X, ws, lanes);
        outer(a, layer.n_in, layer.bias != kNone, delta, layer.n_out, gradient + layer.weights, lanes);
        if (l == 0) break;
        double *back = ws.slopes + (a - ws.activations);
        product(delta, layer.n_out, transposed + layer.weights, Zero{}, Times{back}, back, layer.n_in, lanes);
        delta = back;
    }
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
