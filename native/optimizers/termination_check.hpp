// The last check of a run: src/sheernet/optimizers/termination_check.py in C++; method and source are given there.
#pragma once

#include <cstdint>

#include "line_search.hpp"
#include "newton_step.hpp"

namespace sheernet {

constexpr double kInfluence = 1e-8;  // termination_check.INFLUENCE
constexpr double kNotableFall = 1e-9;  // termination_check.NOTABLE_FALL
constexpr double kEqual = 1e-6;      // termination_check.EQUAL
constexpr double kFar = 20.0;       // termination_check.FAR

// The same numbers from -1 to 1 in every run: hashed indices (the finalizer of A. Appleby's MurmurHash3).
inline double random_number(std::size_t index) {
    auto bits = static_cast<std::uint32_t>(index + 1);
    bits ^= bits >> 16;
    bits *= 0x85EBCA6BU;
    bits ^= bits >> 13;
    bits *= 0xC2B2AE35U;
    bits ^= bits >> 16;
    return static_cast<double>(bits) / 2147483648.0 - 1.0;
}

// Writes the sizes of the rows of the Hessian, (P,).  multiply(p, out) writes H p.
template <class Multiply>
void row_sizes(const Multiply &multiply, std::size_t n, double *random, double *sizes) {
    for (std::size_t p = 0; p < n; ++p) random[p] = random_number(p);
    multiply(random, sizes);
    for (std::size_t p = 0; p < n; ++p) sizes[p] = std::abs(sizes[p]);
}

// Whether a parameter can change by its size or its unit without a noticeable effect on the quadratic model.
inline bool has_idle_parameters(const Evaluator &evaluator, const Point &here, const double *sizes) {
    const double unnoticed = kInfluence * std::abs(here.value);
    for (std::size_t p = 0; p < evaluator.size(); ++p) {
        const double reach = std::max(std::abs(here.theta[p]), evaluator.unit(p));
        const double change = (std::abs(here.gradient[p]) + 0.5 * sizes[p] * reach) * reach;
        if (change > 0.0 && change <= unnoticed) return true;
    }
    return false;
}

// Whether each parameter has an influence by the gradient alone, the first term of the change computed above.
inline bool all_have_influence(const Evaluator &evaluator, const Point &here) {
    const double unnoticed = kInfluence * std::abs(here.value);
    for (std::size_t p = 0; p < evaluator.size(); ++p)
        if (!(std::abs(here.gradient[p]) * std::max(std::abs(here.theta[p]), evaluator.unit(p)) > unnoticed)) return false;
    return true;
}

// The absolute values of theta in ascending order: n entries in n buckets of equal width take a tenth of the time of a sort.
inline std::vector<double> sorted_sizes(const Evaluator &evaluator, const double *theta) {
    const std::size_t n = evaluator.size();
    const double scale = static_cast<double>(n - 1) / evaluator.largest(theta);
    const bool is_known = std::isfinite(scale) && scale > 0.0;  // not if an entry is nan or infinite, or all are 0
    const auto bucket = [=](double entry) { return is_known ? static_cast<std::size_t>(std::abs(entry) * scale) : 0; };
    std::vector<std::size_t> ends(n + 2);  // after all entries are placed, bucket b is from ends[b] to ends[b + 1]
    for (std::size_t p = 0; p < n; ++p) ++ends[bucket(theta[p]) + 2];
    for (std::size_t b = 2; b < n + 2; ++b) ends[b] += ends[b - 1];
    std::vector<double> ordered(n);
    for (std::size_t p = 0; p < n; ++p) ordered[ends[bucket(theta[p]) + 1]++] = std::abs(theta[p]);
    const auto at = [&](std::size_t b) { return ordered.begin() + static_cast<std::ptrdiff_t>(ends[b]); };
    for (std::size_t b = 0; b < n; ++b)
        if (ends[b + 1] - ends[b] > 1) std::sort(at(b), at(b + 1));
    return ordered;
}

// Whether two entries have equal absolute values, up to the differences that iterations cause.
inline bool has_equal_entries(const Evaluator &evaluator, const double *theta) {
    const std::vector<double> ordered = sorted_sizes(evaluator, theta);
    const auto n = static_cast<double>(ordered.size());
    const double equal = kEqual * ordered.back();
    const auto are_equal = [=](double a, double b) { return (b - a) * n <= equal; };
    return std::adjacent_find(ordered.begin(), ordered.end(), are_equal) != ordered.end();
}

class LastCheck {
  public:
    // As in termination_check.py.
    static constexpr std::size_t kMaxProducts = 200;
    static constexpr double kTolerance = 1e-9, kSmallest = 1e-30, kFlat = 1e-14, kShortest = 1e-8, kShortened = 0.25, kPolished = 0.5,
                            kSmallestHessian = 1e-100, kLargestHessian = 1e100;

