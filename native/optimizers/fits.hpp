// Whole fits: jobs run in parallel, each as src/sheernet/optimizers/driver.py would run it.
//
// Results do not depend on how many jobs run at a time.  Where evaluations are limited, a target is set or there is no
// time, a job may end those after it: then they run one after the other.
#pragma once

#include <condition_variable>
#include <mutex>

#include "bfgs.hpp"
#include "driver.hpp"
#include "lbfgs.hpp"
#include "lm.hpp"

namespace sheernet {

enum class MethodName : int { bfgs, lbfgs, lm };

struct Settings {
    MethodName method = MethodName::bfgs;
    Rules rules{};           // the budgets are those of all jobs together
    Wolfe wolfe{};           // bfgs, lbfgs
    std::size_t memory = 0;  // lbfgs
    double tau = 0.0;        // lm
    bool keep_path = false;
    bool only_best = false;     // whether the others' records are forgotten, but for their ends
    std::size_t threads = 1;    // of all jobs together
    std::size_t at_a_time = 1;  // jobs
};

// An objective with a start, or with the state and the best iterate of a run to go on from.
struct Job {
    const Objective *objective;
    const Objective *validation;  // or null
    const double *start;          // (P,)
    std::optional<State> state;
    Best best;
};

// A row without numbers: of what was not evaluated.
constexpr Row kNothing{0.0, kNan, kNan, kNan, kNan, kNan, kNan, 0.0, 0.0, 0.0, kNan};

// How a job ended; nan where it was called off before its start was evaluated.
struct Ends {
    double objective = kNan, iterations = 0.0, seconds = 0.0, validation_cost = kNan, first_objective = kNan;
};

// Where a fit is, for who watches.
struct Status {
    std::size_t job = 0, finished = 0;
    Row row = kNothing;
};

class Fits {
  public:
    Fits(std::vector<Job> jobs, const Settings &settings) : jobs_(std::move(jobs)), settings_(settings), fits_(jobs_.size()), ends_(jobs_.size()) {}

    // `poll` runs on this thread, at most every 50 ms, and says whether to go on.
    void run(const std::function<bool(const Status &)> &poll) {
        Watch watch([&] { return poll(status()); });
        const Rules &rules = settings_.rules;
        const bool in_order = rules.max_evaluations < kInfinity || rules.target > -kInfinity || rules.time_limit <= 0.0;
        const std::size_t workers = in_order ? 1 : std::min({settings_.at_a_time, settings_.threads, jobs_.size()});
        const Running running{static_cast<int>(settings_.threads / workers), &watch};
        std::vector<std::thread> threads;
        threads.reserve(workers);
        try {
            for (std::size_t t = 1; t < workers; ++t) threads.emplace_back([this, running] { work(running); });
        } catch (...) {
            // The system gives no more threads, or no memory for one: those that there are do the work.
        }
        work(running);
        wait(watch, threads.size());
        for (std::thread &thread : threads) thread.join();
        if (failure_) std::rethrow_exception(failure_);
        cut();
    }

    std::size_t size() const { return fits_.size(); }
    const Fit &operator[](std::size_t job) const { return fits_[job]; }
    const Ends &ends(std::size_t job) const { return ends_[job]; }
    // The one with the lowest objective or, under patience, validation cost; the first of equals.
    std::size_t best() const { return best_; }

  private:
    // Takes one job after the other, until none is left or something ends them all.
    void work(const Running &running) {
        try {
            for (std::size_t job = take(); job < jobs_.size(); job = take()) run_job(job, running);
        } catch (...) {
            const std::lock_guard<std::mutex> lock(mutex_);
            failure_ = std::current_exception();
            running.watch->stop();
        }
        const std::lock_guard<std::mutex> lock(mutex_);
        ++idle_;
        done_.notify_all();
    }

    std::size_t take() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return over_ || begun_ == jobs_.size() ? jobs_.size() : begun_++;
    }

    void run_job(std::size_t number, const Running &running) {
        Job &job = jobs_[number];
        const Rules rules = rules_left();
        Evaluator evaluator(*job.objective, running, rules.max_evaluations, rules.time_limit);
        const std::function<void(const Row &)> accepted = [&](const Row &row) { show(number, row); };
        Driver driver(evaluator, rules, job.validation, settings_.keep_path, std::move(job.best), accepted);
        State state = job.state ? std::move(*job.state) : State{};
        Fit fit = driver.run([&] { return make(evaluator, std::move(state), job.start); });
        keep(number, std::move(fit), static_cast<double>(evaluator.value_evaluations()));
    }

