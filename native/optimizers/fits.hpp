// Whole fits: jobs run in parallel, each as in src/sheernet/optimizers/driver.py.
//
// Results do not depend on the number of concurrent jobs.  If evaluations are limited, a target is set or the time limit is
// 0, a job may end the jobs after it; then they run sequentially.
#pragma once

#include <condition_variable>
#include <mutex>

#include "driver.hpp"
#include "hybrid.hpp"
#include "lbfgs.hpp"

namespace sheernet {

enum class MethodName : int { bfgs, lbfgs, lm, hybrid };
constexpr const char *kMethods[] = {"bfgs", "lbfgs", "lm", "hybrid"};

struct Settings {
    MethodName method = MethodName::bfgs;
    Rules rules{};           // budgets are shared by all jobs
    Wolfe wolfe{};           // bfgs, lbfgs
    std::size_t memory = 0;  // lbfgs
    bool polish = true;
    bool renew = false;      // bfgs, hybrid
    double tau = 0.0;        // lm
    Scaling scaling{};       // lm
    bool keep_path = false;
    bool only_best = false;     // whether records are kept for the best job only
    std::size_t threads = 1;    // shared by all jobs
    std::size_t at_a_time = 1;  // maximum number of concurrent jobs
    bool waits = true;          // whether the threads of a job start only after kWorthWaiting operations
};

// An objective with a start, or with the state and the best iterate of a run to resume.
struct Job {
    const Objective *objective;
    const Objective *validation;  // or null
    const double *start;          // (P,)
    std::optional<State> state;
    Best best;
    StandardUnits units{};
};

// The row of a start that was not evaluated.
constexpr Row kEmptyRow{0.0, kNan, kNan, kNan, kNan, kNan, kNan, 0.0, 0.0, 0.0, kNan};

// Summary of a job; nan if it was cancelled before its start was evaluated.
struct Ends {
    double objective = kNan, iterations = 0.0, seconds = 0.0, validation_cost = kNan, first_objective = kNan;
};

// Progress, for the poll.
struct Status {
    std::size_t job = 0, finished = 0;
    Row row = kEmptyRow;
};

class Fits {
  public:
    Fits(std::vector<Job> jobs, const Settings &settings)
        : jobs_(std::move(jobs)), settings_(settings), fits_(jobs_.size()), ends_(jobs_.size()) {}

    // `poll` runs on this thread, at most every 50 ms, and returns whether to continue.
    void run(const std::function<bool(const Status &)> &poll) {
        Poller poller([&] { return poll(status()); });
        const Rules &rules = settings_.rules;
        const bool in_order = rules.max_evaluations < kInfinity || rules.target > -kInfinity || rules.time_limit <= 0.0;
        const std::size_t workers = in_order ? 1 : std::min({settings_.at_a_time, settings_.threads, jobs_.size()});
        const std::size_t threads_of_job = settings_.threads / workers;
        std::vector<std::thread> threads;
        threads.reserve(workers);
        try {
            for (std::size_t t = 1; t < workers; ++t)
                threads.emplace_back([this, threads_of_job, &poller] { work(threads_of_job, poller); });
        } catch (...) {
            // No more threads or no memory for one: the existing threads do the work.
        }
        work(threads_of_job, poller);
        wait(poller, threads.size());
        for (std::thread &thread : threads) thread.join();
        if (failure_) std::rethrow_exception(failure_);
        drop_unstarted();
    }

    // The weights with the lowest objective or, with patience, validation cost of all jobs so far, while they run; empty
    // before the first iteration.
    std::vector<double> leading() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return leading_;
    }

    std::size_t size() const { return fits_.size(); }
    const Fit &operator[](std::size_t job) const { return fits_[job]; }
    const Ends &ends(std::size_t job) const { return ends_[job]; }
    // The job with the lowest objective or, with patience, validation cost; the first of equals.
    std::size_t best() const { return best_; }

  private:
    // Runs one job after the other on the same team, until none is left or all are to end.
    void work(std::size_t threads, Poller &poller) {
        try {
            Team team(threads, settings_.waits);
            const RunContext context{&team, &poller};
            for (std::size_t job = take(); job < jobs_.size(); job = take()) run_job(job, context);
        } catch (...) {
            const std::lock_guard<std::mutex> lock(mutex_);
            failure_ = std::current_exception();
            poller.stop();
        }
        const std::lock_guard<std::mutex> lock(mutex_);
        ++idle_;
        done_.notify_all();
    }

