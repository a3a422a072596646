// How long work is called off, and how the thread that asked for it looks up from it now and then.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <thread>
#include <utility>

namespace sheernet {

// Thrown in every thread of a work that was called off.
struct Stopped {};

class Watch {
  public:
    // `poll` runs on the thread that made this, after at least 50 ms of work each time; it says whether to go on.
    explicit Watch(std::function<bool()> poll) : poll_(std::move(poll)), caller_(std::this_thread::get_id()), last_(Clock::now()) {}

    // To be called often, by any thread.
    void look() {
        if (stopped_.load(std::memory_order_relaxed)) throw Stopped{};
        if (std::this_thread::get_id() != caller_) return;
        if (Clock::now() - last_ < kInterval) return;
        const bool goes_on = poll_();
        last_ = Clock::now();  // a poll may take long itself
        if (goes_on) return;
        stopped_ = true;
        throw Stopped{};
    }

    void stop() { stopped_ = true; }

    static constexpr std::chrono::milliseconds kInterval{50};

  private:
    using Clock = std::chrono::steady_clock;
    std::function<bool()> poll_;
    std::thread::id caller_;
    Clock::time_point last_;
    std::atomic<bool> stopped_{false};
};

// How an evaluation runs: on how many threads (0: as many as the objective was given), and watched by whom.
struct Running {
    int threads = 0;
    Watch *watch = nullptr;
};

constexpr std::size_t kSlice = std::size_t{1} << 21;  // numbers to pass over between two looks: 16 MB, some milliseconds

// Calls pass(from, to) for slices of n numbers, between which `watch` looks up; it may be null.
template <class Pass>
inline void in_slices(std::size_t n, Watch *watch, const Pass &pass, std::size_t slice = kSlice) {
    for (std::size_t from = 0; from < n; from += slice) {
        if (watch && from > 0) watch->look();
        pass(from, n - from < slice ? n : from + slice);
    }
}

}  // namespace sheernet
