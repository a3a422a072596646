// Levenberg-Marquardt, then BFGS from its matrix: src/sheernet/optimizers/hybrid.py in C++; source and deviations are given
// there.
#pragma once

#include "bfgs.hpp"
#include "lm.hpp"

namespace sheernet {

class Hybrid final : public Method {
  public:
    static constexpr Wolfe kWolfe = {1e-4, 0.5};  // as in hybrid.py
    static constexpr double kTau = 1e-3;
    static constexpr std::size_t kPlainSteps = 8, kIterations = 300, kIterationsPerParameter = 5;

    // Resumes from `state`, a state of bfgs if it has no scales; if it has no point, starts at theta.
    Hybrid(Evaluator &evaluator, State state, const double *theta, bool polish, bool renew)
        : evaluator_(evaluator), polish_(polish), renew_(renew), finishing_(state.finishing) {
        if (state.here && state.scales.empty()) {
            run_bfgs(std::move(state));
        } else {
            lm_ = std::make_unique<LM>(evaluator, std::move(state), theta, kTau, Scaling::none, polish);
        }
    }

    std::optional<Reason> next(Step &step) override {
        if (begun_) {
            if (lm_ && !finishing_ && is_enough()) hand_over();
            if (bfgs_ && !is_too_long() && !bfgs_->next(step)) return std::nullopt;
            if (bfgs_) hand_back();
            return lm_->next(step);
        }
        begun_ = true;
        return lm_ ? lm_->next(step) : bfgs_->next(step);
    }

    State release() override {
        State state = lm_ ? lm_->release() : bfgs_->release();
        state.finishing = finishing_;
        return state;
    }

  private:
    // Whether bfgs is to begin.
    bool is_enough() const {
        return !std::isnan(lm_->state().reference) || lm_->state().iteration >= kPlainSteps;
    }

    // Whether lm is to begin again, although bfgs has not ended.  Without decay, its median over the parameters is 0.
    bool is_too_long() const {
        const std::size_t n = evaluator_.size();
        return bfgs_->state().iteration >= std::max(kIterations, kIterationsPerParameter * n) &&
               2 * evaluator_.objective().n_decayed() < n;
    }

    // From lm to bfgs; to the end of lm if the matrix cannot be inverted.
    void hand_over() {
        const std::size_t n = evaluator_.size(), wide = evaluator_.padded_size();
        auto H = std::make_shared<Aligned>(zeros(n * wide));
        finishing_ = !lm_->write_inverse(H->get(), wide);
        if (finishing_) return;
        State state = lm_->release(), next;
        next.iteration = state.iteration;
        next.here = std::move(state.here);
        next.matrix = std::move(H);
        next.fresh = false;
        run_bfgs(std::move(next));
        lm_.reset();
        skip(*bfgs_);
    }

    // From bfgs to the end of lm.
    void hand_back() {
        const State &ended = bfgs_->state();
        State begun;
        begun.iteration = ended.iteration;
        begun.reference = std::sqrt(evaluator_.dot(ended.here->gradient, ended.here->gradient));
        // The evaluation may exceed the budget: until then, the state is that of bfgs.
        lm_ = std::make_unique<LM>(evaluator_, std::move(begun), ended.here->theta, kTau, Scaling::none, polish_);
        finishing_ = true;
        bfgs_.reset();
        skip(*lm_);
    }

    // Resumes bfgs from a state with a point.
    void run_bfgs(State state) {
        const double *theta = state.here->theta;
        bfgs_ = std::make_unique<BFGS>(evaluator_, std::move(state), theta, kWolfe, polish_, renew_);
    }

    // A method first returns the iterate that it begins with.
    static void skip(Method &method) {
        Step known;
        method.next(known);
    }

    Evaluator &evaluator_;
    bool polish_, renew_, finishing_, begun_ = false;
    std::unique_ptr<LM> lm_;
    std::unique_ptr<BFGS> bfgs_;
};

}  // namespace sheernet
