// Scratch memory kept per thread between evaluations, because allocating it takes as long as a small evaluation.
#pragma once

#include <cstddef>

#include "packed.hpp"

namespace sheernet {

// Owns the thread's buffers for its lifetime.  A poll (cancellation.hpp) may start another evaluation on the same thread,
// which then uses its own buffers.
class Scratch {
  public:
    Scratch() : buffers_(thread_buffers().taken ? &fallback_ : &thread_buffers()) { buffers_->taken = true; }
    ~Scratch() { buffers_->taken = false; }
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;

    // At least n numbers; `which`, 0 to 2, selects the buffer.
    double *buffer(std::size_t which, std::size_t n) const {
        Buffer &buffer = buffers_->buffers[which];
        if (buffer.size < n || !buffer.memory.get()) {
            buffer.memory = Aligned(n);
            buffer.size = n;
        }
        return buffer.memory.get();
    }

  private:
    struct Buffer {
        Aligned memory;
        std::size_t size = 0;
    };
    struct Buffers {
        Buffer buffers[3];
        bool taken = false;
    };

    static Buffers &thread_buffers() {
        static thread_local Buffers buffers;
        return buffers;
    }

    Buffers fallback_;
    Buffers *buffers_;
};

}  // namespace sheernet
