// The part common to bfgs and lbfgs: a step along -H g, or along -g if there is no H yet or the search along -H g fails.
//
// H is the approximation of the inverse Hessian from the pairs; a method without pairs is `fresh`, and its H is I.
#pragma once

#include "termination_check.hpp"

namespace sheernet {

class QuasiNewton : public Method {
  public:
    std::optional<Reason> next(Step &step) final {
        if (!begun_) {
            begun_ = true;
            step = {state_.iteration, state_.here};
            return std::nullopt;
        }
        if (!is_finite(*state_.here, n_)) return Reason::non_finite;
        begin_iteration();
        const double *g = state_.here->gradient;
        bool fresh = is_fresh();
        apply(g, p_.get());
        const double first = fresh ? first_length(evaluator_, g, spare_.get()) : 1.0;
        auto trial = descend(evaluator_, state_.here, p_.get(), first, wolfe_);
        if (!trial && !fresh) {
            fresh = true;
            std::transform(g, g + n_, p_.get(), [](double entry) { return -entry; });
            trial = descend(evaluator_, state_.here, p_.get(), first_length(evaluator_, g, spare_.get()), wolfe_);
        }
        if (!trial) {
            LastCheck::Outcome outcome = LastCheck(evaluator_, state_.here, wolfe_).run(predicted_decrease(), polish_);
            if (!outcome.next) return outcome.reason;
            trial = std::move(outcome.next);
        }
        update(*trial->point, fresh);
        state_.here = trial->point;
        step = {++state_.iteration, state_.here, trial->length};
        return std::nullopt;
    }

    State release() final { return std::move(state_); }
    const State &state() const { return state_; }

  protected:
    // Resumes from `state`; if that has no point, starts at theta.
    QuasiNewton(Evaluator &evaluator, State state, const double *theta, const Wolfe &wolfe, bool polish)
        : evaluator_(evaluator), state_(std::move(state)), n_(evaluator.size()), wide_(evaluator.padded_size()),
          spare_(zeros(wide_)), wolfe_(wolfe), polish_(polish), p_(zeros(wide_)) {
        if (state_.here) return;
        state_.here = evaluator.at(theta);
        evaluator.value_and_gradient(*state_.here);
    }

    // Before the search from an iterate.
    virtual void begin_iteration() {}
    virtual bool is_fresh() const = 0;
    // out = -H g, for the gradient g at the iterate
    virtual void apply(const double *g, double *out) = 0;
    // Updates H with the pair of the step to `later`; if fresh, drops all previous pairs first.
    virtual void update(const Point &later, bool fresh) = 0;

    // Whether y^T s is positive and larger than its rounding error.
    bool has_curvature(const double *s, double ys, double yy) const {
        return ys > kCurvature * std::sqrt(yy * evaluator_.dot(s, s));
    }

    Evaluator &evaluator_;
    State state_;
    std::size_t n_, wide_;
    Aligned spare_;  // (P,), padded
    Wolfe wolfe_;

  private:
    // Decrease predicted by the quadratic model of H.
    double predicted_decrease() {
        const double *g = state_.here->gradient;
        apply(g, p_.get());
        return -0.5 * evaluator_.dot(g, p_.get());
    }

    bool polish_;
    Aligned p_;  // (P,), padded
    bool begun_ = false;
};

}  // namespace sheernet
