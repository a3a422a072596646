// Both passes differentiated along a direction v of theta.  Follows src/sheernet/network/propagation.py: tangent_forward,
// tangent_backward.  Pearlmutter (1994), Neural Computation 6(1), 147-160, eq. 3.1 to 3.8.
#pragma once

#include "passes.hpp"

namespace sheernet {
namespace SHEERNET_ISA {
// dz_l = da_{l-1} W_l + a_{l-1} V_l + v_l, da_l = f_l'(z_l) dz_l along v = (V_1, v_1, ...).  Replaces f_l''(z_l) by
// f_l''(z_l) dz_l.  dz_L also includes X times the part of v for S.  Returns dz_L.
inline double *tangent_forward(
    const Network &net, const double *theta, const double *v, const double *X, const Workspace &ws, std::size_t lanes) {
    const double *a = X, *da = nullptr;
    std::size_t place = 0;
    double *dz = nullptr;
    for (std::size_t l = 0; l < net.n_layers; ++l) {
        const Layer &layer = net.layers[l];
        dz = ws.tangents + place * lanes;
        affine(layer, v, a, dz, lanes);
        if (da) product(da, layer.n_in, theta + layer.weights, Onto{dz}, Nothing{}, dz, layer.n_out, lanes);
        if (l + 1 < net.n_layers) {
            multiply(ws.second_slopes + place * lanes, dz, layer.n_out * lanes);
            multiply(dz, ws.slopes + place * lanes, layer.n_out * lanes);
        }
        a = ws.activations + place * lanes;
        da = dz;
        place += layer.n_out;
    }
    if (net.skip != kNone) product(X, net.n_inputs(), v + net.skip, Onto{dz}, Nothing{}, dz, net.n_outputs(), lanes);
    return dz;
}

// ddelta_{l-1} = (ddelta_l W_l^T + delta_l V_l^T) f' + (delta_l W_l^T) f'' dz, from delta_L and ddelta_L.  Adds the
// derivative of the gradient along v, a_{l-1}^T ddelta_l + da_{l-1}^T delta_l, to `moved`, (P,).
inline void tangent_backward(
    const Network &net, const double *transposed, const double *v_transposed, const double *X, const double *delta_L,
    const Workspace &ws, double *moved, std::size_t lanes) {
    const double *delta = delta_L;
    double *ddelta = ws.ddelta, *next = ws.next, *dnext = ws.dnext, *other = ws.delta;
    if (net.skip != kNone) outer(X, net.n_inputs(), false, ddelta, net.n_outputs(), moved + net.skip, lanes);
    for (std::size_t l = net.n_layers; l-- > 0;) {
        const Layer &layer = net.layers[l];
        const double *a = inputs_of(net, l, X, ws, lanes);
        outer(a, layer.n_in, layer.bias != kNone, ddelta, layer.n_out, moved + layer.weights, lanes);
        if (l == 0) break;
        const std::size_t place = static_cast<std::size_t>(a - ws.activations), n = layer.n_in * lanes;
        const double *slopes = ws.slopes + place;
        outer(ws.tangents + place, layer.n_in, false, delta, layer.n_out, moved + layer.weights, lanes);
        product(ddelta, layer.n_out, transposed + layer.weights, Zero{}, Nothing{}, dnext, layer.n_in, lanes);
        product(delta, layer.n_out, v_transposed + layer.weights, Onto{dnext}, Times{slopes}, dnext, layer.n_in, lanes);
        product(delta, layer.n_out, transposed + layer.weights, Zero{}, Nothing{}, next, layer.n_in, lanes);
        add_product(dnext, next, ws.second_slopes + place, n);
        multiply(next, slopes, n);
        delta = next;
        next = other;
        other = const_cast<double *>(delta);
        double *const used = ddelta;
        ddelta = dnext;
        dnext = used;
    }
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
