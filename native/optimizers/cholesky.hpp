// Solves A x = b for a symmetric positive definite A by Cholesky factorization, for any number of b.
//
// Uses LAPACK and BLAS through function pointers from SciPy.  Up to kMaxTextbookSize rows, where a call takes longer than
// the arithmetic, it uses the textbook loops.  A large A is factored in panels, with a poll between them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include "../cancellation.hpp"

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
class PanelCholesky {
  public:
    PanelCholesky(double *A, std::size_t n, Poller &poller) : A_(A), n_(n), poller_(poller) {}

    bool factor() {
        for (std::size_t k = 0; k < n_; k += kPanelWidth) {
            poller_.poll_if_due();
            int width = width_of(k), failed = 0;
            lapack().potrf(&lower_, &width, at(k, k), &stride_, &failed);
            if (failed != 0) return false;
            const std::size_t below = k + kPanelWidth;
            if (below >= n_) break;
            for_each_slice(n_ - below, &poller_, [&](std::size_t from, std::size_t to) {
                int rows = static_cast<int>(to - from);
                lapack().trsm(
                    &right_, &lower_, &transposed_, &not_transposed_, &rows, &width, &one_, at(k, k), &stride_,
                    at(below + from, k), &stride_);
            }, kMaxRows);
            for (std::size_t j = below; j < n_; j += kPanelWidth) update_panel(k, j);
        }
        return true;
    }

  private:
    static constexpr std::size_t kPanelWidth = 512, kMaxRows = 4096;  // about 30 ms between two polls

    // Subtracts the contribution of panel k from panel j, which lies to its right.
    void update_panel(std::size_t k, std::size_t j) {
        poller_.poll_if_due();
        int depth = static_cast<int>(kPanelWidth), width = width_of(j);
        lapack().syrk(
            &lower_, &not_transposed_, &width, &depth, &minus_one_, at(j, k), &stride_, &one_, at(j, j), &stride_);
        const std::size_t below = j + kPanelWidth;
        if (below >= n_) return;
        for_each_slice(n_ - below, &poller_, [&](std::size_t from, std::size_t to) {
            int rows = static_cast<int>(to - from);
            lapack().gemm(
                &not_transposed_, &transposed_, &rows, &width, &depth, &minus_one_, at(below + from, k), &stride_, at(j, k),
                &stride_, &one_, at(below + from, j), &stride_);
        }, kMaxRows);
    }

    double *at(std::size_t row, std::size_t column) const { return A_ + column * n_ + row; }
    int width_of(std::size_t panel) const { return static_cast<int>(std::min(kPanelWidth, n_ - panel)); }

    double *A_;
    std::size_t n_;
    Poller &poller_;
    int stride_ = static_cast<int>(n_);
    char lower_ = 'L', right_ = 'R', transposed_ = 'T', not_transposed_ = 'N';
    double one_ = 1.0, minus_one_ = -1.0;
};

// Overwrites one triangle of A (n, n) by its factor L, A = L L^T, which cholesky_solve uses; false if A is not positive
// definite.
inline bool cholesky_factor(double *A, std::size_t n, Poller &poller) {
    if (n > kMaxTextbookSize) {
        if (!lapack().potrf) throw std::logic_error("lm and bfgs need LAPACK from this size on");
        return PanelCholesky(A, n, poller).factor();
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

// Writes (L L^T)^-1 to `inverse`, (n, n), which is symmetric up to rounding.
inline void cholesky_inverse(double *L, std::size_t n, double *inverse) {
    std::fill(inverse, inverse + n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) inverse[i * n + i] = 1.0;
    if (n > kMaxTextbookSize) {
        char lower = 'L';
        int order = static_cast<int>(n), failed = 0;
        lapack().potrs(&lower, &order, &order, L, &order, inverse, &order, &failed);
        return;
    }
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
}

}  // namespace sheernet