    std::size_t take() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return over_ || started_jobs_ == jobs_.size() ? jobs_.size() : started_jobs_++;
    }

    void run_job(std::size_t number, const RunContext &context) {
        Job &job = jobs_[number];
        const Rules rules = rules_left();
        Evaluator evaluator(*job.objective, context, rules.max_evaluations, rules.time_limit, job.units);
        const std::function<void(const Row &, const Best &)> accepted = [&](const Row &row, const Best &best) {
            set_status(number, row, best);
        };
        Driver driver(evaluator, rules, job.validation, settings_.keep_path, std::move(job.best), accepted);
        State state = job.state ? std::move(*job.state) : State{};
        if (state.here) state.here->penalty = job.objective->penalty(state.here->theta);  // which no State of Python has
        Fit fit = driver.run([&] { return make(evaluator, std::move(state), job.start); });
        record_result(number, std::move(fit), static_cast<double>(evaluator.value_evaluations()));
    }

    std::unique_ptr<Method> make(Evaluator &evaluator, State state, const double *start) const {
        switch (settings_.method) {
            case MethodName::bfgs:
                return std::make_unique<BFGS>(
                    evaluator, std::move(state), start, settings_.wolfe, settings_.polish, settings_.renew);
            case MethodName::lbfgs:
                return std::make_unique<LBFGS>(
                    evaluator, std::move(state), start, settings_.wolfe, settings_.polish, settings_.memory);
            case MethodName::lm:
                return std::make_unique<LM>(
                    evaluator, std::move(state), start, settings_.tau, settings_.scaling, settings_.polish);
            default:
                return std::make_unique<Hybrid>(evaluator, std::move(state), start, settings_.polish, settings_.renew);
        }
    }

    // The rules with the budgets that remain after the previous jobs.
    Rules rules_left() {
        const std::lock_guard<std::mutex> lock(mutex_);
        Rules rules = settings_.rules;
        rules.max_evaluations -= spent_;
        rules.time_limit = std::max(rules.time_limit - seconds_since(started_), 0.0);
        return rules;
    }

    void set_status(std::size_t job, const Row &row, const Best &best) {
        const double rank = settings_.rules.patience ? best.validation_cost : best.value;
        const std::lock_guard<std::mutex> lock(mutex_);
        status_.job = job;
        status_.row = row;
        if (best.exists() && (leading_.empty() || rank < leading_rank_)) {
            leading_ = best.theta;
            leading_rank_ = rank;
        }
    }

    Status status() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return status_;
    }

    // Records the result of a job.  States may be large, so only the best job's is kept.
    void record_result(std::size_t job, Fit fit, double evaluations) {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++status_.finished;
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
            if (best_ != kNone) discard_details(fits_[best_]);
            best_ = job;
            lowest_ = end;
        } else {
            discard_details(fit);
        }
        fits_[job] = std::move(fit);
    }

    // Frees the state and, with only_best, all rows but the last.
    void discard_details(Fit &fit) const {
        fit.state.reset();
        if (!settings_.only_best || fit.rows.empty()) return;
        const Row last = fit.rows.back();
        fit.rows.assign(1, last);
        fit.rows.shrink_to_fit();
        fit.path = {};
    }

    // Waits until the `others` threads are idle, polling meanwhile.
    void wait(Poller &poller, std::size_t others) {
        std::unique_lock<std::mutex> lock(mutex_);
        while (idle_ < others + 1) {
            done_.wait_for(lock, Poller::kInterval);
            lock.unlock();
            try {
                poller.poll_if_due();
            } catch (const Stopped &) {
                // The other threads see it too.
            }
            lock.lock();
        }
    }

    // Keeps the jobs that started.  A job that was cancelled before its start was evaluated gets an empty row, unless it is
    // the last, which is dropped.
    void drop_unstarted() {
        std::size_t count = started_jobs_;
        while (count > 0 && fits_[count - 1].rows.empty()) --count;
        fits_.resize(count);
        for (std::size_t job = 0; job < count; ++job) {
            Fit &fit = fits_[job];
            if (!fit.rows.empty()) continue;
            fit.rows.push_back(kEmptyRow);
            fit.result.theta.assign(jobs_[job].start, jobs_[job].start + jobs_[job].objective->size());
            fit.path.clear();
            if (settings_.keep_path) fit.path = fit.result.theta;
            fit.result.gradient.assign(fit.result.theta.size(), kNan);
        }
        jobs_.clear();  // their objectives and starts may not live longer
    }

    std::vector<Job> jobs_;
    Settings settings_;
    std::vector<Fit> fits_;
    std::vector<Ends> ends_;
    Clock::time_point started_ = Clock::now();
    std::mutex mutex_;
    std::condition_variable done_;
    Status status_;
    std::vector<double> leading_;
    double leading_rank_ = kInfinity;
    std::exception_ptr failure_;
    std::size_t started_jobs_ = 0, idle_ = 0, best_ = kNone;
    bool over_ = false;
    double spent_ = 0.0, lowest_ = kInfinity;
};

}  // namespace sheernet
