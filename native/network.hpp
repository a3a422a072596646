// The network, cost and packed samples as plain numbers and pointers: the interface of every instruction set's kernel.
//
// Follows src/sheernet/network/architecture.py (the order of theta) and src/sheernet/objective/costs.py (names of costs).
// Notation: N samples, d_l widths (d_0 inputs, d_L = K outputs), P parameters; a block is `lanes` adjacent samples.
#pragma once

#include <cstddef>

namespace sheernet {

enum class Activation : int { identity, sigmoid, tanh, relu, leaky_relu, softplus, silu, exp, softmax };
constexpr const char *kActivations[] = {"identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "silu", "exp", "softmax"};
enum class Cost : int { squared_error, huber, binary_cross_entropy, cross_entropy, poisson, gaussian_nll, student_t };
constexpr const char *kCosts[] = {
    "squared_error", "huber", "binary_cross_entropy", "cross_entropy", "poisson", "gaussian_nll", "student_t"};

// Outputs per target: a location and a log squared scale, or one.
constexpr std::size_t outputs_per_target(Cost cost) { return cost == Cost::gaussian_nll || cost == Cost::student_t ? 2 : 1; }

// Whether the Gauss-Newton part of the second derivative of a sample's loss with respect to its outputs is diagonal.
constexpr bool has_diagonal_curvature(Cost cost) { return cost != Cost::cross_entropy; }

constexpr double kLeakySlope = 0.01;  // equals activations.LEAKY_SLOPE (tests/objective/engines/test_shared_names.py)
constexpr double kEpsilon = 2.220446049250313e-16;

struct Layer {
    std::size_t n_in, n_out;
    std::size_t weights;  // where W_l begins in theta
    std::size_t bias;     // where b_l begins, directly after W_l; kNone if the layer has no biases
    Activation activation;
};

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kMostParameters = std::size_t{1} << 30;  // P; a matrix (P, P) then has an address for each byte

struct Network {
    const Layer *layers;
    std::size_t n_layers;
    std::size_t skip;  // where S begins in theta; kNone without skip connections
    std::size_t size;  // P
    std::size_t widest;
    std::size_t sum_of_widths;  // d_1 + ... + d_L
    Cost cost;               // used to evaluate an objective, not to predict
    double cost_parameter;   // likewise: the threshold of huber, the degrees of freedom of student_t

    std::size_t n_inputs() const { return layers[0].n_in; }
    std::size_t n_outputs() const { return layers[n_layers - 1].n_out; }
    std::size_t n_targets() const { return n_outputs() / outputs_per_target(cost); }
};

// How a matrix of products of derivatives with respect to two weights is summed: by structure (structure.hpp), or as J J^T
// for each of n_terms Jacobians J, into the upper triangle of a matrix (P, P).
struct MatrixPlan {
    bool structured;
    bool diagonal;  // D of the output layer is a diagonal matrix
    std::size_t n_terms, n_sums;
    double operations;  // multiply-adds for each sample
};

// Samples in blocks, feature-major within a block: entry (feature, sample) of block k has index
// (k features + feature) lanes + sample.  The last block is padded with copies of its last row, with weight 0.
struct Samples {
    const double *X;  // (blocks, d_0, lanes)
    const double *y;  // (blocks, targets, lanes): K targets, or K / 2 for a cost of two outputs per target
    const double *w;  // (blocks, lanes)
    std::size_t lanes;  // a multiple of 8
};

struct Sums {
    double cost;       // sum_n w_n loss_n
    double magnitude;  // sum_n w_n (sum of the absolute terms of loss_n)
};

// Polling (cancellation.hpp) from within a kernel, which does not see class Poller; `poll` may throw, or is null.
struct PollHook {
    void (*poll)(void *poller) = nullptr;
    void *poller = nullptr;

    void poll_if_due() const {
        if (poll) poll(poller);
    }
};

// The functions that are compiled once per instruction set.  `scratch` holds scratch_size() doubles, aligned to 64 bytes.
// Results are added to gradient (P,) and to the n_sums sums of a matrix by its plan.  `transposed` is the result of
// transpose() for theta, P doubles.
struct Kernel {
    const char *name;
    std::size_t (*scratch_size)(const Network &, std::size_t lanes, bool for_matrix);
    void (*transpose)(const Network &, const double *theta, double *transposed);
    Sums (*evaluate)(
        const Network &, const double *theta, const double *transposed, const Samples &, std::size_t first,
        std::size_t last, double *gradient, double *scratch);
    Sums (*gauss_newton)(
        const Network &, const MatrixPlan &, const double *theta, const double *transposed, const Samples &,
        std::size_t first, std::size_t last, double *gradient, double *sums, double *scratch, const PollHook &poll_hook);
    // sum_n w_n g_n g_n^T of the derivatives g_n of the losses.
    void (*gradient_products)(
        const Network &, const MatrixPlan &, const double *theta, const double *transposed, const Samples &,
        std::size_t first, std::size_t last, double *sums, double *scratch, const PollHook &poll_hook);
    // The quantities shared by all products of the Hessian at theta: linearization_size() doubles for each block, aligned.
    std::size_t (*linearization_size)(const Network &, std::size_t lanes);
    void (*linearize)(
        const Network &, const double *theta, const double *transposed, const Samples &, std::size_t first,
        std::size_t last, double *linearizations);
    // Adds the derivative of the gradient along direction j of theta, row j of V (m, P), to row j of `moved` (m, P).
    // `linearizations` are those of blocks first to last - 1, or null: then they are computed, one at a time.
    void (*hessian_vectors)(
        const Network &, const double *theta, const double *transposed, const double *V, const double *V_transposed,
        std::size_t m, const Samples &, std::size_t first, std::size_t last, double *linearizations, double *moved,
        double *scratch, const PollHook &poll_hook);
    // For cost squared_error only; writes rows of the M = N K residuals and of their Jacobian (M, P).
    void (*residuals_and_jacobian)(
        const Network &, const double *theta, const double *transposed, const Samples &, std::size_t first,
        std::size_t last, std::size_t n_samples, double *residuals, double *jacobian, double *scratch);
    // Adds to `total` (P,).
    void (*gradient_magnitude)(
        const Network &, const double *theta, const double *transposed, const Samples &, std::size_t first,
        std::size_t last, double *total, double *scratch);
    // `by_inputs` is (blocks, d_0, lanes), like X.
    void (*input_gradient)(
        const Network &, const double *theta, const double *transposed, const Samples &, std::size_t first,
        std::size_t last, double *by_inputs, double *scratch);
    void (*predict)(
        const Network &, const double *theta, const Samples &, std::size_t first, std::size_t last, double *outputs,
        double *scratch);
    // The diagonal of J C J^T for J the Jacobian of z_L, C = L L^T the covariance of theta, and `factor` the lower triangle L
    // row by row; (blocks, K, lanes).
    void (*output_variances)(
        const Network &, const double *theta, const double *transposed, const double *factor, const Samples &,
        std::size_t first, std::size_t last, double *variances, double *scratch);
    void (*apply)(const char *function, const double *x, double *value, double *slope, std::size_t n);
    // From vectors.hpp: n is a multiple of 8 and all arrays are aligned.
    double (*dot)(const double *a, const double *b, std::size_t n);
    void (*add)(double factor, const double *x, double *y, std::size_t n);
    void (*matrix_vector)(const double *H, const double *x, double *out, std::size_t rows, std::size_t n);
    void (*add_symmetric)(
        double *H, const double *s, const double *b, std::size_t from, std::size_t to, std::size_t n);
    // For any n, with unaligned arrays.
    double (*penalty)(const double *decay, const double *theta, std::size_t n);
    double (*largest)(const double *x, std::size_t n);
};

const Kernel &baseline_kernel();
const Kernel &avx2_kernel();
const Kernel &avx512_kernel();

}  // namespace sheernet
