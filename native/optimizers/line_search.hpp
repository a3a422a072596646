// Strong Wolfe line search: src/sheernet/optimizers/line_search.py in C++; sources and deviations are given there.
#pragma once

#include "method.hpp"
#include "scaling.hpp"

namespace sheernet {

constexpr double kCurvature = 1e-10;         // line_search.CURVATURE
constexpr int kMaxTrials = 40;               // line_search.MAX_TRIALS
constexpr double kNoise = 256.0 * kEpsilon;  // line_search.NOISE

// Constants of the two conditions.
struct Wolfe {
    double c1, c2;
};

// A point on the line: phi(a) and phi'(a) at a = length.
struct Trial {
    double length, value, slope;
    PointPtr point;
};

struct Search {
    bool found;
    Trial best;
};

class LineSearch {
  public:
    LineSearch(Evaluator &evaluator, const PointPtr &here, const double *direction, double slope, const Wolfe &wolfe)
        : evaluator_(evaluator), start_{0.0, here->value, slope, here}, direction_(direction), wolfe_(wolfe),
          noise_(kNoise * std::abs(here->value)) {}

    // N&W Algorithm 3.5: bracket.
    Search run(double first) const {
        Trial previous = start_;
        double length = first;
        for (int i = 0; i < kMaxTrials; ++i) {
            Trial trial = at(length);
            if (!decreases(trial) || (i > 0 && trial.value > previous.value + noise_))
                return zoom(std::move(previous), std::move(trial), kMaxTrials - i - 1);
            if (is_flat(trial)) return {true, std::move(trial)};
            if (trial.slope >= 0.0) return zoom(std::move(trial), std::move(previous), kMaxTrials - i - 1);
            length = extrapolated(previous, trial);
            previous = std::move(trial);
        }
        return {false, std::move(previous)};
    }

  private:
    // Points that are not finite become phi = +inf.
    Trial at(double length) const {
        PointPtr point = evaluator_.fresh();
        const double *from = start_.point->theta;
        for (std::size_t p = 0; p < evaluator_.size(); ++p) point->theta[p] = from[p] + length * direction_[p];
        evaluator_.value_and_gradient(*point);
        if (!is_finite(*point, evaluator_.size())) return {length, kInfinity, kInfinity, std::move(point)};
        const double slope = evaluator_.dot(point->gradient, direction_);
        return {length, point->value, slope, std::move(point)};
    }

    // Sufficient decrease (3.7a); below the noise the slope decides.
    bool decreases(const Trial &trial) const {
        if (trial.value <= start_.value + wolfe_.c1 * trial.length * start_.slope) return true;
        return trial.value <= start_.value + noise_ && trial.slope <= (2.0 * wolfe_.c1 - 1.0) * start_.slope;
    }

    // Curvature (3.7b).
    bool is_flat(const Trial &trial) const { return std::abs(trial.slope) <= -wolfe_.c2 * start_.slope; }

    // N&W Algorithm 3.6.
    Search zoom(Trial low, Trial high, int max_trials) const {
        double last_width = kNan, width_before = kNan;
        for (int i = 0; i < max_trials; ++i) {
            const double width = std::abs(high.length - low.length);
            if (width == 0.0) break;
            const bool stuck = i > 1 && width > 0.5 * width_before;
            width_before = last_width;
            last_width = width;
            Trial trial = at(between(low, high, stuck));
            const auto n = evaluator_.size();
            if (trial.value == low.value && std::equal(trial.point->theta, trial.point->theta + n, low.point->theta)) break;
            if (!decreases(trial) || trial.value > low.value + noise_) {
                high = std::move(trial);
                continue;
            }
            if (is_flat(trial)) return {true, std::move(trial)};
            if ((trial.slope >= 0.0) == (high.length > low.length)) high = std::move(low);
            low = std::move(trial);
        }
        return {false, std::move(low)};
    }

    static double extrapolated(const Trial &previous, const Trial &trial) {
        const double length = cubic_minimizer(previous, trial);
        if (!std::isfinite(length)) return 2.0 * trial.length;
        return std::min(std::max(length, 2.0 * trial.length), 10.0 * trial.length);
    }

