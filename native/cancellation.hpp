// Cancellation: the calling thread polls every 50 ms; if the poll returns false, every thread throws Stopped.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <thread>
#include <utility>

namespace sheernet {

// Thrown in every thread that takes part in cancelled work.
struct Stopped {};

class Poller {
  public:
    // `poll` runs on the thread that constructs this object, at most every 50 ms; it returns whether to continue.
    explicit Poller(std::function<bool()> poll)
        : poll_(std::move(poll)), caller_(std::this_thread::get_id()), last_(Clock::now()) {}

    // Called often, by any thread.  Throws Stopped after cancellation.
    void poll_if_due() {
        if (stopped_.load(std::memory_order_relaxed)) throw Stopped{};
        if (std::this_thread::get_id() != caller_) return;
        if (Clock::now() - last_ < kInterval) return;
        const bool continues = poll_();
        last_ = Clock::now();  // the poll itself may take a long time
        if (continues) return;
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

constexpr std::size_t kSlice = std::size_t{1} << 21;  // numbers processed between two polls: 16 MB, some milliseconds

// Calls pass(from, to) for slices of n numbers and polls between them; `poller` may be null.
template <class Pass>
inline void for_each_slice(std::size_t n, Poller *poller, const Pass &pass, std::size_t slice = kSlice) {
    for (std::size_t from = 0; from < n; from += slice) {
        if (poller && from > 0) poller->poll_if_due();
        pass(from, n - from < slice ? n : from + slice);
    }
}

}  // namespace sheernet
