// The interface of an optimizer: src/sheernet/optimizers/optimizer_protocol.py and evaluation_counts.py in C++.
//
// A method returns one accepted iterate per call.  It writes its state only after the last evaluation of a step, so that an
// evaluation that is cancelled or exceeds the budget leaves the state of the last iterate unchanged.
#pragma once

#include <chrono>
#include <limits>
#include <optional>
#include <vector>

#include "../hessian.hpp"
#include "../objective.hpp"
#include "point.hpp"

namespace sheernet {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Why a run ended; kReasons are the names in optimizer_protocol.py's TERMINATIONS.
enum class Reason {
    gradient_tolerance, cost_tolerance, precision_reached, line_search_failed, damping_limit, plateau, max_iterations,
    max_evaluations, time_limit, validation_patience, target_reached, interrupted, non_finite,
};

constexpr const char *kReasons[] = {
    "gradient_tolerance", "cost_tolerance", "precision_reached", "line_search_failed", "damping_limit", "plateau",
    "max_iterations", "max_evaluations", "time_limit", "validation_patience", "target_reached", "interrupted", "non_finite",
};

inline const char *name(Reason reason) { return kReasons[static_cast<int>(reason)]; }

// Thrown in place of an evaluation that would exceed the budget.
struct BudgetSpent {
    Reason reason;
};

// src/sheernet/objective/standard_units.py: of the parameters and of the gradient, (P,) each, or null for 1; of the objective, or 0.
struct StandardUnits {
    const double *parameters = nullptr, *gradient = nullptr;
    double objective = 0.0;
};

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// An objective that counts its evaluations and enforces the budget, and the points at which it is evaluated.
class Evaluator {
  public:
    Evaluator(
        const Objective &objective, RunContext context, double max_evaluations, double time_limit,
        const StandardUnits &units = {})
        : objective_(objective), hessian_(objective), context_(context), points_(objective.size()), units_(units),
          in_units_(zeros(padded_size())), started_(Clock::now()), max_evaluations_(max_evaluations), time_limit_(time_limit) {}

    const Objective &objective() const { return objective_; }
    const Kernel &kernel() const { return objective_.kernel(); }
    std::size_t size() const { return objective_.size(); }
    std::size_t padded_size() const { return padded(size()); }
    Poller &poller() const { return *context_.poller; }
    const RunContext &context() const { return context_; }
    PointPtr fresh() { return points_.fresh(); }

    // A point at theta, not yet evaluated.
    PointPtr at(const double *theta) {
        PointPtr point = fresh();
        std::copy(theta, theta + size(), point->theta);
        return point;
    }

    double value(const double *theta) {
        spend(false);
        return objective_.value(theta, context_);
    }

    void value_and_gradient(Point &point) {
        spend(true);
        point.penalty = objective_.penalty(point.theta);
        point.value = objective_.cost_and_gradient(point.theta, point.gradient, context_) + point.penalty;
    }

    // Value, gradient and Gauss-Newton matrix, (P, P).
    void gauss_newton(Point &point, double *matrix) {
        spend(true);
        point.value = objective_.gauss_newton(point.theta, point.gradient, matrix, context_);
        point.penalty = objective_.penalty(point.theta);
    }

    // The Hessian at a point times v, (P,).  Polls, because conjugate gradients need many products.
    void hessian_vector(const Point &point, const double *v, double *product) {
        poller().poll_if_due();
        spend(true);
        hessian_.product(point.theta, v, product, context_);
    }

    // The same product, bitwise equal, without keeping anything for further products at this point.
    void only_hessian_vector(const Point &point, const double *v, double *product) {
        spend(true);
        objective_.hessian_vector(point.theta, v, product, context_);
    }

    // Bound of the rounding error of a value: 10 ulp of the sum of its absolute terms.
    double rounding(const Point &point) const {
        return 10.0 * kEpsilon * std::max(std::abs(point.value), objective_.terms(point.theta, context_).magnitude);
    }

    double dot(const double *a, const double *b) const { return kernel().dot(a, b, padded_size()); }
    double largest(const double *x) const { return kernel().largest(x, size()); }

    double unit(std::size_t p) const { return units_.parameters ? units_.parameters[p] : 1.0; }
    double unit_of_objective() const { return units_.objective; }
    // Parameters in standard units, (P,), padded; the next call overwrites them.
    const double *parameters_in_units(const double *x) { return divided(x, units_.parameters); }
    double largest_in_units(const double *gradient) { return largest(divided(gradient, units_.gradient)); }

    double seconds() const { return seconds_since(started_); }
    std::size_t value_evaluations() const { return value_evaluations_; }
    std::size_t gradient_evaluations() const { return gradient_evaluations_; }

  private:
    // The first evaluation is always allowed: a run needs a start.
    void spend(bool gradient) {
        if (static_cast<double>(value_evaluations_) >= max_evaluations_) throw BudgetSpent{Reason::max_evaluations};
        if (time_limit_ < kInfinity && value_evaluations_ > 0 && seconds() >= time_limit_) throw BudgetSpent{Reason::time_limit};
        ++value_evaluations_;
        gradient_evaluations_ += gradient;
    }

    const double *divided(const double *x, const double *units) {
        if (!units) return x;
        for (std::size_t p = 0; p < size(); ++p) in_units_.get()[p] = x[p] / units[p];
        return in_units_.get();
    }

    const Objective &objective_;
    HessianProducts hessian_;
    RunContext context_;
    Points points_;
    StandardUnits units_;
    Aligned in_units_;
    Clock::time_point started_;
    double max_evaluations_, time_limit_;
    std::size_t value_evaluations_ = 0, gradient_evaluations_ = 0;
};

// A pair of lbfgs: a step and the change of the gradient, both multiplied by the same power of two.
struct Pair {
    Aligned s, y;  // (P,), padded
    double rho, gamma;
};

// Everything that determines the next iterates, for all methods; the content of Python's BFGSState, LBFGSState, LMState.
struct State {
    std::size_t iteration = 0;
    PointPtr here;
    std::shared_ptr<Aligned> matrix;  // bfgs: inverse Hessian, rows padded; lm: Gauss-Newton matrix, (P, P)
    bool fresh = true;                // bfgs
    std::vector<Pair> pairs;          // lbfgs, the newest last
    // lm: as in LMState
    double damping = 0.0, growth = 0.0;
    std::vector<double> scales, values;
    double reference = kNan;
    bool finishing = false;  // hybrid: as in HybridState
};

// An accepted iterate.
struct Step {
    std::size_t iteration = 0;
    PointPtr point;
    double length = kNan, damping = kNan;
};

class Method {
  public:
    virtual ~Method() = default;
    // Writes the start, then each accepted iterate, to `step`; returns a termination reason if there is no further iterate.
    virtual std::optional<Reason> next(Step &step) = 0;
    // Moves the state of the last iterate out; the method cannot continue afterwards.
    virtual State release() = 0;
};

}  // namespace sheernet