    std::unique_ptr<Method> make(Evaluator &evaluator, State state, const double *start) const {
        switch (settings_.method) {
            case MethodName::bfgs: return std::make_unique<BFGS>(evaluator, std::move(state), start, settings_.wolfe);
            case MethodName::lbfgs:
                return std::make_unique<LBFGS>(evaluator, std::move(state), start, settings_.wolfe, settings_.memory);
            default: return std::make_unique<LM>(evaluator, std::move(state), start, settings_.tau);
        }
    }

    // What the jobs before have left of the budgets.
    Rules rules_left() {
        const std::lock_guard<std::mutex> lock(mutex_);
        Rules rules = settings_.rules;
        rules.max_evaluations -= spent_;
        rules.time_limit = std::max(rules.time_limit - seconds_since(started_), 0.0);
        return rules;
    }

    void show(std::size_t job, const Row &row) {
        const std::lock_guard<std::mutex> lock(mutex_);
        shown_.job = job;
        shown_.row = row;
    }

    Status status() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return shown_;
    }

    // Takes note of a job's end.  Of the states, which may be large, only the best job's is kept.
    void keep(std::size_t job, Fit fit, double evaluations) {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++shown_.finished;
        spent_ += evaluations;
        const bool ends_all = fit.reason == Reason::interrupted || fit.reason == Reason::time_limit ||
                              fit.reason == Reason::max_evaluations || fit.reason == Reason::target_reached;
        over_ = over_ || ends_all || spent_ >= settings_.rules.max_evaluations;
        Ends &ends = ends_[job];
        if (!fit.rows.empty()) {
            const Row &first = fit.rows.front(), &last = fit.rows.back();
            ends = {fit.result.value, last.iteration, last.seconds, fit.lowest_validation_cost(), first.objective};
        }
        double end = settings_.rules.patience ? ends.validation_cost : ends.objective;
        if (std::isnan(end)) end = kInfinity;
        const bool is_best = best_ == kNone || end < lowest_ || (end <= lowest_ && job < best_);
        if (is_best) {
            if (best_ != kNone) forget(fits_[best_]);
            best_ = job;
            lowest_ = end;
        } else {
            forget(fit);
        }
        fits_[job] = std::move(fit);
    }

    // What is large and was not asked for.
    void forget(Fit &fit) const {
        fit.state.reset();
        if (!settings_.only_best || fit.rows.empty()) return;
        const Row last = fit.rows.back();
        fit.rows.assign(1, last);
        fit.rows.shrink_to_fit();
        fit.path = {};
    }

    // Waits until `others` have no more jobs, and looks up meanwhile.
    void wait(Watch &watch, std::size_t others) {
        std::unique_lock<std::mutex> lock(mutex_);
        while (idle_ < others + 1) {
            done_.wait_for(lock, Watch::kInterval);
            lock.unlock();
            try {
                watch.look();
            } catch (const Stopped &) {
                // The others notice it, too.
            }
            lock.lock();
        }
    }

    // Leaves the jobs that began.  One that was called off before its start was evaluated, and is not the last, has a row
    // without numbers.
    void cut() {
        std::size_t count = begun_;
        while (count > 0 && fits_[count - 1].rows.empty()) --count;
        fits_.resize(count);
        for (std::size_t job = 0; job < count; ++job) {
            Fit &fit = fits_[job];
            if (!fit.rows.empty()) continue;
            fit.rows.push_back(kNothing);
            fit.result.theta.assign(jobs_[job].start, jobs_[job].start + jobs_[job].objective->size());
            fit.path.clear();
            if (settings_.keep_path) fit.path = fit.result.theta;
            fit.result.gradient.assign(fit.result.theta.size(), kNan);
        }
    }

    std::vector<Job> jobs_;
    Settings settings_;
    std::vector<Fit> fits_;
    std::vector<Ends> ends_;
    Clock::time_point started_ = Clock::now();
    std::mutex mutex_;
    std::condition_variable done_;
    Status shown_;
    std::exception_ptr failure_;
    std::size_t begun_ = 0, idle_ = 0, best_ = kNone;
    bool over_ = false;
    double spent_ = 0.0, lowest_ = kInfinity;
};

}  // namespace sheernet
