// Levenberg-Marquardt: src/sheernet/optimizers/lm.py in C++; source and deviations are given there.
#pragma once

#include "cholesky.hpp"
#include "method.hpp"

namespace sheernet {

class LM final : public Method {
  public:
    // As in lm.py: MIN_DAMPING and MAX_DAMPING in units of the largest diagonal entry, NEGLIGIBLE of the rounding error of F.
    static constexpr double kMinDamping = 1e-30, kMaxDamping = 1e16, kNegligible = 1e-3;

    // Resumes from `state`; if that has no point, starts at theta with damping tau times the largest diagonal entry.
    LM(Evaluator &evaluator, State state, const double *theta, double tau)
        : evaluator_(evaluator), state_(std::move(state)), n_(evaluator.size()), next_(std::make_shared<Aligned>(n_ * n_)),
          damped_(n_ * n_), h_(zeros(padded(n_))) {
        if (state_.here) return;
        state_.matrix = std::make_shared<Aligned>(n_ * n_);
        state_.here = evaluator.at(theta);
        evaluator.gauss_newton(*state_.here, A());
        state_.damping = tau * unit();
        state_.growth = 2.0;
    }

    std::optional<Reason> next(Step &step) override {
        if (!begun_) {
            begun_ = true;
            step = {state_.iteration, state_.here, kNan, state_.damping};
            return std::nullopt;
        }
        if (state_.iteration == 0 && !is_finite(*state_.here, A())) return Reason::non_finite;
        if (!any(g(), n_)) return Reason::precision_reached;
        const double unit_of_A = unit();
        double mu = state_.damping, nu = state_.growth;
        Attempt attempt;
        for (;;) {
            evaluator_.poller().poll_if_due();
            attempt = attempt_step(mu);
            if (attempt.accepted || attempt.end) break;
            mu *= nu;
            nu *= 2.0;
            if (mu > kMaxDamping * unit_of_A) return at_the_limit();
        }
        if (attempt.end) return attempt.end;
        const double cube = std::pow(2.0 * attempt.gain - 1.0, 3.0);
        state_.damping = std::max(mu * std::max(1.0 / 3.0, 1.0 - cube), kMinDamping * unit_of_A);
        state_.growth = 2.0;
        state_.here = attempt.accepted;
        std::swap(state_.matrix, next_);
        step = {++state_.iteration, state_.here, 1.0, state_.damping};
        return std::nullopt;
    }

    State release() override { return std::move(state_); }

  private:
    // Outcome of the step for one damping: a new point and its gain, an end, or neither if it is rejected.
    struct Attempt {
        PointPtr accepted;
        double gain = 0.0;
        std::optional<Reason> end;
    };

    double *A() const { return state_.matrix->get(); }
    const double *g() const { return state_.here->gradient; }

    bool is_finite(const Point &point, const double *matrix) const {
        return sheernet::is_finite(point, n_) && all_finite(matrix, n_ * n_);
    }

    Attempt attempt_step(double mu) {
        if (!solve(mu)) return {};
        const double predicted = predicted_decrease(mu);
        PointPtr candidate = evaluator_.fresh();
        for (std::size_t p = 0; p < n_; ++p) candidate->theta[p] = state_.here->theta[p] + h_.get()[p];
        const double found = evaluator_.value(candidate->theta);
        if (!std::isfinite(found) || !(predicted >= 0.0)) return {};
        const double gain = predicted > 0.0 ? (state_.here->value - found) / predicted : 0.0;
        if (gain > 0.0) {
            evaluator_.gauss_newton(*candidate, next_->get());
            if (!is_finite(*candidate, next_->get())) return {};
            return {std::move(candidate), gain, std::nullopt};
        }
        return accept_if_equal(std::move(candidate), predicted);
    }

    // A candidate that is not lower is accepted if rounding hides the decrease and its gradient is smaller.
    Attempt accept_if_equal(PointPtr candidate, double predicted) {
        const double noise = evaluator_.rounding(*state_.here);
        if (predicted > noise) return {};
        evaluator_.gauss_newton(*candidate, next_->get());
        const bool smaller =
            is_finite(*candidate, next_->get()) && largest(candidate->gradient, n_) < largest(g(), n_);
        if (smaller && candidate->value <= state_.here->value + noise) return {std::move(candidate), 1.0, std::nullopt};
        if (predicted <= kNegligible * noise) return {nullptr, 0.0, Reason::precision_reached};
        return {};
    }

    Reason at_the_limit() {
        if (!solve(state_.damping)) return Reason::damping_limit;
        const double predicted = predicted_decrease(state_.damping);
        const bool is_hidden = 0.0 <= predicted && predicted <= evaluator_.rounding(*state_.here);
        return is_hidden ? Reason::precision_reached : Reason::damping_limit;
    }

    // h = -(A + mu I)^-1 g; false if the matrix is not positive definite in float64.
    bool solve(double mu) {
        for_each_slice(n_ * n_, &evaluator_.poller(), [&](std::size_t from, std::size_t to) {
            std::copy(A() + from, A() + to, damped_.get() + from);
        });
        for (std::size_t p = 0; p < n_; ++p) {
            damped_.get()[p * n_ + p] += mu;
            h_.get()[p] = -g()[p];
        }
        return cholesky_solve(damped_.get(), n_, h_.get(), evaluator_.poller()) && all_finite(h_.get(), n_);
    }

    // Decrease predicted by the quadratic model, L(0) - L(h).
    double predicted_decrease(double mu) const {
        const double *h = h_.get();
        return 0.5 * (mu * evaluator_.dot(h, h) - evaluator_.dot(h, g()));
    }

    // The largest diagonal entry of A, the unit of the damping; 1 if all are 0, nan if one is nan.
    double unit() const {
        double most = A()[0];
        for (std::size_t p = 1; p < n_; ++p) {
            const double entry = A()[p * n_ + p];
            if (std::isnan(entry) || entry > most) most = entry;
        }
        return most != 0.0 ? most : 1.0;
    }

    Evaluator &evaluator_;
    State state_;
    std::size_t n_;
    std::shared_ptr<Aligned> next_;  // the candidate's matrix, (P, P)
    Aligned damped_;                 // (P, P)
    Aligned h_;                      // (P,), padded
    bool begun_ = false;
};

}  // namespace sheernet
