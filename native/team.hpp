// Threads that compute together and live as long as one native call: a fit, or one evaluation.
//
// A fit passes thousands of evaluations to the threads, each of which may take less time than starting and joining a thread.
// No thread outlives the call, because a fork would lose it.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sched.h>
#endif

#include "cancellation.hpp"

namespace sheernet {

// Tells the processor that this thread only waits.
inline void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
}

// Locks a mutex that others hold for a fraction of a microsecond.  To sleep and to be woken takes longer, so this tries some
// times before.
inline std::unique_lock<std::mutex> brief_lock(std::mutex &mutex) {
    std::unique_lock<std::mutex> lock(mutex, std::try_to_lock);
    for (int i = 0; i < 32; ++i) {
        if (lock.owns_lock() || lock.try_lock()) return lock;
        pause_briefly();
    }
    lock.lock();
    return lock;
}

constexpr int kUnknownProcessor = -1;

// The processor that runs this thread.
inline int current_processor() {
#if defined(__linux__)
    return sched_getcpu();
#else
    return kUnknownProcessor;
#endif
}

// Moves this thread from a processor to another one that it may use, if there is one.  Linux searches for a free processor only if
// the load was low: otherwise a thread that starts or wakes on the caller's processor stays there as long as a short fit takes.
inline void leave_processor([[maybe_unused]] int processor) {
#if defined(__linux__)
    cpu_set_t allowed, others;
    if (processor < 0 || processor >= CPU_SETSIZE || sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    others = allowed;
    CPU_CLR(static_cast<std::size_t>(processor), &others);
    if (CPU_COUNT(&others) == 0 || sched_setaffinity(0, sizeof others, &others) != 0) return;
    sched_setaffinity(0, sizeof allowed, &allowed);
#endif
}

constexpr std::size_t kMostThreads = std::size_t{1} << 16;  // of a call: more are a mistake

class Team {
  public:
    // The caller's thread and up to size - 1 others, which start with the first run().
    explicit Team(std::size_t size, bool waits = false) : size_(std::max<std::size_t>(size, 1)), waits_(waits) {}
    ~Team() {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            ends_ = true;
            ++posted_;
        }
        changed_.notify_all();
        for (std::thread &thread : threads_) thread.join();
    }
    Team(const Team &) = delete;
    Team &operator=(const Team &) = delete;

    // The number of threads for a call with this many operations.  A team that waits starts its threads only for a call of
    // kWorthStarting operations or after calls of kWorthWaiting in total, because a fit of few rows may end before the threads
    // have done any work.
    std::size_t members_for(double operations) {
        work_ += operations;
        return waits_ && threads_.empty() && operations < kWorthStarting && work_ < kWorthWaiting ? 1 : size_;
    }

    // Calls work(member) with member 0 on this thread and 1, 2, ... on up to `members` - 1 others, and returns after all
    // these calls; then rethrows an exception of one of them.  A thread that is ready only after work(0) has returned is not
    // called, so that a thread without a processor causes no delay: work takes items until none is left; `poller` may be null.
    template <class Work>
    void run(std::size_t members, Poller *poller, const Work &work) {
        callers_processor_ = current_processor();
        if (members > 1) start();
        const Call call(std::cref(work));
        const Clock::time_point began = Clock::now();
        const std::size_t others = began < alone_until_ ? 0 : std::min(members, threads_.size() + 1) - 1;
        post(call, others);
        call_and_keep_failure(call, 0);
        const Clock::time_point done = Clock::now();
        wait_for_others(poller);
        if (others > 0) note(done - began, done);
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    }

    // Calls pass(from, to) for slices of n items, each on one of the threads, and polls between them.  The caller takes the
    // first slices and the others the last ones, so that in repeated calls each finds the same items in its cache.
    template <class Pass>
    void for_each_slice(std::size_t n, std::size_t slice, Poller *poller, const Pass &pass) {
        if (n <= slice) return pass(0, n);
        const std::size_t number = (n + slice - 1) / slice;
        std::atomic<std::size_t> taken{0}, last{number};
        run(number, poller, [&](std::size_t member) {
            for (std::size_t first = 0; taken++ < number;) {
                const std::size_t from = (member == 0 ? first++ : --last) * slice;
                if (poller) poller->poll_if_due();
                pass(from, std::min(from + slice, n));
            }
        });
    }

  private:
    using Call = std::function<void(std::size_t member)>;
    using Clock = std::chrono::steady_clock;

    // Time for which a thread spins before it sleeps.  A thread that sleeps begins 20 to 40 us late, so this is longer than a
    // small chunk, which another thread may still compute, and the gap of some us to the next call of a fit together; but
    // short, because on a busy machine spinning takes processor time from the threads that compute.  A thread on the caller's
    // processor does not spin, because the caller needs that processor.
    static constexpr std::chrono::microseconds kSpin{30};

    // On a busy machine, a thread that loses its processor within a chunk delays the caller by milliseconds.  If the caller
    // waited for longer than it worked, it then works alone for kAlone times as long as it waited, so that waiting takes at
    // most 1 / kAlone of the time.
    static constexpr int kAlone = 20;
    static constexpr std::chrono::microseconds kShortWait{200};  // not caused by the loss of a processor

    static constexpr double kWorthWaiting = 5e7;   // operations, about a millisecond
    static constexpr double kWorthStarting = 1e7;  // a few times what it takes to start a thread

    void note(Clock::duration worked, Clock::time_point done) {
        const Clock::time_point now = Clock::now();
        if (now - done > std::max<Clock::duration>(worked, kShortWait)) alone_until_ = now + kAlone * (now - done);
    }

    void start() {
        if (!threads_.empty() || size_ == 1) return;
        threads_.reserve(size_ - 1);
        try {
            for (std::size_t t = 1; t < size_; ++t) threads_.emplace_back([this] { serve(); });
        } catch (...) {
            // No more threads or no memory for one: the existing threads do the work.
        }
    }

    // The main function of a thread of the team.
    void serve() {
        for (std::size_t seen = 0;;) {
            if (!is_on_callers_processor()) spin([&] { return posted_ != seen; });
            std::unique_lock<std::mutex> lock(mutex_);
            ++asleep_;
            changed_.wait(lock, [&] { return posted_ != seen; });
            --asleep_;
            if (!ends_ && is_on_callers_processor()) {
                lock.unlock();
                leave_processor(callers_processor_);
                lock.lock();
            }
            if (ends_) return;
            seen = posted_;
            if (places_ == 0) continue;  // this thread is too late, or not needed
            --places_;
            ++active_;
            const Call &call = *call_;
            const std::size_t member = ++called_;
            lock.unlock();
            call_and_keep_failure(call, member);
            lock.lock();
            if (--active_ == 0) done_.notify_one();
        }
    }

    void post(const Call &call, std::size_t places) {
        if (places == 0) return;
        bool wakes = false;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            call_ = &call;
            places_ = places;
            called_ = 0;
            ++posted_;
            wakes = asleep_ > 0;
        }
        if (wakes) changed_.notify_all();
    }

    void call_and_keep_failure(const Call &call, std::size_t member) {
        try {
            call(member);
        } catch (...) {
            keep_failure();
        }
    }

    void keep_failure() {
        const std::lock_guard<std::mutex> lock(mutex_);
        failure_ = std::current_exception();
    }

    // Waits until the calls that other threads began have returned, polling meanwhile.
    void wait_for_others(Poller *poller) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            places_ = 0;
        }
        const auto ready = [&] { return active_ == 0; };
        if (spin(ready)) return;
        std::unique_lock<std::mutex> lock(mutex_);
        while (!done_.wait_for(lock, Poller::kInterval, ready)) {
            if (!poller) continue;
            lock.unlock();
            try {
                poller->poll_if_due();
            } catch (...) {
                keep_failure();  // the other threads see it at their next poll
            }
            lock.lock();
        }
    }

    // Whether ready() became true within kSpin.
    template <class Ready>
    static bool spin(const Ready &ready) {
        const auto end = Clock::now() + kSpin;
        do {
            for (int i = 0; i < 32; ++i) {
                if (ready()) return true;
                pause_briefly();
            }
        } while (Clock::now() < end);
        return false;
    }

    bool is_on_callers_processor() const {
        return callers_processor_ != kUnknownProcessor && current_processor() == callers_processor_;
    }

    const std::size_t size_;
    const bool waits_;
    double work_ = 0.0;
    std::vector<std::thread> threads_;
    std::mutex mutex_;
    std::condition_variable changed_, done_;
    const Call *call_ = nullptr;
    std::atomic<std::size_t> posted_{0}, active_{0};  // calls posted so far; other threads within the current call
    std::size_t places_ = 0, called_ = 0, asleep_ = 0;  // threads that may still begin the current call, began it, sleep
    std::atomic<int> callers_processor_{kUnknownProcessor};  // of the last call
    Clock::time_point alone_until_{};
    bool ends_ = false;
    std::exception_ptr failure_;
};

// How to run an evaluation: the team (null: a new team with the objective's number of threads) and the poller, or null.
struct RunContext {
    Team *team = nullptr;
    Poller *poller = nullptr;
};

}  // namespace sheernet
