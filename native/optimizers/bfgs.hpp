// BFGS with a dense inverse Hessian: src/sheernet/optimizers/bfgs.py in C++; that file has source and deviations.
#pragma once

#include "line_search.hpp"

namespace sheernet {

class BFGS final : public Method {
  public:
    // Goes on from `state`; where that holds no point, begins at theta.
    BFGS(Evaluator &evaluator, State state, const double *theta, const Wolfe &wolfe)
        : evaluator_(evaluator), state_(std::move(state)), wolfe_(wolfe), n_(evaluator.size()), wide_(padded(n_)),
          p_(zeros(wide_)), s_(zeros(wide_)), y_(zeros(wide_)), spare_(zeros(wide_)) {
        if (state_.here) return;
        state_.here = evaluator.at(theta);
        evaluator.value_and_gradient(*state_.here);
        state_.matrix = std::make_shared<Aligned>(zeros(n_ * wide_));
        fill_diagonal(1.0);
    }

    std::optional<Reason> next(Step &step) override {
        if (!begun_) {
            begun_ = true;
            step = {state_.iteration, state_.here};
            return std::nullopt;
        }
        if (!is_finite(*state_.here, n_)) return Reason::non_finite;
        const double *g = state_.here->gradient;
        if (!any(g, n_)) return Reason::precision_reached;
        bool fresh = state_.fresh;
        apply(g, p_.get());
        auto trial = descend(evaluator_, state_.here, p_.get(), fresh ? first_length(evaluator_, g, spare_.get()) : 1.0, wolfe_);
        if (!trial && !fresh) {
            fresh = true;
            std::transform(g, g + n_, p_.get(), [](double entry) { return -entry; });
            trial = descend(evaluator_, state_.here, p_.get(), first_length(evaluator_, g, spare_.get()), wolfe_);
        }
        if (!trial) return failure();
        pair_of(*state_.here, *trial->point, s_.get(), y_.get(), n_);
        const bool learned = update(fresh);
        state_.fresh = fresh && !learned;
        state_.here = trial->point;
        step = {++state_.iteration, state_.here, trial->length};
        return std::nullopt;
    }

    State release() override { return std::move(state_); }

  private:
    double *H() const { return state_.matrix->get(); }

    // out = -H v  (6.18)
    void apply(const double *v, double *out) const {
        evaluator_.kernel().matrix_vector(H(), v, out, n_, wide_);
        for (std::size_t p = 0; p < n_; ++p) out[p] = -out[p];
    }

    void fill_diagonal(double entry) {
        for (std::size_t p = 0; p < n_; ++p) H()[p * wide_ + p] = entry;
    }

    // The end: small where rounding hides the decrease that the quadratic model promises.
    Reason failure() {
        const double *g = state_.here->gradient;
        apply(g, p_.get());
        const double promised = -0.5 * evaluator_.dot(g, p_.get());
        return promised <= evaluator_.rounding(*state_.here) ? Reason::precision_reached : Reason::line_search_failed;
    }

    // H from the pair (6.17), from gamma I if fresh; says whether the pair had curvature to learn from.
    bool update(bool fresh) {
        double *s = s_.get(), *y = y_.get();
        const double ys = evaluator_.dot(y, s), yy = evaluator_.dot(y, y);
        const bool learns = ys > kCurvature * std::sqrt(yy * evaluator_.dot(s, s));
        if (fresh) {
            std::fill(H(), H() + n_ * wide_, 0.0);
            fill_diagonal(learns ? ys / yy : 1.0);  // (6.20)
        }
        if (!learns) return false;
        double *b = spare_.get();
        evaluator_.kernel().matrix_vector(H(), y, b, n_, wide_);  // H y
        const double rho = 1.0 / ys, of_s = 0.5 * rho * (1.0 + rho * evaluator_.dot(y, b));
        for (std::size_t p = 0; p < n_; ++p) b[p] = of_s * s[p] - rho * b[p];
        evaluator_.kernel().add_symmetric(H(), s, b, n_, wide_);
        return true;
    }

    Evaluator &evaluator_;
    State state_;
    Wolfe wolfe_;
    std::size_t n_, wide_;
    Aligned p_, s_, y_, spare_;  // (P,), padded
    bool begun_ = false;
};

}  // namespace sheernet
