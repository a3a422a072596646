// Sums over chunks of work, computed on several threads and added in chunk order: bits do not depend on the threads.
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
#include "cancellation.hpp"

namespace sheernet {

// sums = 0 and sums += part; `poller` may be null.
inline void clear(double *sums, std::size_t n, Poller *poller) {
    for_each_slice(n, poller, [&](std::size_t from, std::size_t to) { std::fill(sums + from, sums + to, 0.0); });
}
inline void add(const double *part, double *sums, std::size_t n, Poller *poller) {
    for_each_slice(n, poller, [&](std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i) sums[i] += part[i];
    });
}

class OrderedSums {
  public:
    // Adds n_sums numbers from each of n chunks to `sums`.  At most `max_parts` chunks are being computed or wait for an
    // earlier chunk; `poller` may be null.
    OrderedSums(std::size_t n, std::size_t n_sums, double *sums, std::size_t max_parts, Poller *poller)
        : n_sums_(n_sums), sums_(sums), max_parts_(max_parts), poller_(poller), parts_(n), done_(n, false) {}

    // Calls work(chunk, part, scratch) for every chunk on `workers` threads, including the caller's.  `part` has n_sums
    // zeros to add to (null if n_sums is 0); `scratch` has `scratch_size` numbers.  The threads end with this call: a thread
    // pool would not survive a fork.
    template <class Work>
    void run(std::size_t workers, std::size_t scratch_size, const Work &work) {
        std::vector<std::thread> threads;
        threads.reserve(workers - 1);
        try {
            for (std::size_t t = 1; t < workers; ++t) threads.emplace_back([&] { take_chunks(scratch_size, work); });
        } catch (...) {
            // No more threads or no memory for one: the existing threads do the work.
        }
        take_chunks(scratch_size, work);
        wait_for(threads.size() + 1);
        for (std::thread &thread : threads) thread.join();
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    template <class Work>
    void take_chunks(std::size_t scratch_size, const Work &work) {
        try {
            const Aligned scratch(scratch_size);
            for (std::size_t k = next_++; k < parts_.size() && may_begin(k); k = next_++) {
                if (poller_) poller_->poll_if_due();
                Aligned part;
                if (n_sums_ > 0) part = Aligned(n_sums_);
                clear(part.get(), n_sums_, poller_);
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

    // Waits until fewer than max_parts chunks before k remain to be added; false if a chunk failed.
    bool may_begin(std::size_t k) {
        std::unique_lock<std::mutex> lock(mutex_);
        wait(lock, [&] { return failure_ || k < added_ + max_parts_; });
        return !failure_;
    }

    // One thread adds at a time, including the parts that others store meanwhile, so that those continue at once.
    void put(std::size_t k, Aligned part) {
        std::unique_lock<std::mutex> lock(mutex_);
        parts_[k] = std::move(part);
        done_[k] = true;
        if (adding_) return;
        adding_ = true;
        while (added_ < parts_.size() && done_[added_]) {
            const Aligned next = std::move(parts_[added_]);
            lock.unlock();
            add(next.get(), sums_, n_sums_, poller_);
            lock.lock();
            ++added_;
            changed_.notify_all();
        }
        adding_ = false;
    }

    // Waits on the caller's thread until all workers are done.
    void wait_for(std::size_t workers) {
        std::unique_lock<std::mutex> lock(mutex_);
        while (idle_ < workers) {
            try {
                wait(lock, [&] { return idle_ == workers; });
            } catch (...) {
                if (!lock.owns_lock()) lock.lock();
                failure_ = std::current_exception();  // the other threads see it too
            }
        }
    }

    // Waits for `ready`, polling meanwhile.
    template <class Ready>
    void wait(std::unique_lock<std::mutex> &lock, const Ready &ready) {
        while (!changed_.wait_for(lock, Poller::kInterval, ready)) {
            if (!poller_) continue;
            lock.unlock();
            poller_->poll_if_due();
            lock.lock();
        }
    }

    std::size_t n_sums_;
    double *sums_;
    std::size_t max_parts_;
    Poller *poller_;
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