    static double between(const Trial &low, const Trial &high, bool bisect) {
        const double middle = 0.5 * (low.length + high.length);
        if (bisect || !std::isfinite(high.value)) return middle;
        const double length = cubic_minimizer(low, high);
        if (!std::isfinite(length)) return middle;
        const double left = std::min(low.length, high.length), right = std::max(low.length, high.length);
        const double margin = 0.1 * (right - left);
        return std::min(std::max(length, left + margin), right - margin);
    }

    // N&W (3.59); nan if the cubic has no minimizer.
    static double cubic_minimizer(const Trial &a, const Trial &b) {
        const double gap = b.length - a.length;
        double d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.length - b.length);
        const double most = std::max({std::abs(d1), std::abs(a.slope), std::abs(b.slope)});
        int e = 0;
        if (std::isfinite(most)) std::frexp(most, &e);
        d1 = std::ldexp(d1, -e);
        const double left = std::ldexp(a.slope, -e), right = std::ldexp(b.slope, -e);
        const double square = d1 * d1 - left * right;
        if (!(square >= 0.0)) return kNan;
        const double d2 = gap > 0.0 ? std::sqrt(square) : -std::sqrt(square);
        const double denominator = right - left + 2.0 * d2;
        return denominator != 0.0 ? b.length - gap * (right + d2 - d1) / denominator : kNan;
    }

    Evaluator &evaluator_;
    Trial start_;
    const double *direction_;  // (P,)
    Wolfe wolfe_;
    double noise_;  // values closer than this count as equal
};

// Searches from a point along a direction, which is rescaled; nullopt if it is not a descent direction or no lower point
// was found.
inline std::optional<Trial> descend(
    Evaluator &evaluator, const PointPtr &here, double *direction, double first, const Wolfe &wolfe) {
    const std::size_t n = evaluator.size();
    const int e = exponent(evaluator.largest(direction));
    scale(direction, -e, n);
    const double slope = evaluator.dot(here->gradient, direction);
    if (!(-kInfinity < slope && slope < 0.0)) return std::nullopt;
    Search search = LineSearch(evaluator, here, direction, slope, wolfe).run(std::ldexp(first, e));
    Trial &best = search.best;
    const bool lower = best.value < here->value - 10.0 * kEpsilon * std::abs(here->value);
    if (!(search.found || lower) || std::equal(here->theta, here->theta + n, best.point->theta)) return std::nullopt;
    best.length = std::ldexp(best.length, -e);
    return std::move(best);
}

// First trial length along -g when the curvature is unknown: a step of at most 1 in theta.  `spare` is (P,).
inline double first_length(const Evaluator &evaluator, const double *gradient, double *spare) {
    const std::size_t n = evaluator.size();
    const int e = exponent(evaluator.largest(gradient));
    std::copy(gradient, gradient + n, spare);
    scale(spare, -e, n);
    const double inverse = 1.0 / std::sqrt(evaluator.dot(spare, spare));  // of the norm, times 2^e
    return std::min(1.0, std::ldexp(inverse, std::min(-e, 1000)));
}

// s = later - here and y = difference of their gradients, multiplied by the same power of two, so that ||y|| ||s|| is near 1;
// quasi-Newton updates do not depend on it.
inline void pair_of(const Evaluator &evaluator, const Point &here, const Point &later, double *s, double *y) {
    const std::size_t n = evaluator.size();
    for (std::size_t p = 0; p < n; ++p) s[p] = later.theta[p] - here.theta[p];
    for (std::size_t p = 0; p < n; ++p) y[p] = later.gradient[p] - here.gradient[p];
    const int sum = -(exponent(evaluator.largest(s)) + exponent(evaluator.largest(y)));
    const int power = sum >= 0 ? sum / 2 : -((1 - sum) / 2);  // rounded down
    scale(s, power, n);
    scale(y, power, n);
}

}  // namespace sheernet
