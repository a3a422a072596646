// Solves A x = b for a symmetric positive definite A by Cholesky factorization, for any number of b.
//
// Uses LAPACK and BLAS through function pointers from SciPy.  Up to kMaxTextbookSize rows, where a call takes longer than
// the arithmetic, it uses the textbook loops.  A large A is factored in panels, by the threads of a team.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

#include "../team.hpp"
#include "point.hpp"

namespace sheernet {

// Signatures as in scipy.linalg.cython_lapack and cython_blas: matrices in Fortran order, scalars by address.
struct Lapack {
    using Potrf = void (*)(char *uplo, int *n, double *a, int *lda, int *info);
    using Potrs = void (*)(char *uplo, int *n, int *nrhs, double *a, int *lda, double *b, int *ldb, int *info);
    using Trsm = void (*)(
        char *side, char *uplo, char *transa, char *diag, int *m, int *n, double *alpha, double *a, int *lda, double *b, int *ldb);
    using Syrk = void (*)(
        char *uplo, char *trans, int *n, int *k, double *alpha, double *a, int *lda, double *beta, double *c, int *ldc);
    using Gemm = void (*)(
        char *transa, char *transb, int *m, int *n, int *k, double *alpha, double *a, int *lda, double *b, int *ldb,
        double *beta, double *c, int *ldc);

    Potrf potrf = nullptr;
    Potrs potrs = nullptr;
    Trsm trsm = nullptr;
    Syrk syrk = nullptr;
    Gemm gemm = nullptr;
};

inline Lapack &lapack() {
    static Lapack functions;
    return functions;
}

constexpr std::size_t kMaxTextbookSize = 32;

// The largest diagonal entry of A (n, n); 1 if all are 0, nan if one is nan.
inline double largest_diagonal(const double *A, std::size_t n) {
    double most = A[0];
    for (std::size_t p = 1; p < n; ++p) {
        const double entry = A[p * n + p];
        if (std::isnan(entry) || entry > most) most = entry;
    }
    return most != 0.0 ? most : 1.0;
}

// Overwrites the lower triangle of A (n, n), in Fortran order, by L with A = L L^T; false if A is not positive definite.
//
// After the columns of a panel, the rows below it are divided by its factor, and its contribution is subtracted from the rest
// of the triangle.  The team shares both as tiles, which do not depend on the number of threads; nor does the rounding.
class PanelCholesky {
  public:
    PanelCholesky(double *A, std::size_t n, Team &team, Poller &poller) : A_(A), n_(n), team_(team), poller_(poller) {}

    bool factor() { return factor({0, n_}); }

  private:
    struct Range {
        std::size_t first, last;

        int size() const { return static_cast<int>(last - first); }
    };

    static constexpr std::size_t kPanelWidth = 512;   // the largest tile takes about 30 ms, between two polls
    static constexpr std::size_t kShared = 256;       // from this size on, threads gain more than the tiles cost
    static constexpr std::size_t kVector = 16;        // sides of tiles are multiples of this number
    static constexpr double kSmallProduct = 1e6;      // multiply-adds, some 30 us, that are not worth a tile
    static constexpr std::size_t kMostTiles = 8;      // in a column, unless their sides exceed the width of a panel

    // Factors the block of the rows and columns of a range.
    bool factor(Range all) {
        poller_.poll_if_due();
        const std::size_t n = all.last - all.first;
        if (n < kShared) return factor_alone(all);
        const std::size_t width = n > kPanelWidth ? kPanelWidth : n / 4;
        for (std::size_t k = all.first; k < all.last; k += width) {
            const Range panel{k, std::min(k + width, all.last)};
            if (!factor(panel)) return false;
            if (panel.last < all.last) eliminate(panel, {panel.last, all.last});
        }
        return true;
    }

    bool factor_alone(Range block) {
        int n = block.size(), failed = 0;
        lapack().potrf(&lower_, &n, at(block.first, block.first), &stride_, &failed);
        return failed == 0;
    }

    // Divides the rows below a panel by its factor, and subtracts the contribution of the panel from their columns.
    void eliminate(Range panel, Range below) {
        const std::vector<Range> parts = parts_of(below, panel.last - panel.first);
        for_each(parts.size(), [&](std::size_t part) { divide(parts[part], panel); });
        std::vector<std::pair<Range, Range>> tiles;  // rows and columns
        for (std::size_t i = parts.size(); i-- > 0;)  // the last rows, which can be more, first
            for (std::size_t j = 0; j <= i; ++j) tiles.push_back({parts[i], parts[j]});
        for_each(tiles.size(), [&](std::size_t tile) { subtract(panel, tiles[tile].first, tiles[tile].second); });
    }

    template <class Item>
    void for_each(std::size_t number, const Item &item) {
        team_.for_each_slice(number, 1, &poller_, [&](std::size_t k, std::size_t) { item(k); });
    }

    // Divides rows into parts, the sides of tiles that are products over `depth` columns; the last part may be longer.
    static std::vector<Range> parts_of(Range rows, std::size_t depth) {
        const double least = std::sqrt(kSmallProduct / static_cast<double>(depth));
        const std::size_t wanted = std::max(static_cast<std::size_t>(least) + 1, (rows.last - rows.first) / kMostTiles);
        const std::size_t side = std::min((wanted + kVector - 1) / kVector * kVector, kPanelWidth);
        std::vector<Range> parts;
        for (std::size_t first = rows.first; first < rows.last; first = parts.back().last)
            parts.push_back({first, rows.last - first < 2 * side ? rows.last : first + side});
        return parts;
    }

