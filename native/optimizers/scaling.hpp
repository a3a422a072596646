// Power-of-two scaling that keeps squares in range: src/sheernet/optimizers/power_of_two_scaling.py in C++.
#pragma once

#include "point.hpp"

namespace sheernet {

// Exponent e such that the largest magnitude / 2^e is between 1/2 and 1; 0 if it is 0 or not finite.
inline int exponent(double most) {
    int e = 0;
    if (std::isfinite(most)) std::frexp(most, &e);
    return e;
}

// vector *= 2^power
inline void scale(double *vector, int power, std::size_t n) {
    if (power == 0) return;
    if (std::abs(power) < 1000) {
        const double factor = std::ldexp(1.0, power);
        for (std::size_t p = 0; p < n; ++p) vector[p] *= factor;
    } else {
        for (std::size_t p = 0; p < n; ++p) vector[p] = std::ldexp(vector[p], power);
    }
}

}  // namespace sheernet
