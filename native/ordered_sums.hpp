// Sums over chunks of work, computed on several threads and added in chunk order: results are bitwise equal for any number.
#pragma once

#include <algorithm>
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
            const Scratch own;
            Lock lock = brief_lock(mutex_);
            try {
                while (next_ < parts_.size()) take_chunk(lock, next_++, member == 0 ? callers : own, work);
            } catch (...) {
                // Lets the other threads return: a chunk that failed is never added.
                if (!lock.owns_lock()) lock.lock();
                next_ = parts_.size();
                failed_ = true;
                changed_.notify_all();
                throw;
            }
        });
    }

  private:
    using Lock = std::unique_lock<std::mutex>;

    // Computes chunk k and adds what can be added.  The lock is held at the beginning and at the end.
    template <class Work>
    void take_chunk(Lock &lock, std::size_t k, const Scratch &scratch, const Work &work) {
        wait(lock, [&] { return failed_ || k < added_ + max_parts_; });
        if (failed_) return;
        Aligned part;
        if (!spare_.empty()) {  // the memory of a part already added
            part = std::move(spare_.back());
            spare_.pop_back();
        }
        lock.unlock();
        if (poller_) poller_->poll_if_due();
        if (n_sums_ > 0 && !part.get()) part = Aligned(n_sums_);
        clear(part.get(), n_sums_, poller_);
        work(k, part.get(), scratch);
        lock = brief_lock(mutex_);
        parts_[k] = std::move(part);
        done_[k] = true;
        if (!adding_) add_parts(lock);
    }

    // One thread adds at a time, including the parts that others store meanwhile, so that those continue at once.
    void add_parts(Lock &lock) {
        adding_ = true;
        while (added_ < parts_.size() && done_[added_]) {
            Aligned next = std::move(parts_[added_]);
            lock.unlock();
            add(next.get(), sums_, n_sums_, poller_);
            lock = brief_lock(mutex_);
            spare_.push_back(std::move(next));
            ++added_;
            changed_.notify_all();
        }
        adding_ = false;
    }

    // Waits for `ready`, polling meanwhile.
    template <class Ready>
    void wait(Lock &lock, const Ready &ready) {
        while (!ready() && !changed_.wait_for(lock, Poller::kInterval, ready)) {
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
    std::size_t next_ = 0, added_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
};

}  // namespace sheernet