    LastCheck(Evaluator &evaluator, const PointPtr &here, const Wolfe &wolfe = {1e-4, 0.1})
        : evaluator_(evaluator), here_(here), wolfe_(wolfe), n_(evaluator.size()), sizes_(zeros(evaluator.padded_size())),
          direction_(zeros(evaluator.padded_size())), last_(zeros(evaluator.padded_size())),
          undamped_(zeros(evaluator.padded_size())), newton_(evaluator.kernel(), n_) {}

    // A point from which the run continues, or the termination reason.  `predicted` is the decrease predicted by the method.
    struct Outcome {
        std::optional<Trial> next;
        Reason reason = Reason::precision_reached;
    };

    Outcome run(double predicted, bool polish) {
        const double noise = evaluator_.rounding(*here_);
        const auto product_of = [this](const double *p, double *product) { this->multiply(p, product); };
        row_sizes(product_of, n_, direction_.get(), sizes_.get());
        const bool idle = has_idle_parameters(evaluator_, *here_, sizes_.get());
        if (!bound_rows())  // all flat, or overflow
            return {std::nullopt, predicted <= noise ? Reason::plateau : Reason::line_search_failed};
        const double promise = newton_step().promise;
        const Aligned step = padded_copy(direction_.get(), n_);
        auto lower = descend(evaluator_, here_, direction_.get(), 1.0, wolfe_);
        if (lower && lower->value < here_->value - noise) return {std::move(lower)};
        bool is_flat = false;
        if (finds_low_curvature()) {
            AlongLast found = along_last(noise);
            if (found.lower) return {std::move(found.lower)};
            is_flat = found.differs;
        }
        if (promise > noise) return {std::nullopt, Reason::line_search_failed};
        if (idle || is_flat) return {std::nullopt, Reason::plateau};
        const bool can_shrink = polish && evaluator_.largest(here_->gradient) > 0.0;
        return {can_shrink ? polished(step.get(), noise) : std::nullopt, Reason::precision_reached};
    }

    // Whether a point along a direction of low curvature is notably lower or, if theta is far, notably different or the Newton
    // step promises a notable decrease or was not found; `sizes` are the sizes of the rows.
    bool is_plateau(const double *sizes, bool is_far) {
        std::copy(sizes, sizes + n_, sizes_.get());
        const double least = std::max(evaluator_.rounding(*here_), kNotableFall * std::abs(here_->value));
        if (!bound_rows()) return false;
        if (is_far) {
            const auto [promise, is_solved] = newton_step();
            if (promise > least || !is_solved) return true;
        }
        if (!finds_low_curvature()) return false;
        const AlongLast found = along_last(least);
        return found.lower || (is_far && found.differs);
    }

  private:
    // Keeps the sizes of the rows above 0; false if the Hessian is 0 or not in range.
    bool bound_rows() {
        const double most = evaluator_.largest(sizes_.get());
        if (!(most > kSmallestHessian && most < kLargestHessian)) return false;
        for (std::size_t p = 0; p < n_; ++p) sizes_.get()[p] = std::max(sizes_.get()[p], kSmallest * most);
        return true;
    }

    void multiply(const double *p, double *product) { evaluator_.hessian_vector(*here_, p, product); }

    // H h = -g by preconditioned conjugate gradients; g is (P,), padded.  The last direction remains in last_.
    NewtonCG::Result solve(const double *g) {
        const auto remember = [this](const double *p, double *product) {
            std::copy(p, p + n_, last_.get());
            multiply(p, product);
        };
        const auto precondition = [this](const double *r, double *out) {
            for (std::size_t p = 0; p < n_; ++p) out[p] = r[p] / sizes_.get()[p];
        };
        return newton_.solve(remember, g, precondition, undamped_.get(), kTolerance, kMaxProducts, kInfinity, kFlat);
    }

    struct Newton {
        double promise;  // the decrease that the step predicts
        bool is_solved;  // whether conjugate gradients converged
    };

    // Leaves the Newton step in direction_.
    Newton newton_step() {
        const int e = exponent(evaluator_.largest(here_->gradient));  // so that squares stay in range
        std::copy(here_->gradient, here_->gradient + n_, direction_.get());
        scale(direction_.get(), -e, n_);
        const NewtonCG::Result found = solve(direction_.get());
        std::copy(newton_.step(), newton_.step() + n_, direction_.get());
        scale(direction_.get(), e, n_);
        return {std::ldexp(found.predicted, 2 * e), found.n_products < kMaxProducts};
    }

