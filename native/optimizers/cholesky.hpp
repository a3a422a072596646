// A x = b for a symmetric positive definite A, by Cholesky.
//
// By LAPACK, which SciPy gives us as a function pointer; up to a few rows, where calling that takes longer than the
// arithmetic, by the textbook loops.
#pragma once

#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace sheernet {

// LAPACK's dposv, as scipy.linalg.cython_lapack has it.
using Dposv = void (*)(char *uplo, int *n, int *nrhs, double *a, int *lda, double *b, int *ldb, int *info);

inline Dposv &lapack_dposv() {
    static Dposv dposv = nullptr;
    return dposv;
}

constexpr std::size_t kToySize = 32;

// Whether A (n, n), of which one triangle is overwritten, is positive definite; b then becomes x.
inline bool cholesky_solve(double *A, std::size_t n, double *b) {
    if (n > kToySize) {
        if (!lapack_dposv()) throw std::logic_error("lm needs LAPACK's dposv from this size on");
        char lower = 'L';
        int order = static_cast<int>(n), one = 1, failed = 0;
        lapack_dposv()(&lower, &order, &one, A, &order, b, &order, &failed);
        return failed == 0;
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
