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

// f''(z), without cancellation, from f and f' at z: see activations.py.  The functions here share the exponential of a:
// the compiler computes it once.
SHEERNET_INLINE V second_slope(Activation f, V z, Pair a) {
    switch (f) {
        case Activation::sigmoid: return -a.slope * tanh_of_half(z).value;
        case Activation::tanh: return -2.0 * a.value * a.slope;
        case Activation::softplus: return sigmoid(z).slope;
        case Activation::silu: return sigmoid(z).slope * (2.0 - z * tanh_of_half(z).value);
        case Activation::exp: return a.slope;
        default: return V{};  // identity, relu, leaky_relu
    }
}

// The functions and derivatives of `count` independent vectors, whose instructions interleave and so hide each other's
// latency.
template <Activation f, bool with_second, int count>
SHEERNET_INLINE void activate_vectors(double *z, double *slope, double *second) {
    Pair a[static_cast<std::size_t>(count)];
    V bend[static_cast<std::size_t>(count)];
    SHEERNET_UNROLL
    for (int k = 0; k < count; ++k) {
        const V here = load(z + k * kLanes);
        a[k] = activate(f, here);
        if constexpr (with_second) bend[k] = second_slope(f, here, a[k]);
    }
    SHEERNET_UNROLL
    for (int k = 0; k < count; ++k) {
        store(z + k * kLanes, a[k].value);
        if (slope) store(slope + k * kLanes, a[k].slope);
        if constexpr (with_second) store(second + k * kLanes, bend[k]);
    }
}

template <Activation f, bool with_second>
inline void activate_all(double *z, double *slope, double *second, std::size_t n) {
    constexpr std::size_t vector = static_cast<std::size_t>(kLanes);
    const auto from = [](double *array, std::size_t s) { return array ? array + s : nullptr; };
    std::size_t s = 0;
    for (; s + 4 * vector <= n; s += 4 * vector)
        activate_vectors<f, with_second, 4>(z + s, from(slope, s), from(second, s));
    for (; s < n; s += vector) activate_vectors<f, with_second, 1>(z + s, from(slope, s), from(second, s));
}

template <bool with_second>
inline void activate_layer(Activation f, double *z, double *slope, double *second, std::size_t n) {
    switch (f) {
        case Activation::sigmoid: activate_all<Activation::sigmoid, with_second>(z, slope, second, n); break;
        case Activation::tanh: activate_all<Activation::tanh, with_second>(z, slope, second, n); break;
        case Activation::relu: activate_all<Activation::relu, with_second>(z, slope, second, n); break;
        case Activation::leaky_relu: activate_all<Activation::leaky_relu, with_second>(z, slope, second, n); break;
        case Activation::softplus: activate_all<Activation::softplus, with_second>(z, slope, second, n); break;
        case Activation::silu: activate_all<Activation::silu, with_second>(z, slope, second, n); break;
        case Activation::exp: activate_all<Activation::exp, with_second>(z, slope, second, n); break;
        default: activate_all<Activation::identity, with_second>(z, slope, second, n); break;
    }
}

// Overwrites z by a = f(z), and writes f' to `slope` unless it is null.
inline void activate_layer(Activation f, double *z, double *slope, std::size_t n) {
    activate_layer<false>(f, z, slope, nullptr, n);
}

// Overwrites z by a = f(z), and writes f' to `slope` and f'' to `second`.
inline void activate_layer(Activation f, double *z, double *slope, double *second, std::size_t n) {
    activate_layer<true>(f, z, slope, second, n);
}

// out = |x|, entry by entry.
inline void magnitudes(const double *x, double *out, std::size_t n) {
    for (std::size_t s = 0; s < n; s += static_cast<std::size_t>(kLanes)) store(out + s, magnitude(load(x + s)));
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
