// Levenberg-Marquardt, finished with the exact Hessian: src/sheernet/optimizers/lm.py in C++; source and deviations are given
// there.
#pragma once

#include "cholesky.hpp"
#include "termination_check.hpp"

namespace sheernet {

enum class Scaling : int { diagonal, none };
constexpr const char *kScalings[] = {"diagonal", "none"};

class LM final : public Method {
  public:
    // As in lm.py, under the same names.
    static constexpr double kMinDamping = 1e-30, kMaxDamping = 1e16, kNegligible = 1e-3, kSlow = 0.01, kMinGain = 1e-4,
                            kMaxTolerance = 0.5, kMinTolerance = 1e-8, kUndamped = 1e-10, kConverged = 1e-9,
                            kSmallest = std::numeric_limits<double>::min(), kLargest = std::numeric_limits<double>::max();
    static constexpr std::size_t kWindow = 5, kAll = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t kCopied = std::size_t{1} << 15;  // numbers that a thread copies at a time, some 10 us

    // Resumes from `state`; if that has no point, starts at theta with damping tau.
    LM(Evaluator &evaluator, State state, const double *theta, double tau, Scaling scaling, bool polish)
        : evaluator_(evaluator), state_(std::move(state)), n_(evaluator.size()), scaling_(scaling),
          next_(std::make_shared<Aligned>(n_ * n_)), factor_(n_ * n_), h_(zeros(padded(n_))), damping_(zeros(padded(n_))),
          spare_(zeros(padded(n_))), scales_(n_), tau_(tau), polish_(polish), newton_cg_(evaluator.kernel(), n_) {
        if (state_.here) return;
        state_.matrix = std::make_shared<Aligned>(n_ * n_);
        state_.here = evaluator.at(theta);
        evaluator.gauss_newton(*state_.here, A());
        state_.damping = tau * (scaling == Scaling::diagonal ? 1.0 : largest_diagonal(A(), n_));
        state_.growth = 2.0;
        for (std::size_t p = 0; p < n_; ++p) state_.scales.push_back(A()[p * n_ + p]);
        state_.values = {state_.here->value};
    }

    std::optional<Reason> next(Step &step) override {
        if (!begun_) {
            begun_ = true;
            step = {state_.iteration, state_.here, kNan, state_.damping};
            return std::nullopt;
        }
        if (state_.iteration == 0 && !is_finite(*state_.here, A())) return Reason::non_finite;
        begin_trial();
        Outcome found = search();
        if (!found.point) found = checked(found.end);
        if (!found.point) return found.end;
        accept(found);
        step = {state_.iteration, state_.here, 1.0, state_.damping};
        return std::nullopt;
    }

    State release() override { return std::move(state_); }
    const State &state() const { return state_; }

    // Writes (A + mu D)^-1, rows `stride` apart; false if it is not finite.
    bool write_inverse(double *inverse, std::size_t stride) {
        begin_trial();
        return factor(state_.damping) && symmetric_inverse(factor_.get(), n_, inverse, stride, evaluator_.context());
    }

  private:
    // The new point, if a step was accepted, with its gain and, after lower(), the next damping; otherwise, whether rounding
    // hides decreases and, after search(), the termination reason.
    struct Outcome {
        PointPtr point;
        double gain = 0.0, damping = 0.0;
        bool is_hidden = false;
        Reason end = Reason::precision_reached;
    };

    double *A() const { return state_.matrix->get(); }
    const double *g() const { return state_.here->gradient; }

    bool is_finite(const Point &point, const double *matrix) const {
        return sheernet::is_finite(point, n_) && all_finite(matrix, n_ * n_);
    }

    // Computes the quantities that all steps from this iterate share.
    void begin_trial() {
        const double largest = largest_diagonal(A(), n_);
        unit_ = scaling_ == Scaling::diagonal ? 1.0 : largest;
        for (std::size_t p = 0; p < n_; ++p) {
            const double scale = state_.scales[p];
            scales_[p] = scaling_ == Scaling::none ? 1.0 : scale > 0.0 ? scale : largest;
        }
        const double shrunk = state_.reference > 0.0 ? std::sqrt(evaluator_.dot(g(), g())) / state_.reference : 1.0;
        tolerance_ = std::max(std::min(kMaxTolerance, std::sqrt(shrunk)), kMinTolerance);
    }

