// Power-of-two scaling that keeps squares in range: src/sheernet/optimizers/power_of_two_scaling.py in C++.
#pragma once

#include "point.hpp"

namespace sheernet {

// Exponent e such that the largest entry of vector / 2^e is between 1/2 and 1; 0 if it is 0 or not finite.
inline int exponent(const double *vector, std::size_t n) {
    const double most = largest(vector, n);
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

// Multiplies s and y by the same power of two, so that ||y|| ||s|| is near 1; quasi-Newton updates do not depend on it.
inline void scale_pair(double *s, double *y, std::size_t n) {
    const int sum = -(exponent(s, n) + exponent(y, n));
    const int power = sum >= 0 ? sum / 2 : -((1 - sum) / 2);  // rounded down
    scale(s, power, n);
    scale(y, power, n);
}

}  // namespace sheernet