    // Whether conjugate gradients find a direction d with d^T H d <= 1e-14 d^T S d, which remains in last_.
    bool finds_low_curvature() {
        double *random = direction_.get();
        // Parameters without influence stay 0.
        const double unused = kSmallest * evaluator_.largest(sizes_.get());
        for (std::size_t p = 0; p < n_; ++p) {
            double &size = sizes_.get()[p];
            random[p] = random_number(p) * std::sqrt(size);
            if (!(size > unused)) size = kInfinity;
        }
        return solve(random).negative_curvature;
    }

    // The point after a step, if its value is equal up to rounding and its gradient is less than half as large.
    std::optional<Trial> polished(const double *step, double noise) {
        PointPtr point = evaluator_.fresh();
        for (std::size_t p = 0; p < n_; ++p) point->theta[p] = here_->theta[p] + step[p];
        evaluator_.value_and_gradient(*point);
        const double before = evaluator_.largest_in_units(here_->gradient);
        const bool smaller = evaluator_.largest_in_units(point->gradient) < kPolished * before;
        if (!(point->value <= here_->value + noise && smaller)) return std::nullopt;
        return Trial{1.0, point->value, evaluator_.dot(point->gradient, step), std::move(point)};
    }

    struct AlongLast {
        std::optional<Trial> lower;
        bool differs = false;
    };

    // Steps along the last direction and its opposite, from long to short: the first lower point, or whether a value differs.
    AlongLast along_last(double noise) {
        const auto size = [this](const double *x) {
            const double *in_units = evaluator_.parameters_in_units(x);
            return std::sqrt(evaluator_.dot(in_units, in_units));
        };
        const double reach = std::max(size(here_->theta), 1.0);
        double *unit = last_.get();
        double factor = 1.0 / size(unit);
        if (evaluator_.dot(here_->gradient, unit) > 0.0) factor = -factor;
        for (std::size_t p = 0; p < n_; ++p) unit[p] *= factor;
        AlongLast found;
        for (double length = 1.0; length >= kShortest; length *= kShortened) {
            for (const double step : {length * reach, -length * reach}) {
                PointPtr candidate = evaluator_.fresh();
                for (std::size_t p = 0; p < n_; ++p) candidate->theta[p] = here_->theta[p] + step * unit[p];
                const double value = evaluator_.value(candidate->theta);
                if (value < here_->value - noise) {
                    evaluator_.value_and_gradient(*candidate);
                    if (is_finite(*candidate, n_)) {
                        found.lower = Trial{step, candidate->value, evaluator_.dot(candidate->gradient, unit), candidate};
                        return found;
                    }
                }
                found.differs = found.differs || !(std::abs(value - here_->value) <= noise);
            }
        }
        return found;
    }

    Evaluator &evaluator_;
    const PointPtr &here_;
    Wolfe wolfe_;
    std::size_t n_;
    Aligned sizes_, direction_, last_, undamped_;  // (P,), padded
    NewtonCG newton_;
};

// Confirms gradient_tolerance or returns plateau: the gradient is also small at saddles and for idle parameters.
inline Reason confirmed(Evaluator &evaluator, const PointPtr &here, std::size_t iteration) {
    const std::size_t n = evaluator.size();
    const bool no_idle = evaluator.objective().n_decayed() == n || all_have_influence(evaluator, *here);
    const double *theta = evaluator.parameters_in_units(here->theta);
    const bool is_far = evaluator.largest(theta) > kFar && here->value > kNotableFall * evaluator.unit_of_objective();
    const bool is_suspect = is_far || iteration == 0 || !any(here->gradient, n) || has_equal_entries(evaluator, theta);
    if (no_idle && !is_suspect) return Reason::gradient_tolerance;
    try {
        const Aligned random(n), sizes(n);
        const auto multiply = [&](const double *p, double *product) { evaluator.only_hessian_vector(*here, p, product); };
        row_sizes(multiply, n, random.get(), sizes.get());
        if (!no_idle && has_idle_parameters(evaluator, *here, sizes.get())) return Reason::plateau;
        if (is_suspect && LastCheck(evaluator, here).is_plateau(sizes.get(), is_far)) return Reason::plateau;
    } catch (const BudgetSpent &) {
    }
    return Reason::gradient_tolerance;
}

}  // namespace sheernet