    void divide(Range part, Range panel) {
        int rows = part.size(), width = panel.size();
        lapack().trsm(
            &right_, &lower_, &transposed_, &not_transposed_, &rows, &width, &one_, at(panel.first, panel.first), &stride_,
            at(part.first, panel.first), &stride_);
    }

    void subtract(Range panel, Range part, Range columns) {
        int rows = part.size(), width = columns.size(), depth = panel.size();
        double *const tile = at(part.first, columns.first);
        if (part.first == columns.first)
            lapack().syrk(
                &lower_, &not_transposed_, &rows, &depth, &minus_one_, at(part.first, panel.first), &stride_, &one_, tile,
                &stride_);
        else
            lapack().gemm(
                &not_transposed_, &transposed_, &rows, &width, &depth, &minus_one_, at(part.first, panel.first), &stride_,
                at(columns.first, panel.first), &stride_, &one_, tile, &stride_);
    }

    double *at(std::size_t row, std::size_t column) const { return A_ + column * n_ + row; }

    double *A_;
    std::size_t n_;
    Team &team_;
    Poller &poller_;
    int stride_ = static_cast<int>(n_);
    char lower_ = 'L', right_ = 'R', transposed_ = 'T', not_transposed_ = 'N';
    double one_ = 1.0, minus_one_ = -1.0;
};

// Overwrites one triangle of A (n, n) by its factor L, A = L L^T, which cholesky_solve uses; false if A is not positive
// definite.
inline bool cholesky_factor(double *A, std::size_t n, const RunContext &context) {
    if (n > kMaxTextbookSize) {
        if (!lapack().potrf) throw std::invalid_argument("lm and bfgs need LAPACK from this size on");
        return PanelCholesky(A, n, *context.team, *context.poller).factor();
    }
    for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t i = j; i < n; ++i) {
            double sum = A[i * n + j];
            for (std::size_t k = 0; k < j; ++k) sum -= A[i * n + k] * A[j * n + k];
            if (i > j) {
                A[i * n + j] = sum / A[j * n + j];
            } else if (sum > 0.0) {
                A[j * n + j] = std::sqrt(sum);
            } else {
                return false;
            }
        }
    }
    return true;
}

// Overwrites b by x, L L^T x = b.
inline void cholesky_solve(double *L, std::size_t n, double *b) {
    if (n > kMaxTextbookSize) {
        char lower = 'L';
        int order = static_cast<int>(n), one = 1, failed = 0;
        lapack().potrs(&lower, &order, &one, L, &order, b, &order, &failed);
        return;
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k) b[i] -= L[i * n + k] * b[k];
        b[i] /= L[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k) b[i] -= L[k * n + i] * b[k];
        b[i] /= L[i * n + i];
    }
}

// Writes the lower triangle of (L L^T)^-1 to `inverse`, (n, n) in Fortran order, and zeros above it.  From row k on, the columns
// from k on depend only on that part of L.  The team shares groups of columns, which do not depend on the number of threads.
inline void lapack_inverse(double *L, std::size_t n, double *inverse, const RunContext &context) {
    constexpr std::size_t group = 48;  // a multiple of the tiles of BLAS
    context.team->for_each_slice(n, group, context.poller, [&](std::size_t from, std::size_t to) {
        std::fill(inverse + from * n, inverse + to * n, 0.0);
        for (std::size_t k = from; k < to; ++k) inverse[k * n + k] = 1.0;
        char lower = 'L';
        int order = static_cast<int>(n - from), width = static_cast<int>(to - from), stride = static_cast<int>(n), failed = 0;
        const std::size_t corner = from * n + from;
        lapack().potrs(&lower, &order, &width, L + corner, &stride, inverse + corner, &stride, &failed);
    });
}

// Writes the upper triangle of the symmetric part of (L L^T)^-1 to `inverse`, (n, n), and other numbers below it.
inline void textbook_inverse(const double *L, std::size_t n, double *inverse) {
    std::fill(inverse, inverse + n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) inverse[i * n + i] = 1.0;
    // All columns at a time: a row minus multiples of others, divided by the diagonal entry of L.
    const auto subtract = [&](std::size_t k, double factor, std::size_t i) {
        for (std::size_t j = 0; j < n; ++j) inverse[i * n + j] -= factor * inverse[k * n + j];
    };
    const auto divide = [&](std::size_t i) {
        for (std::size_t j = 0; j < n; ++j) inverse[i * n + j] /= L[i * n + i];
    };
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k) subtract(k, L[i * n + k], i);
        divide(i);
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k) subtract(k, L[k * n + i], i);
        divide(i);
    }
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i; j < n; ++j) inverse[i * n + j] = 0.5 * (inverse[i * n + j] + inverse[j * n + i]);
}

// Writes (L L^T)^-1 to `matrix`, symmetric, rows `stride` apart; leaves it unchanged and returns false if an entry is not
// finite.
inline bool symmetric_inverse(double *L, std::size_t n, double *matrix, std::size_t stride, const RunContext &context) {
    constexpr std::size_t rows = 32;
    const Aligned inverse(n * n);  // its upper triangle, in C order
    if (n > kMaxTextbookSize)
        lapack_inverse(L, n, inverse.get(), context);
    else
        textbook_inverse(L, n, inverse.get());
    if (!all_finite(inverse.get(), n * n)) return false;
    for (std::size_t i = 0; i < n; ++i)
        std::copy(inverse.get() + i * n + i, inverse.get() + i * n + n, matrix + i * stride + i);
    // Without polls, which could end the run before all of the matrix is written.
    context.team->for_each_slice(n, rows, nullptr, [&](std::size_t from, std::size_t to) {
        mirror_rows(matrix, stride, from, to);
    });
    return true;
}

}  // namespace sheernet
