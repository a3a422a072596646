// A network, its cost and its packed data, as plain numbers and pointers: what the kernels of all instruction sets share.
//
// Follows src/sheernet/network/architecture.py (the order of theta) and objective/costs.py (the names of costs).
// Letters: N samples, d_l widths (d_0 inputs, d_L = K outputs), P parameters; a block is `lanes` samples side by side.
#pragma once

#include <cstddef>

namespace sheernet {

enum class Activation : int { identity, sigmoid, tanh, relu, leaky_relu, softplus, silu, exp, softmax };
constexpr const char *kActivations[] = {"identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "silu", "exp", "softmax"};
enum class Cost : int { squared_error, huber, binary_cross_entropy, cross_entropy, poisson };
constexpr const char *kCosts[] = {"squared_error", "huber", "binary_cross_entropy", "cross_entropy", "poisson"};

constexpr double kLeakySlope = 0.01;  // equals activations.LEAKY_SLOPE (tests/objective/engines/test_shared_names.py)
constexpr double kEpsilon = 2.220446049250313e-16;

struct Layer {
    std::size_t n_in, n_out;
    std::size_t weights;  // where W_l begins in theta
    std::size_t bias;     // where b_l begins, right behind W_l; kNone where the layer has none
    Activation activation;
};

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

struct Network {
    const Layer *layers;
    std::size_t n_layers;
    std::size_t skip;  // where S begins in theta; kNone without skip connections
    std::size_t size;  // P
    std::size_t widest;
    std::size_t sum_of_widths;  // d_1 + ... + d_L
    Cost cost;               // read by evaluations of an objective only, not by predictions
    double huber_threshold;  // likewise

    std::size_t n_inputs() const { return layers[0].n_in; }
    std::size_t n_outputs() const { return layers[n_layers - 1].n_out; }
};

// Samples in blocks, feature-major inside a block: entry (feature, sample) of block k stands at
// (k features + feature) lanes + sample.  Samples that fill up the last block are its last row again, with weight 0.
struct Samples {
    const double *X;  // (blocks, d_0, lanes)
    const double *y;  // (blocks, K, lanes)
    const double *w;  // (blocks, lanes)
    std::size_t lanes;  // a multiple of 8
};

struct Sums {
    double cost;       // sum_n w_n loss_n
    double magnitude;  // sum_n w_n (the absolute terms of loss_n)
};

// Where work that takes long looks up (watch.hpp), which may throw; `look` is null where nobody waits.
struct Pause {
    void (*look)(void *watch) = nullptr;
    void *watch = nullptr;

    void here() const {
        if (look) look(watch);
    }
};

// What one instruction set offers.  `scratch` holds scratch_size() doubles, aligned to 64 bytes; gradient (P,) and
// matrix (P, P) are added to, of the matrix its upper triangle; `transposed` is what transpose() makes of theta, P doubles.
// Without a gradient (null) gauss_newton returns no sums, either.
struct Kernel {
    const char *name;
    std::size_t (*scratch_size)(const Network &, std::size_t lanes, bool for_matrix);
    void (*transpose)(const Network &, const double *theta, double *transposed);
    Sums (*evaluate)(
        const Network &, const double *theta, const double *transposed, const Samples &, std::size_t first,
        std::size_t last, double *gradient, double *scratch);
    Sums (*gauss_newton)(
        const Network &, const double *theta, const double *transposed, const Samples &, std::size_t first,
        std::size_t last, double *gradient, double *matrix, double *scratch, const Pause &pause);
    // `v` is a direction of theta, `moved` (P,) the derivative of the gradient along it, added to.
    void (*hessian_vector)(
        const Network &, const double *theta, const double *transposed, const double *v, const double *v_transposed,
        const Samples &, std::size_t first, std::size_t last, double *moved, double *scratch);
    // Only for cost squared_error; rows of the M = N K residuals and of their Jacobian (M, P) are written.
    void (*residuals_and_jacobian)(
        const Network &, const double *theta, const double *transposed, const Samples &, std::size_t first,
        std::size_t last, std::size_t n_samples, double *residuals, double *jacobian, double *scratch);
    // `total` is (P,), added to.
    void (*gradient_magnitude)(
        const Network &, const double *theta, const double *transposed, const Samples &, std::size_t first,
        std::size_t last, double *total, double *scratch);
    // `by_inputs` is (blocks, d_0, lanes), as X.
    void (*input_gradient)(
        const Network &, const double *theta, const double *transposed, const Samples &, std::size_t first,
        std::size_t last, double *by_inputs, double *scratch);
    void (*predict)(
        const Network &, const double *theta, const Samples &, std::size_t first, std::size_t last, double *outputs,
        double *scratch);
    void (*apply)(const char *function, const double *x, double *value, double *slope, std::size_t n);
    // Of vectors.hpp: n is a multiple of 8, all arrays are aligned.
    double (*dot)(const double *a, const double *b, std::size_t n);
    void (*add)(double factor, const double *x, double *y, std::size_t n);
    void (*matrix_vector)(const double *H, const double *x, double *out, std::size_t rows, std::size_t n);
    void (*add_symmetric)(double *H, const double *s, const double *b, std::size_t rows, std::size_t n);
};

const Kernel &baseline_kernel();
const Kernel &avx2_kernel();
const Kernel &avx512_kernel();

}  // namespace sheernet