    Outcome search() {
        if (!any(g(), n_)) return {};
        Outcome found = lower(state_.damping, kMaxDamping * unit_, std::isnan(state_.reference) ? 0 : 1);
        if (found.point) return found;
        const double expected = promise(), noise = evaluator_.rounding(*state_.here);
        if (expected <= noise) return {};
        // The damping may have grown at earlier iterates and need not be large at this one.
        found = lower(kUndamped * unit_, state_.damping, kAll);
        if (found.point || expected <= kConverged * std::abs(state_.here->value)) return found;
        found.end = along_gradient() <= noise ? Reason::plateau : Reason::damping_limit;
        return found;
    }

    // A point from which the run continues, with the initial damping, or the final termination reason.
    Outcome checked(Reason end) {
        LastCheck::Outcome check = LastCheck(evaluator_, state_.here).run(0.0, polish_);
        Outcome found;
        if (check.next) {
            evaluator_.gauss_newton(*check.next->point, next_->get());
            if (is_finite(*check.next->point, next_->get())) {
                found.point = std::move(check.next->point);
                found.damping = tau_ * unit_;
                return found;
            }
        }
        const bool confirmed = !check.next && check.reason == Reason::precision_reached;
        found.end = confirmed || end != Reason::precision_reached ? end : Reason::plateau;
        return found;
    }

    // Increases the damping from mu until a step is accepted; the first n_refined steps are refined.
    Outcome lower(double mu, double most, std::size_t n_refined) {
        mu = std::max(mu, kSmallest);  // 0 could not grow
        most = std::min(most, kLargest);  // infinity would not exceed infinity
        for (double nu = 2.0; mu <= most; mu *= nu, nu *= 2.0) {
            evaluator_.poller().poll_if_due();
            Outcome outcome = attempt(mu, n_refined > 0);
            if (n_refined > 0) --n_refined;
            if (outcome.point) {
                const double cube = std::pow(2.0 * outcome.gain - 1.0, 3.0);
                outcome.damping = std::max(mu * std::max(1.0 / 3.0, 1.0 - cube), kMinDamping * unit_);
            }
            if (outcome.point || outcome.is_hidden) return outcome;
        }
        return {};
    }

    Outcome attempt(double mu, bool refined) {
        double predicted = 0.0;
        if (!compute_step(mu, refined, predicted)) return {};
        PointPtr candidate = evaluator_.fresh();
        for (std::size_t p = 0; p < n_; ++p) candidate->theta[p] = state_.here->theta[p] + h_.get()[p];
        const double found = evaluator_.value(candidate->theta);
        if (!std::isfinite(found) || !(predicted >= 0.0)) return {};
        const double gain = predicted > 0.0 ? (state_.here->value - found) / predicted : 0.0;
        if (gain > (refined ? kMinGain : 0.0)) {
            evaluator_.gauss_newton(*candidate, next_->get());
            if (!is_finite(*candidate, next_->get())) return {};
            return {std::move(candidate), gain};
        }
        return accept_if_equal(std::move(candidate), predicted);
    }

    // A candidate that is not lower is accepted if rounding hides the decrease and its gradient is smaller.
    Outcome accept_if_equal(PointPtr candidate, double predicted) {
        const double noise = evaluator_.rounding(*state_.here);
        if (predicted > noise) return {};
        evaluator_.gauss_newton(*candidate, next_->get());
        const bool smaller =
            is_finite(*candidate, next_->get()) && evaluator_.largest(candidate->gradient) < evaluator_.largest(g());
        if (smaller && candidate->value <= state_.here->value + noise) return {std::move(candidate), 1.0};
        return {nullptr, 0.0, 0.0, predicted <= kNegligible * noise};
    }

