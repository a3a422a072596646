// Activations of a layer and their derivatives over a block of samples.  Follows src/sheernet/network/activations.py.
#pragma once

#include "network.hpp"
#include "vector_math.hpp"

namespace sheernet {
namespace SHEERNET_ISA {

SHEERNET_INLINE Pair activate(Activation f, V z) {
    switch (f) {
        case Activation::sigmoid: return sigmoid(z);
        case Activation::tanh: return tanh(z);
        case Activation::relu: return {z > 0.0 ? z : V{}, z > 0.0 ? all(1.0) : V{}};
        case Activation::leaky_relu: return {z > 0.0 ? z : z * kLeakySlope, z > 0.0 ? all(1.0) : all(kLeakySlope)};
        case Activation::softplus: return softplus(z);
        case Activation::silu: return silu(z);
        case Activation::exp: {
            const V e = exp(z);
            return {e, e};
        }
        default: return {z, all(1.0)};  // identity; softmax is part of its cost (costs.hpp)
    }
}

// The same for `count` independent vectors, whose instructions interleave and so hide each other's latency.
template <Activation f, int count>
SHEERNET_INLINE void activate_vectors(double *z, double *slope) {
    Pair a[static_cast<std::size_t>(count)];
    SHEERNET_UNROLL
    for (int k = 0; k < count; ++k) a[k] = activate(f, load(z + k * kLanes));
    SHEERNET_UNROLL
    for (int k = 0; k < count; ++k) {
        store(z + k * kLanes, a[k].value);
        if (slope) store(slope + k * kLanes, a[k].slope);
    }
}

// Overwrites z by a = f(z), and writes the derivative to `slope` unless it is null.
template <Activation f>
inline void activate_all(double *z, double *slope, std::size_t n) {
    constexpr std::size_t vector = static_cast<std::size_t>(kLanes);
    std::size_t s = 0;
    for (; s + 4 * vector <= n; s += 4 * vector) activate_vectors<f, 4>(z + s, slope ? slope + s : nullptr);
    for (; s < n; s += vector) activate_vectors<f, 1>(z + s, slope ? slope + s : nullptr);
}

inline void activate_layer(Activation f, double *z, double *slope, std::size_t n) {
    switch (f) {
        case Activation::sigmoid: activate_all<Activation::sigmoid>(z, slope, n); break;
        case Activation::tanh: activate_all<Activation::tanh>(z, slope, n); break;
        case Activation::relu: activate_all<Activation::relu>(z, slope, n); break;
        case Activation::leaky_relu: activate_all<Activation::leaky_relu>(z, slope, n); break;
        case Activation::softplus: activate_all<Activation::softplus>(z, slope, n); break;
        case Activation::silu: activate_all<Activation::silu>(z, slope, n); break;
        case Activation::exp: activate_all<Activation::exp>(z, slope, n); break;
        default: activate_all<Activation::identity>(z, slope, n); break;
    }
}

// f''(z), without cancellation: see activations.py.  1 - tanh^2 is taken from the slope of tanh.
SHEERNET_INLINE V second_slope(Activation f, V z) {
    switch (f) {
        case Activation::sigmoid: return -sigmoid(z).slope * tanh(z * 0.5).value;
        case Activation::tanh: {
            const Pair a = tanh(z);
            return -2.0 * a.value * a.slope;
        }
        case Activation::softplus: return sigmoid(z).slope;
        case Activation::silu: return sigmoid(z).slope * (2.0 - z * tanh(z * 0.5).value);
        case Activation::exp: return exp(z);
        default: return V{};  // identity, relu, leaky_relu
    }
}

template <Activation f>
inline void second_slopes_of_all(const double *z, double *out, std::size_t n) {
    for (std::size_t s = 0; s < n; s += static_cast<std::size_t>(kLanes)) store(out + s, second_slope(f, load(z + s)));
}

inline void second_slopes_of_layer(Activation f, const double *z, double *out, std::size_t n) {
    switch (f) {
        case Activation::sigmoid: second_slopes_of_all<Activation::sigmoid>(z, out, n); break;
        case Activation::tanh: second_slopes_of_all<Activation::tanh>(z, out, n); break;
        case Activation::softplus: second_slopes_of_all<Activation::softplus>(z, out, n); break;
        case Activation::silu: second_slopes_of_all<Activation::silu>(z, out, n); break;
        default: second_slopes_of_all<Activation::identity>(z, out, n); break;  // hidden layers have no exp
    }
}

// x *= factor, entry by entry.
inline void multiply(double *x, const double *factor, std::size_t n) {
    for (std::size_t s = 0; s < n; s += static_cast<std::size_t>(kLanes)) store(x + s, load(x + s) * load(factor + s));
}

// x += a b, entry by entry.
inline void add_product(double *x, const double *a, const double *b, std::size_t n) {
    for (std::size_t s = 0; s < n; s += static_cast<std::size_t>(kLanes))
        store(x + s, fma(load(a + s), load(b + s), load(x + s)));
}

// out = |x|, entry by entry.
inline void magnitudes(const double *x, double *out, std::size_t n) {
    for (std::size_t s = 0; s < n; s += static_cast<std::size_t>(kLanes)) store(out + s, magnitude(load(x + s)));
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
