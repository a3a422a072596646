// Sums over chunks of work, computed on several threads and added in chunk order: results are bitwise equal for any number.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include "cancellation.hpp"
#include "packed.hpp"
#include "scratch.hpp"
#include "team.hpp"

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

    // Calls work(chunk, part, scratch) for every chunk on up to `members` threads of the team.  `part` has n_sums zeros to add
    // to (null if n_sums is 0); `scratch` is the scratch memory of the thread, `callers` on the caller's thread.
    template <class Work>
    void run(Team &team, std::size_t members, const Scratch &callers, const Work &work) {
        team.run(members, poller_, [&](std::size_t member) {
            try {
                const Scratch own;
                take_chunks(member == 0 ? callers : own, work);
            } catch (...) {
                end_early();
                throw;
            }
        });
    }

  private:
    template <class Work>
    void take_chunks(const Scratch &scratch, const Work &work) {
        for (std::size_t k = next_++; k < parts_.size() && may_begin(k); k = next_++) {
            if (poller_) poller_->poll_if_due();
            Aligned part = spare_part();
            clear(part.get(), n_sums_, poller_);
            work(k, part.get(), scratch);
            put(k, std::move(part));
        }
    }

    // Lets the other threads return: a chunk that failed is never added.
    void end_early() {
        const std::lock_guard<std::mutex> lock(mutex_);
        failed_ = true;
        changed_.notify_all();
    }

    // Memory of n_sums numbers: the memory of a part already added, if there is one.
    Aligned spare_part() {
        if (n_sums_ == 0) return {};
        const std::lock_guard<std::mutex> lock(mutex_);
        if (spare_.empty()) return Aligned(n_sums_);
        Aligned part = std::move(spare_.back());
        spare_.pop_back();
        return part;
    }

    // Waits until fewer than max_parts chunks before k remain to be added; false if a chunk failed.
    bool may_begin(std::size_t k) {
        std::unique_lock<std::mutex> lock(mutex_);
        wait(lock, [&] { return failed_ || k < added_ + max_parts_; });
        return !failed_;
    }

    // One thread adds at a time, including the parts that others store meanwhile, so that those continue at once.
    void put(std::size_t k, Aligned part) {
        std::unique_lock<std::mutex> lock(mutex_);
        parts_[k] = std::move(part);
        done_[k] = true;
        if (adding_) return;
        adding_ = true;
        while (added_ < parts_.size() && done_[added_]) {
            Aligned next = std::move(parts_[added_]);
            lock.unlock();
            add(next.get(), sums_, n_sums_, poller_);
            lock.lock();
            spare_.push_back(std::move(next));
            ++added_;
            changed_.notify_all();
        }
        adding_ = false;
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
    std::vector<Aligned> parts_, spare_;
    std::vector<bool> done_;
    bool adding_ = false, failed_ = false;
    std::atomic<std::size_t> next_{0};
    std::size_t added_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
};

}  // namespace sheernet
