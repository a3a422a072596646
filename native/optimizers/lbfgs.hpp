// L-BFGS: src/sheernet/optimizers/lbfgs.py in C++; that file has source and deviations.
#pragma once

#include "line_search.hpp"

namespace sheernet {

class LBFGS final : public Method {
  public:
    // Goes on from `state`; where that holds no point, begins at theta.
    LBFGS(Evaluator &evaluator, State state, const double *theta, const Wolfe &wolfe, std::size_t memory)
        : evaluator_(evaluator), state_(std::move(state)), wolfe_(wolfe), memory_(memory), n_(evaluator.size()),
          p_(zeros(padded(n_))), spare_(zeros(padded(n_))) {
        if (state_.here) return;
        state_.here = evaluator.at(theta);
        evaluator.value_and_gradient(*state_.here);
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
        bool forgotten = state_.pairs.empty();
        two_loops(g);
        auto trial = descend(evaluator_, state_.here, p_.get(), forgotten ? first_length(evaluator_, g, spare_.get()) : 1.0, wolfe_);
        if (!trial && !forgotten) {
            forgotten = true;
            std::transform(g, g + n_, p_.get(), [](double entry) { return -entry; });
            trial = descend(evaluator_, state_.here, p_.get(), first_length(evaluator_, g, spare_.get()), wolfe_);
        }
        if (!trial) return failure();
        if (forgotten) state_.pairs.clear();
        remember(*trial->point);
        state_.here = trial->point;
        step = {++state_.iteration, state_.here, trial->length};
        return std::nullopt;
    }

    State release() override { return std::move(state_); }

  private:
    // p = -H g, without H (Algorithm 7.4).
    void two_loops(const double *gradient) {
        const auto &pairs = state_.pairs;
        const Kernel &kernel = evaluator_.kernel();
        const std::size_t wide = evaluator_.padded_size();
        double *r = p_.get();
        std::copy(gradient, gradient + n_, r);
        alphas_.resize(pairs.size());
        for (std::size_t i = pairs.size(); i-- > 0;) {
            alphas_[i] = pairs[i].rho * evaluator_.dot(pairs[i].s.get(), r);
            kernel.add(-alphas_[i], pairs[i].y.get(), r, wide);
        }
        const double gamma = pairs.empty() ? 1.0 : pairs.back().gamma;
        for (std::size_t p = 0; p < n_; ++p) r[p] *= gamma;
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            const double beta = pairs[i].rho * evaluator_.dot(pairs[i].y.get(), r);
            kernel.add(alphas_[i] - beta, pairs[i].s.get(), r, wide);
        }
        for (std::size_t p = 0; p < n_; ++p) r[p] = -r[p];
    }

    // The end: small where rounding hides the decrease that the quadratic model promises.
    Reason failure() {
        const double *g = state_.here->gradient;
        two_loops(g);
        const double promised = -0.5 * evaluator_.dot(g, p_.get());
        return promised <= evaluator_.rounding(*state_.here) ? Reason::precision_reached : Reason::line_search_failed;
    }

    // Appends the pair of the step to `later`, and forgets the oldest beyond the memory; one without curvature is left out.
    void remember(const Point &later) {
        auto &pairs = state_.pairs;
        const std::size_t wide = evaluator_.padded_size();
        Aligned s = zeros(wide), y = zeros(wide);
        pair_of(*state_.here, later, s.get(), y.get(), n_);
        const double ys = evaluator_.dot(y.get(), s.get()), yy = evaluator_.dot(y.get(), y.get());
        if (!(ys > kCurvature * std::sqrt(yy * evaluator_.dot(s.get(), s.get())))) return;
        if (pairs.size() >= memory_) pairs.erase(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(pairs.size() + 1 - memory_));
        pairs.push_back({std::move(s), std::move(y), 1.0 / ys, ys / yy});
    }

    Evaluator &evaluator_;
    State state_;
    Wolfe wolfe_;
    std::size_t memory_, n_;
    Aligned p_, spare_;  // (P,), padded
    std::vector<double> alphas_;
    bool begun_ = false;
};

}  // namespace sheernet
