// Memory that a thread keeps from one evaluation to the next, because asking for it takes as long as a small evaluation.
#pragma once

#include <cstddef>

#include "packed.hpp"

namespace sheernet {

// The thread's own, for as long as this lives.  Who is asked how it goes meanwhile (watch.hpp) may evaluate something on the
// same thread, which gets memory of its own.
class Scratch {
  public:
    Scratch() : rooms_(kept().taken ? &others_ : &kept()) { rooms_->taken = true; }
    ~Scratch() { rooms_->taken = false; }
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;

    // `which`, below 3, tells uses apart.
    double *room(std::size_t which, std::size_t n) const {
        Room &room = rooms_->rooms[which];
        if (room.size < n || !room.memory.get()) {
            room.memory = Aligned(n);
            room.size = n;
        }
        return room.memory.get();
    }

  private:
    struct Room {
        Aligned memory;
        std::size_t size = 0;
    };
    struct Rooms {
        Room rooms[3];
        bool taken = false;
    };

    static Rooms &kept() {
        static thread_local Rooms rooms;
        return rooms;
    }

    Rooms others_;
    Rooms *rooms_;
};

}  // namespace sheernet
