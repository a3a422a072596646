// The kernel of one instruction set: value, gradient and second derivatives over blocks of samples, and predictions.
//
// Compiled once per instruction set, with its compiler flags and with SHEERNET_ISA set to its name.  That is a namespace, so
// that the linker cannot exchange functions of different sets; instruction_set.hpp selects the set at run time.
//
// A block's activations stay in the cache between the forward and the backward pass; no array of size N is written.
#include "by_sample.hpp"
#include "by_structure.hpp"
#include "tangents.hpp"
#include "variances.hpp"
#include "vectors.hpp"

#define SHEERNET_TEXT_(x) #x
#define SHEERNET_TEXT(x) SHEERNET_TEXT_(x)
#define SHEERNET_JOIN_(a, b) a##b
#define SHEERNET_JOIN(a, b) SHEERNET_JOIN_(a, b)

namespace sheernet {
namespace SHEERNET_ISA {
namespace {

void transpose(const Network &net, const double *theta, double *transposed) {
    for (std::size_t l = 0; l < net.n_layers; ++l) {
        const Layer &layer = net.layers[l];
        const double *W = theta + layer.weights;
        double *T = transposed + layer.weights;
        for (std::size_t i = 0; i < layer.n_in; ++i)
            for (std::size_t j = 0; j < layer.n_out; ++j) T[j * layer.n_in + i] = W[i * layer.n_out + j];
    }
    if (net.skip == kNone) return;
    for (std::size_t i = 0; i < net.n_inputs(); ++i)
        for (std::size_t k = 0; k < net.n_outputs(); ++k)
            transposed[net.skip + k * net.n_inputs() + i] = theta[net.skip + i * net.n_outputs() + k];
}

// Adds the losses of a block to sums.
void add_losses(const LossSums &of_block, LossSums &sums) {
    sums.cost += of_block.cost;
    sums.magnitude += of_block.magnitude;
}

Sums evaluate(
    const Network &net, const double *theta, const double *transposed, const Samples &samples, std::size_t first,
    std::size_t last, double *gradient, double *scratch) {
    const std::size_t lanes = samples.lanes;
    const Workspace ws(net, lanes, scratch);
    LossSums sums{};
    for (std::size_t block = first; block < last; ++block) {
        const double *X = samples.X + block * net.n_inputs() * lanes;
        const double *y = samples.y + block * net.n_targets() * lanes;
        double *z = forward(net, theta, X, gradient ? Keep::slopes : Keep::nothing, ws, lanes);
        add_losses(cost_of(net, z, y, samples.w + block * lanes, nullptr, lanes), sums);  // overwrites z by delta_L
        if (gradient) backward(net, transposed, X, z, ws, gradient, lanes);
    }
    return {sum(sums.cost), sum(sums.magnitude)};
}

// Adds J J^T for each root of the curvature to the upper triangle of a matrix.
void add_jacobian_products(
    const Network &net, const double *transposed, const double *X, const Curvature &curvature, const Workspace &ws,
    double *matrix, std::size_t lanes, const PollHook &poll_hook) {
    for (std::size_t k = 0; k < net.n_outputs(); ++k) {
        root_of_curvature(net, k, curvature, last_delta(net, ws, lanes), lanes);
        jacobian(net, transposed, X, ws, lanes);
        poll_hook.poll_if_due();
        symmetric_product(ws.jacobian, ws.jacobian, net.size, matrix, lanes, poll_hook);
    }
}

Sums gauss_newton(
    const Network &net, const MatrixPlan &plan, const double *theta, const double *transposed, const Samples &samples,
    std::size_t first, std::size_t last, double *gradient, double *sums, double *scratch, const PollHook &poll_hook) {
    const std::size_t lanes = samples.lanes, n = net.n_outputs();
    const Workspace ws(net, lanes, scratch);
    const Curvature curvature{ws.curvature, ws.curvature + n * lanes, ws.curvature + 2 * n * lanes};
    fill_constants(ws, lanes);
    LossSums losses{};
    for (std::size_t block = first; block < last; ++block) {
        const double *X = samples.X + block * net.n_inputs() * lanes;
        const double *y = samples.y + block * net.n_targets() * lanes;
        const double *w = samples.w + block * lanes;
        double *z = forward(net, theta, X, Keep::slopes, ws, lanes);
        add_losses(cost_of(net, z, y, w, &curvature, lanes), losses);  // overwrites z by delta_L
        if (plan.structured)
            add_curvature_by_structure(net, plan, transposed, X, curvature, ws, sums, lanes, poll_hook);
        else
            add_jacobian_products(net, transposed, X, curvature, ws, sums, lanes, poll_hook);
        if (gradient) backward(net, transposed, X, z, ws, gradient, lanes);
    }
    return {sum(losses.cost), sum(losses.magnitude)};
}

// delta_L is sqrt(w_n) times the derivative of a sample's loss.
void gradient_products(
    const Network &net, const MatrixPlan &plan, const double *theta, const double *transposed, const Samples &samples,
    std::size_t first, std::size_t last, double *sums, double *scratch, const PollHook &poll_hook) {
    const std::size_t lanes = samples.lanes;
    const Workspace ws(net, lanes, scratch);
    fill_constants(ws, lanes);
    for (std::size_t block = first; block < last; ++block) {
        const double *X = samples.X + block * net.n_inputs() * lanes;
        const double *w = samples.w + block * lanes;
        double *z = forward(net, theta, X, Keep::slopes, ws, lanes), *seeds = last_delta(net, ws, lanes);
        cost_of(net, z, samples.y + block * net.n_targets() * lanes, w, nullptr, lanes);  // overwrites z by delta_L
        for (std::size_t k = 0; k < net.n_outputs(); ++k)
            for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
                const V weight = load(w + s), delta = load(z + k * lanes + s) / root(weight);
                store(seeds + k * lanes + s, weight > 0.0 ? delta : V{});
            }
        if (plan.structured) {
            add_gradients_by_structure(net, plan, transposed, X, ws, sums, lanes, poll_hook);
        } else {
            jacobian(net, transposed, X, ws, lanes);
            symmetric_product(ws.jacobian, ws.jacobian, net.size, sums, lanes, poll_hook);
        }
    }
}

// Enough for a Workspace, or for Tangents and the Linearization of a block.
std::size_t scratch_size(const Network &net, std::size_t lanes, bool for_matrix) {
    const std::size_t passes = workspace_size(net, lanes, for_matrix);
    const std::size_t products = linearization_size(net, lanes) + tangents_size(net, lanes);
    return passes > products ? passes : products;
}

void linearize(
    const Network &net, const double *theta, const double *transposed, const Samples &samples, std::size_t first,
    std::size_t last, double *linearizations) {
    const std::size_t size = linearization_size(net, samples.lanes);
    for (std::size_t block = first; block < last; ++block)
        linearize_block(net, theta, transposed, samples, block, {net, samples.lanes, linearizations + (block - first) * size});
}

void hessian_vectors(
    const Network &net, const double *theta, const double *transposed, const double *V, const double *V_transposed,
    std::size_t m, const Samples &samples, std::size_t first, std::size_t last, double *linearizations, double *moved,
    double *scratch, const PollHook &poll_hook) {
    const std::size_t lanes = samples.lanes, size = linearization_size(net, lanes);
    const Tangents tangents(net, lanes, scratch + size);
    for (std::size_t block = first; block < last; ++block) {
        const Linearization at(net, lanes, linearizations ? linearizations + (block - first) * size : scratch);
        if (!linearizations) linearize_block(net, theta, transposed, samples, block, at);
        const double *X = samples.X + block * net.n_inputs() * lanes, *w = samples.w + block * lanes;
        if (m > 1) poll_hook.poll_if_due();
        for (std::size_t j = 0; j < m; ++j) {
            const Direction along{theta, transposed, V + j * net.size, V_transposed + j * net.size};
            const double *dz = tangent_forward(net, along, X, at, tangents, lanes);
            tangent_of_cost(net, at.curvature, w, dz, tangents.ddelta, lanes);
            tangent_backward(net, along, X, at, tangents, moved + j * net.size, lanes);
        }
    }
}

// delta_l of every layer, per sample, from the losses of a block.
void deltas_of_block(
    const Network &net, const double *theta, const double *transposed, const Samples &samples, std::size_t block,
    const double *X, const Workspace &ws) {
    const std::size_t lanes = samples.lanes, n = net.n_outputs();
    double *z = forward(net, theta, X, Keep::slopes, ws, lanes);
    const double *y = samples.y + block * net.n_targets() * lanes, *w = samples.w + block * lanes;
    cost_of(net, z, y, w, nullptr, lanes);  // overwrites z by delta_L
    std::memcpy(last_delta(net, ws, lanes), z, n * lanes * sizeof(double));
    backward_by_sample(net, transposed, ws, lanes);
}

// Overwrites a by sqrt(w) (a - y) and f' by sqrt(w) f', (K, lanes).
void weigh_residuals(double *a, double *slopes, const double *y, const double *w, std::size_t n, std::size_t lanes) {
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
            const std::size_t at = k * lanes + s;
            const V scale = root(load(w + s));
            store(a + at, scale * (load(a + at) - load(y + at)));
            store(slopes + at, scale * load(slopes + at));
        }
}

// Writes the residuals sqrt(w_n) (a_nk - y_nk) and their derivatives for samples 0 to n_samples - 1.
void residuals_and_jacobian(
    const Network &net, const double *theta, const double *transposed, const Samples &samples, std::size_t first,
    std::size_t last, std::size_t n_samples, double *residuals, double *rows, double *scratch) {
    const std::size_t lanes = samples.lanes, n = net.n_outputs();
    const Workspace ws(net, lanes, scratch);
    fill_constants(ws, lanes);
    double *seeds = last_delta(net, ws, lanes), *slopes = ws.delta;  // (K, lanes) both
    for (std::size_t block = first; block < last; ++block) {
        const std::size_t begin = block * lanes, count = n_samples - begin < lanes ? n_samples - begin : lanes;
        const double *X = samples.X + block * net.n_inputs() * lanes;
        double *a = forward(net, theta, X, Keep::slopes, ws, lanes);
        activate_layer(net.layers[net.n_layers - 1].activation, a, slopes, n * lanes);
        weigh_residuals(a, slopes, samples.y + block * n * lanes, samples.w + block * lanes, n, lanes);
        for (std::size_t k = 0; k < n; ++k) {
            std::memset(seeds, 0, n * lanes * sizeof(double));
            std::memcpy(seeds + k * lanes, slopes + k * lanes, lanes * sizeof(double));
            jacobian(net, transposed, X, ws, lanes);
            for (std::size_t s = 0; s < count; ++s) residuals[(begin + s) * n + k] = a[k * lanes + s];
            rows_of_panels(ws.jacobian, net.size, count, lanes, rows + (begin * n + k) * net.size, n * net.size);
        }
    }
}

// total[p] += sum_n |w_n dloss_n/dtheta_p|: the derivative for one sample is the product of an input and a delta.
void gradient_magnitude(
    const Network &net, const double *theta, const double *transposed, const Samples &samples, std::size_t first,
    std::size_t last, double *total, double *scratch) {
    const std::size_t lanes = samples.lanes;
    const Workspace ws(net, lanes, scratch);
    fill_constants(ws, lanes);
    for (std::size_t block = first; block < last; ++block) {
        const double *X = samples.X + block * net.n_inputs() * lanes;
        deltas_of_block(net, theta, transposed, samples, block, X, ws);
        magnitudes(X, ws.next, net.n_inputs() * lanes);
        magnitudes(ws.activations, ws.activations, net.sum_of_widths * lanes);
        magnitudes(ws.deltas, ws.deltas, net.sum_of_widths * lanes);
        for_each_weight_block(
            net, ws.next, ws, lanes,
            [&](std::size_t place, const double *a, std::size_t n_in, const double *delta, std::size_t n_out) {
                outer(a, n_in, false, delta, n_out, total + place, lanes);
            });
    }
}

// Writes the derivative of the cost with respect to the inputs, (blocks, d_0, lanes).
void input_gradient(
    const Network &net, const double *theta, const double *transposed, const Samples &samples, std::size_t first,
    std::size_t last, double *by_inputs, double *scratch) {
    const std::size_t lanes = samples.lanes, n = net.n_inputs();
    const Workspace ws(net, lanes, scratch);
    const Layer &layer = net.layers[0];
    for (std::size_t block = first; block < last; ++block) {
        deltas_of_block(net, theta, transposed, samples, block, samples.X + block * n * lanes, ws);
        double *out = by_inputs + block * n * lanes;
        product(ws.deltas, layer.n_out, transposed + layer.weights, Zero{}, Nothing{}, out, n, lanes);
        if (net.skip == kNone) continue;
        product(
            last_delta(net, ws, lanes), net.n_outputs(), transposed + net.skip, Onto{out}, Nothing{}, out, n, lanes);
    }
}

void predict(
    const Network &net, const double *theta, const Samples &samples, std::size_t first, std::size_t last,
    double *outputs, double *scratch) {
    const std::size_t lanes = samples.lanes, n = net.n_outputs();
    const Workspace ws(net, lanes, scratch);
    const Activation output = net.layers[net.n_layers - 1].activation;
    for (std::size_t block = first; block < last; ++block) {
        double *z = forward(net, theta, samples.X + block * net.n_inputs() * lanes, Keep::nothing, ws, lanes);
        double *out = outputs + block * n * lanes;
        if (output == Activation::softmax) {
            for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
                const Softmax found = softmax_of(z + s, n, lanes);
                for (std::size_t k = 0; k < n; ++k)
                    store(out + k * lanes + s, probability_of(found, load(z + k * lanes + s), k).value);
            }
        } else {
            activate_layer(output, z, nullptr, n * lanes);
            std::memcpy(out, z, n * lanes * sizeof(double));
        }
    }
}