    // The decrease predicted for a step with almost no damping and a small residual; nan if there is none.
    double promise() {
        tolerance_ = kMinTolerance;  // a larger tolerance can miss negative curvature
        double predicted = 0.0;
        const double most = std::min(kMaxDamping * unit_, kLargest);
        for (double mu = std::max(kUndamped * unit_, kSmallest); mu <= most; mu *= 10.0)
            if (compute_step(mu, true, predicted)) return predicted;
        return kNan;
    }

    // The decrease predicted for a step along the gradient divided by the largest diagonal entries of A.
    double along_gradient() {
        for (std::size_t p = 0; p < n_; ++p) spare_.get()[p] = g()[p] / (unit_ * scales_[p]);
        return 0.5 * evaluator_.dot(g(), spare_.get());
    }

    // h and its predicted decrease; false if A + mu D is not positive definite in float64.
    bool compute_step(double mu, bool refined, double &predicted) {
        if (!factor(mu)) return false;
        const auto solve = [&](const double *r, double *out) {
            std::copy(r, r + n_, out);
            cholesky_solve(factor_.get(), n_, out);
        };
        if (refined) {
            const auto multiply = [&](const double *p, double *out) { evaluator_.hessian_vector(*state_.here, p, out); };
            predicted = newton_cg_.solve(multiply, g(), solve, damping_.get(), tolerance_, n_, kInfinity).predicted;
            if (predicted > 0.0) {
                std::copy(newton_cg_.step(), newton_cg_.step() + n_, h_.get());
                return true;
            }
        }
        for (std::size_t p = 0; p < n_; ++p) spare_.get()[p] = -g()[p];
        solve(spare_.get(), h_.get());
        if (!all_finite(h_.get(), n_)) return false;
        for (std::size_t p = 0; p < n_; ++p) spare_.get()[p] = damping_.get()[p] * h_.get()[p] - g()[p];
        predicted = 0.5 * evaluator_.dot(h_.get(), spare_.get());
        return true;
    }

    // Factors A + mu D.
    bool factor(double mu) {
        const RunContext &context = evaluator_.context();
        context.team->for_each_slice(n_ * n_, kCopied, context.poller, [&](std::size_t from, std::size_t to) {
            std::copy(A() + from, A() + to, factor_.get() + from);
        });
        for (std::size_t p = 0; p < n_; ++p) {
            damping_.get()[p] = mu * scales_[p];
            factor_.get()[p * n_ + p] += damping_.get()[p];
        }
        return cholesky_factor(factor_.get(), n_, context);
    }

    // The state at the next iterate, whose matrix is in next_.
    void accept(const Outcome &found) {
        state_.damping = found.damping;
        state_.growth = 2.0;
        state_.here = found.point;
        std::swap(state_.matrix, next_);
        ++state_.iteration;
        auto &values = state_.values;
        values.push_back(state_.here->value);
        if (values.size() > kWindow + 1) values.erase(values.begin());
        const bool is_slow = values.size() > kWindow && values.front() - values.back() <= kSlow * std::abs(values.back());
        if (is_slow && std::isnan(state_.reference)) state_.reference = std::sqrt(evaluator_.dot(g(), g()));
        for (std::size_t p = 0; p < n_; ++p) state_.scales[p] = std::max(state_.scales[p], A()[p * n_ + p]);
    }

    Evaluator &evaluator_;
    State state_;
    std::size_t n_;
    Scaling scaling_;
    std::shared_ptr<Aligned> next_;  // the candidate's matrix, (P, P)
    Aligned factor_;                 // of A + mu D, (P, P)
    Aligned h_, damping_, spare_;    // (P,), padded; damping_ is the diagonal of mu D
    std::vector<double> scales_;     // D, (P,)
    double tau_, unit_ = 1.0, tolerance_ = kMaxTolerance;  // of the damping, and of the equations of a refined step
    bool polish_;
    NewtonCG newton_cg_;
    bool begun_ = false;
};

}  // namespace sheernet
