// Work in chunks on several threads, whose sums are added in the order of the chunks: bits do not depend on the threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "packed.hpp"
#include "watch.hpp"

namespace sheernet {

// sums = 0, and sums += part; `watch` may be null.
inline void clear(double *sums, std::size_t n, Watch *watch) {
    in_slices(n, watch, [&](std::size_t from, std::size_t to) { std::fill(sums + from, sums + to, 0.0); });
}
inline void add(const double *part, double *sums, std::size_t n, Watch *watch) {
    in_slices(n, watch, [&](std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i) sums[i] += part[i];
    });
}

class OrderedSums {
  public:
    // Adds n_sums numbers of each of n chunks to `sums`.  At most `most_parts` chunks are at work or wait for one before
    // them; `watch` may be null.
    OrderedSums(std::size_t n, std::size_t n_sums, double *sums, std::size_t most_parts, Watch *watch)
        : n_sums_(n_sums), sums_(sums), most_parts_(most_parts), watch_(watch), parts_(n), done_(n, false) {}

    // Calls work(chunk, part, scratch) for every chunk on `workers` threads, the caller's among them: part has n_sums zeros
    // to add to, or is null where there are none; scratch has `room` numbers.  Threads live as long as this call: there is
    // no pool that a fork could lose.
    template <class Work>
    void run(std::size_t workers, std::size_t room, const Work &work) {
        std::vector<std::thread> threads;
        threads.reserve(workers - 1);
        try {
            for (std::size_t t = 1; t < workers; ++t) threads.emplace_back([&] { take_chunks(room, work); });
        } catch (...) {
            // The system gives no more threads, or no memory for one: those that there are do the work.
        }
        take_chunks(room, work);
        wait_for(threads.size() + 1);
        for (std::thread &thread : threads) thread.join();
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    template <class Work>
    void take_chunks(std::size_t room, const Work &work) {
        try {
            const Aligned scratch(room);
            for (std::size_t k = next_++; k < parts_.size() && may_begin(k); k = next_++) {
                if (watch_) watch_->look();
                Aligned part;
                if (n_sums_ > 0) part = Aligned(n_sums_);
                clear(part.get(), n_sums_, watch_);
                work(k, part.get(), scratch.get());
                put(k, std::move(part));
            }
        } catch (...) {
            const std::lock_guard<std::mutex> lock(mutex_);
            failure_ = std::current_exception();
        }
        const std::lock_guard<std::mutex> lock(mutex_);
        ++idle_;
        changed_.notify_all();
    }

    // Waits until few enough chunks before k are not added yet; false where one failed.
    bool may_begin(std::size_t k) {
        std::unique_lock<std::mutex> lock(mutex_);
        wait(lock, [&] { return failure_ || k < added_ + most_parts_; });
        return !failure_;
    }

    // One thread adds at a time, and adds what others put meanwhile, too; those go on at once.
    void put(std::size_t k, Aligned part) {
        std::unique_lock<std::mutex> lock(mutex_);
        parts_[k] = std::move(part);
        done_[k] = true;
        if (adding_) return;
        adding_ = true;
        while (added_ < parts_.size() && done_[added_]) {
            const Aligned next = std::move(parts_[added_]);
            lock.unlock();
            add(next.get(), sums_, n_sums_, watch_);
            lock.lock();
            ++added_;
            changed_.notify_all();
        }
        adding_ = false;
    }

    // Waits until all workers are done, on the caller's thread.
    void wait_for(std::size_t workers) {
        std::unique_lock<std::mutex> lock(mutex_);
        while (idle_ < workers) {
            try {
                wait(lock, [&] { return idle_ == workers; });
            } catch (...) {
                if (!lock.owns_lock()) lock.lock();
                failure_ = std::current_exception();  // the others notice it, too
            }
        }
    }

    // Waits for `ready`, and looks up meanwhile.
    template <class Ready>
    void wait(std::unique_lock<std::mutex> &lock, const Ready &ready) {
        while (!changed_.wait_for(lock, Watch::kInterval, ready)) {
            if (!watch_) continue;
            lock.unlock();
            watch_->look();
            lock.lock();
        }
    }

    std::size_t n_sums_;
    double *sums_;
    std::size_t most_parts_;
    Watch *watch_;
    std::vector<Aligned> parts_;
    std::vector<bool> done_;
    bool adding_ = false;
    std::atomic<std::size_t> next_{0};
    std::size_t added_ = 0, idle_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::exception_ptr failure_;
};

}  // namespace sheernet