// Writes the variances of the outputs, (blocks, K, lanes).
void output_variances(
    const Network &net, const double *theta, const double *transposed, const double *factor, const Samples &samples,
    std::size_t first, std::size_t last, double *variances, double *scratch) {
    const std::size_t lanes = samples.lanes, n = net.n_outputs();
    const Workspace ws(net, lanes, scratch);
    fill_constants(ws, lanes);
    for (std::size_t block = first; block < last; ++block) {
        const double *X = samples.X + block * net.n_inputs() * lanes;
        forward(net, theta, X, Keep::slopes, ws, lanes);
        for (std::size_t k = 0; k < n; ++k) {
            gradient_of_output(net, transposed, X, k, ws, ws.jacobian, lanes);
            squared_lengths(factor, ws.jacobian, net.size, variances + (block * n + k) * lanes, lanes);
        }
    }
}

// Evaluates one function on an array, for tests of its accuracy; n is a multiple of 8 and the arrays are aligned.
void apply(const char *function, const double *x, double *value, double *slope, std::size_t n) {
    const auto is = [&](const char *name) { return std::strcmp(function, name) == 0; };
    for (std::size_t s = 0; s < n; s += static_cast<std::size_t>(kLanes)) {
        const V z = load(x + s);
        Pair found{};
        if (is("exp")) found = {exp(z), exp(z)};
        if (is("log1p")) found = {log1p_up_to_1(z), V{}};
        if (is("log1p from 0")) found = {log1p_from_0(z), V{}};
        if (is("tanh")) found = tanh(z);
        if (is("sigmoid")) found = sigmoid(z);
        if (is("softplus")) found = softplus(z);
        if (is("silu")) found = silu(z);
        if (is("tanh''")) found.value = second_slope(Activation::tanh, z, tanh(z));
        if (is("sigmoid''")) found.value = second_slope(Activation::sigmoid, z, sigmoid(z));
        if (is("softplus''")) found.value = second_slope(Activation::softplus, z, softplus(z));
        if (is("silu''")) found.value = second_slope(Activation::silu, z, silu(z));
        store(value + s, found.value);
        store(slope + s, found.slope);
    }
}

}  // namespace
}  // namespace SHEERNET_ISA

const Kernel &SHEERNET_JOIN(SHEERNET_ISA, _kernel)() {
    using namespace SHEERNET_ISA;
    static const Kernel kernel{
        SHEERNET_TEXT(SHEERNET_ISA), scratch_size, transpose, evaluate, gauss_newton, gradient_products,
        linearization_size, linearize, hessian_vectors,
        residuals_and_jacobian, gradient_magnitude, input_gradient, predict, output_variances, apply,
        dot, add, matrix_vector, add_symmetric, penalty, largest,
    };
    return kernel;
}

}  // namespace sheernet
