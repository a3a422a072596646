// Tables packed into blocks of samples, feature-major within a block, in memory aligned to cache lines.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace sheernet {

// Doubles aligned to a cache line, which is also the size of the longest vector.
constexpr std::size_t kAlignment = 64;

class Aligned {
  public:
    Aligned() = default;
    // Numbers whose owner, such as a file mapped into memory, is kept alive; they are only read.
    Aligned(const double *foreign, std::shared_ptr<const void> owner)
        : data_(const_cast<double *>(foreign), Free{std::move(owner)}) {}
    explicit Aligned(std::size_t n) : data_(allocated(std::max<std::size_t>(n, 8))) {}
    double *get() const noexcept { return data_.get(); }

  private:
    static double *allocated(std::size_t n) {
        constexpr std::size_t most = static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(double);
        void *const found =
            n > most ? nullptr : ::operator new(n * sizeof(double), std::align_val_t{kAlignment}, std::nothrow);
        if (!found) throw std::bad_alloc();
        return static_cast<double *>(found);
    }

    struct Free {
        std::shared_ptr<const void> owner;
        void operator()(double *p) const noexcept {
            if (!owner) ::operator delete(p, std::align_val_t{kAlignment});
        }
    };
    std::unique_ptr<double, Free> data_;
};

// How N samples are divided into blocks: as few as possible of at most 128, of equal size, a multiple of the longest
// vector.
struct Blocks {
    std::size_t n_samples, number, lanes;

    static Blocks of(std::size_t n_samples) {
        constexpr std::size_t most = 128, vector = 8;
        const std::size_t number = (n_samples + most - 1) / most;
        const std::size_t least = (n_samples + number - 1) / number;
        return {n_samples, number, (least + vector - 1) / vector * vector};
    }

    // The numbers of a packed table.
    std::size_t packed_size(std::size_t n_columns) const { return number * n_columns * lanes; }
};

// Padding of the last block, which is never empty: 0 for weights; copies of the last row for data, because a row of zeros
// could overflow although no row of the data does, and 0 times infinity is not 0.
enum class Filling { zero, last };

// Packs a table (N, n_columns) in C order into (blocks, n_columns, lanes).
inline Aligned pack(const double *table, std::size_t n_columns, const Blocks &blocks, Filling filling) {
    Aligned packed(blocks.packed_size(n_columns));
    for (std::size_t block = 0; block < blocks.number; ++block) {
        double *to = packed.get() + block * n_columns * blocks.lanes;
        const std::size_t first = block * blocks.lanes;
        const std::size_t rows = std::min(blocks.lanes, blocks.n_samples - first);
        for (std::size_t j = 0; j < n_columns; ++j) {
            double *column = to + j * blocks.lanes;
            for (std::size_t s = 0; s < rows; ++s) column[s] = table[(first + s) * n_columns + j];
            std::fill(column + rows, column + blocks.lanes, filling == Filling::zero ? 0.0 : column[rows - 1]);
        }
    }
    return packed;
}

// Inverse of pack, for the samples first, ..., last - 1.
inline void unpack(
    const double *packed, std::size_t n_columns, const Blocks &blocks, std::size_t first, std::size_t last, double *table) {
    for (std::size_t n = first; n < last; ++n) {
        const double *from = packed + (n / blocks.lanes) * n_columns * blocks.lanes + n % blocks.lanes;
        for (std::size_t j = 0; j < n_columns; ++j) *table++ = from[j * blocks.lanes];
    }
}

inline void unpack(const double *packed, std::size_t n_columns, const Blocks &blocks, double *table) {
    unpack(packed, n_columns, blocks, 0, blocks.n_samples, table);
}

// Copies the upper triangle of a matrix, rows `stride` apart, below the diagonal of rows `from` to `to` - 1: in tiles of 32
// columns, because a full column would load a cache line for each number.
inline void mirror_rows(double *matrix, std::size_t stride, std::size_t from, std::size_t to) {
    constexpr std::size_t side = 32;
    for (std::size_t first = 0; first < to; first += side)
        for (std::size_t i = from; i < to; ++i)
            for (std::size_t j = first; j < std::min(first + side, i); ++j) matrix[i * stride + j] = matrix[j * stride + i];
}

}  // namespace sheernet
