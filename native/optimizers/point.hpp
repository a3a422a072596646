// Points in parameter space: allocated once, reused, and never written while referenced.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include "../packed.hpp"

namespace sheernet {

// The length to which P entries are padded with zeros: a multiple of every vector length.
inline std::size_t padded(std::size_t n) { return (n + 7) / 8 * 8; }

inline Aligned zeros(std::size_t n) {
    Aligned memory(n);
    std::fill(memory.get(), memory.get() + n, 0.0);
    return memory;
}

// P entries, padded with zeros.
inline Aligned padded_copy(const double *from, std::size_t n) {
    Aligned memory = zeros(padded(n));
    std::copy(from, from + n, memory.get());
    return memory;
}

// theta, the objective at theta, its penalty, and its gradient.
struct Point {
    explicit Point(std::size_t size) : memory(zeros(2 * padded(size))), theta(memory.get()), gradient(theta + padded(size)) {}
    Aligned memory;
    double *theta, *gradient;  // (P,), padded
    double value = 0.0, penalty = 0.0;
};

using PointPtr = std::shared_ptr<Point>;

class Points {
  public:
    explicit Points(std::size_t size) : size_(size) {}

    // An unreferenced point.
    PointPtr fresh() {
        for (const PointPtr &point : all_)
            if (point.use_count() == 1) return point;
        all_.push_back(std::make_shared<Point>(size_));
        return all_.back();
    }

  private:
    std::size_t size_;
    std::vector<PointPtr> all_;
};

// Equivalents of NumPy functions: np.isfinite(x).all(), np.any(x).
inline bool all_finite(const double *x, std::size_t n) {
    // 0 x is nan if x is not finite. Several sums in parallel: a single one would wait for each addition.
    constexpr std::size_t at_a_time = 8;
    double zeros[at_a_time] = {};
    std::size_t p = 0;
    for (; p + at_a_time <= n; p += at_a_time)
        for (std::size_t k = 0; k < at_a_time; ++k) zeros[k] += 0.0 * x[p + k];
    for (; p < n; ++p) zeros[0] += 0.0 * x[p];
    return std::all_of(zeros, zeros + at_a_time, [](double zero) { return zero == 0.0; });
}

inline bool any(const double *x, std::size_t n) {
    return std::any_of(x, x + n, [](double entry) { return entry != 0.0; });
}

inline bool is_finite(const Point &point, std::size_t n) { return std::isfinite(point.value) && all_finite(point.gradient, n); }

}  // namespace sheernet
