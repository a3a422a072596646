// One run: stopping rules, record and best iterate.  src/sheernet/optimizers/driver.py, stopping.py and record.py in C++.
#pragma once

#include <utility>

#include "termination_check.hpp"
#include "method.hpp"

namespace sheernet {

// A row of the record; kRowFields are record.py's COLUMNS, in the order of the members.
struct Row {
    double iteration, objective, cost, penalty, gradient_norm, step_length, damping, value_evaluations, gradient_evaluations,
        seconds, validation_cost;
};
constexpr std::size_t kColumns = sizeof(Row) / sizeof(double);
constexpr const char *kRowFields[kColumns] = {
    "iteration", "objective", "cost", "penalty", "gradient_norm", "step_length", "damping", "value_evaluations",
    "gradient_evaluations", "seconds", "validation_cost",
};

constexpr double kSmallestShare = 1e-12;  // stopping.SMALLEST_SHARE

// Stopping rules set by the caller.
struct Rules {
    double max_iter, gradient_tolerance, cost_tolerance;
    double max_evaluations, time_limit;  // infinite if unlimited
    double target;                       // -infinity if unset
    std::size_t patience;                // 0 if unset
};

// The iterate with the lowest objective or, with patience, with the lowest validation cost.
struct Best {
    std::size_t iteration = 0;
    std::vector<double> theta, gradient;  // (P,)
    double value = kNan, validation_cost = kNan;

    bool exists() const { return !theta.empty(); }
    void set(std::size_t at, const Point &point, std::size_t n, double validation) {
        iteration = at;
        theta.assign(point.theta, point.theta + n);
        gradient.assign(point.gradient, point.gradient + n);
        value = point.value;
        validation_cost = validation;
    }
};

// The outcome of a run.
struct Fit {
    Reason reason = Reason::interrupted;
    Best result;  // what the run returns
    Best best;    // the best iterate that a resumed run starts with
    std::vector<Row> rows;
    std::vector<double> path;  // (rows, P), if requested
    std::optional<State> state;

    double lowest_validation_cost() const {  // nan without validation
        double lowest = kNan;
        for (const Row &row : rows) lowest = std::fmin(lowest, row.validation_cost);
        return lowest;
    }
};

class Driver {
  public:
    // `accepted` is called with each row and the best iterate so far, and may throw Stopped.
    Driver(
        Evaluator &evaluator, const Rules &rules, const Objective *validation, bool keep_path, Best best,
        const std::function<void(const Row &, const Best &)> &accepted)
        : evaluator_(evaluator), rules_(rules), validation_(validation), keep_path_(keep_path), accepted_(accepted) {
        fit_.best = std::move(best);
    }

    // Runs a method until it ends or is stopped.  `make` constructs it, which evaluates the start.
    template <class Make>
    Fit run(const Make &make) {
        std::unique_ptr<Method> method;
        try {
            method = make();
            fit_.reason = walk(*method);
        } catch (const BudgetSpent &spent) {
            fit_.reason = spent.reason;
        } catch (const Stopped &) {
            fit_.reason = Reason::interrupted;
            if (!fit_.best.exists()) fit_.rows.clear();  // cancelled while validating the start: nothing to keep
        }
        if (method && !fit_.rows.empty()) fit_.state = method->release();
        finish();
        return std::move(fit_);
    }

  private:
    Reason walk(Method &method) {
        Step step;
        for (;;) {
            if (const auto end = method.next(step)) return *end;
            last_ = step;
            add_row();
            const double validation_cost = fit_.rows.back().validation_cost;
            const double rank = ranked(step.point->value, validation_cost);
            if (!fit_.best.exists() || rank < ranked(fit_.best.value, fit_.best.validation_cost))
                fit_.best.set(step.iteration, *step.point, evaluator_.size(), validation_cost);
            if (const auto end = stopping_reason()) {
                if (*end != Reason::gradient_tolerance) return *end;
                noise_ = evaluator_.rounding(*step.point);
                return confirmed(evaluator_, step.point, step.iteration);
            }
            accepted_(fit_.rows.back(), fit_.best);
            evaluator_.poller().poll_if_due();
        }
    }

    double ranked(double value, double validation_cost) const {
        const double rank = rules_.patience ? validation_cost : value;
        return std::isfinite(rank) ? rank : kInfinity;
    }

    // The record must end with the state, so the row is appended before any evaluation that can be cancelled.
    void add_row() {
        const Point &point = *last_.point;
        const Objective &objective = evaluator_.objective();
        const double penalty = point.penalty, rest = point.value - penalty;
        const double cost = std::abs(rest) <= 10.0 * kEpsilon * penalty ? 0.0 : rest;
        fit_.rows.push_back({
            static_cast<double>(last_.iteration), point.value, cost, penalty, evaluator_.largest_in_units(point.gradient),
            last_.length, last_.damping, static_cast<double>(evaluator_.value_evaluations()),
            static_cast<double>(evaluator_.gradient_evaluations()), evaluator_.seconds(), kNan,
        });
        if (keep_path_) fit_.path.insert(fit_.path.end(), point.theta, point.theta + evaluator_.size());
        // If the penalty dominates the objective, the difference suffers cancellation.
        if (penalty > 0.5 * point.value && objective.decays())
            fit_.rows.back().cost = objective.terms(point.theta, evaluator_.context()).cost;
        if (validation_) fit_.rows.back().validation_cost = validation_->value(point.theta, evaluator_.context());
    }

    std::optional<Reason> stopping_reason() const {
        const auto &rows = fit_.rows;
        const Row &row = rows.back();
        if (row.objective <= rules_.target) return Reason::target_reached;
        if (row.gradient_norm <= rules_.gradient_tolerance * root_of_share(row.objective)) return Reason::gradient_tolerance;
        if (rows.size() > 1 && is_flat(rows[rows.size() - 2].objective, row.objective)) return Reason::cost_tolerance;
        const auto without_better = row.iteration - static_cast<double>(fit_.best.iteration);
        if (rules_.patience && without_better >= static_cast<double>(rules_.patience)) return Reason::validation_patience;
        if (row.iteration - rows.front().iteration >= rules_.max_iter) return Reason::max_iterations;
        if (row.value_evaluations >= rules_.max_evaluations) return Reason::max_evaluations;
        if (row.seconds >= rules_.time_limit) return Reason::time_limit;
        return std::nullopt;
    }

    // As in stopping.py.
    double root_of_share(double value) const {
        const double unit = evaluator_.unit_of_objective();
        return unit > 0.0 ? std::sqrt(std::min(std::max(value / unit, kSmallestShare), 1.0)) : 1.0;
    }

    bool is_flat(double before, double now) const {
        const double scale = std::max(std::abs(before), std::abs(now));
        return rules_.cost_tolerance > 0.0 && std::abs(before - now) <= rules_.cost_tolerance * scale;
    }

    // The last iterate, whose gradient was compared with the tolerance, is the result if it equals the best up to rounding.
    void finish() {
        fit_.result = fit_.best;
        if (!last_.point || rules_.patience) return;
        const double noise = std::max(noise_, 10.0 * kEpsilon * std::abs(fit_.best.value));
        if (last_.point->value <= fit_.best.value + noise)
            fit_.result.set(last_.iteration, *last_.point, evaluator_.size(), fit_.best.validation_cost);
    }

    Evaluator &evaluator_;
    const Rules &rules_;
    const Objective *validation_;
    bool keep_path_;
    const std::function<void(const Row &, const Best &)> &accepted_;
    Step last_;
    double noise_ = 0.0;  // of the objective at an iterate that meets gradient_tolerance
    Fit fit_;
};

}  // namespace sheernet
