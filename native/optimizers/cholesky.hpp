// A x = b for a symmetric positive definite A, by Cholesky.
//
// By LAPACK and BLAS, which SciPy gives us as function pointers; up to a few rows, where calling them takes longer than the
// arithmetic, by the textbook loops.  A large A is factored in panels, so that who waits is heard between them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include "../watch.hpp"

namespace sheernet {

// As scipy.linalg.cython_lapack and cython_blas have them: matrices in Fortran's order, numbers by their addresses.
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

constexpr std::size_t kToySize = 32;

// The lower triangle of A (n, n), in Fortran's order, becomes L of L L^T; false where A is not positive definite.
class PanelCholesky {
  public:
    PanelCholesky(double *A, std::size_t n, Watch &watch) : A_(A), n_(n), watch_(watch) {}

    bool factor() {
        for (std::size_t k = 0; k < n_; k += kPanelWidth) {
            watch_.look();
            int width = width_of(k), failed = 0;
            lapack().potrf(&lower_, &width, at(k, k), &stride_, &failed);
            if (failed != 0) return false;
            const std::size_t below = k + kPanelWidth;
            if (below >= n_) break;
            in_slices(n_ - below, &watch_, [&](std::size_t from, std::size_t to) {
                int rows = static_cast<int>(to - from);
                lapack().trsm(
                    &right_, &lower_, &transposed_, &not_transposed_, &rows, &width, &one_, at(k, k), &stride_,
                    at(below + from, k), &stride_);
            }, kMostRows);
            for (std::size_t j = below; j < n_; j += kPanelWidth) take_off(k, j);
        }
        return true;
    }

  private:
    static constexpr std::size_t kPanelWidth = 512, kMostRows = 4096;  // some 30 ms between two looks

    // Panel j, which stands right of panel k, loses what L of panel k has explained of it.
    void take_off(std::size_t k, std::size_t j) {
        watch_.look();
        int depth = static_cast<int>(kPanelWidth), width = width_of(j);
        lapack().syrk(
            &lower_, &not_transposed_, &width, &depth, &minus_one_, at(j, k), &stride_, &one_, at(j, j), &stride_);
        const std::size_t below = j + kPanelWidth;
        if (below >= n_) return;
        in_slices(n_ - below, &watch_, [&](std::size_t from, std::size_t to) {
            int rows = static_cast<int>(to - from);
            lapack().gemm(
                &not_transposed_, &transposed_, &rows, &width, &depth, &minus_one_, at(below + from, k), &stride_, at(j, k),
                &stride_, &one_, at(below + from, j), &stride_);
        }, kMostRows);
    }

    double *at(std::size_t row, std::size_t column) const { return A_ + column * n_ + row; }
    int width_of(std::size_t panel) const { return static_cast<int>(std::min(kPanelWidth, n_ - panel)); }

    double *A_;
    std::size_t n_;
    Watch &watch_;
    int stride_ = static_cast<int>(n_);
    char lower_ = 'L', right_ = 'R', transposed_ = 'T', not_transposed_ = 'N';
    double one_ = 1.0, minus_one_ = -1.0;
};

// Whether A (n, n), of which one triangle is overwritten, is positive definite; b then becomes x.
inline bool cholesky_solve(double *A, std::size_t n, double *b, Watch &watch) {
    if (n > kToySize) {
        if (!lapack().potrf) throw std::logic_error("lm needs LAPACK from this size on");
        if (!PanelCholesky(A, n, watch).factor()) return false;
        char lower = 'L';
        int order = static_cast<int>(n), one = 1, failed = 0;
        lapack().potrs(&lower, &order, &one, A, &order, b, &order, &failed);
        return true;
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
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k) b[i] -= A[i * n + k] * b[k];
        b[i] /= A[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k) b[i] -= A[k * n + i] * b[k];
        b[i] /= A[i * n + i];
    }
    return true;
}

}  // namespace sheernet
