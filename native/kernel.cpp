// The kernels of one instruction set: value, gradient and Gauss-Newton matrix over blocks of samples.
//
// Compiled once per instruction set, each time with SHEERNET_ISA set to its name (a namespace, so that no function of one
// set can be taken for that of another) and with its compiler flags; instruction_set.hpp chooses at run time.
// Follows src/sheernet/propagation.py, line by line in its order: forward, backward, jacobian.
//
// A block's activations stay in the cache from forward to backward; nothing of size N is written.
#include "costs.hpp"
#include "products.hpp"
#include "vectors.hpp"

#define SHEERNET_TEXT_(x) #x
#define SHEERNET_TEXT(x) SHEERNET_TEXT_(x)
#define SHEERNET_JOIN_(a, b) a##b
#define SHEERNET_JOIN(a, b) SHEERNET_JOIN_(a, b)

namespace sheernet {
namespace SHEERNET_ISA {
namespace {

// Where the arrays of a block stand in scratch: activations and slopes of every layer, two deltas, the Jacobian.
struct Room {
    double *activations;  // a_1, ..., a_L one after the other, (sum of widths, lanes); z_L in the place of a_L
    double *slopes;       // f'(z_l), likewise
    double *delta, *next;  // (widest, lanes)
    double *jacobian;      // (P, lanes), for a matrix only

    Room(const Network &net, std::size_t lanes, double *scratch) {
        activations = scratch;
        slopes = activations + net.sum_of_widths * lanes;
        delta = slopes + net.sum_of_widths * lanes;
        next = delta + net.widest * lanes;
        jacobian = next + net.widest * lanes;
    }
};

std::size_t scratch_size(const Network &net, std::size_t lanes, bool for_matrix) {
    return (2 * net.sum_of_widths + 2 * net.widest + (for_matrix ? net.size : 0)) * lanes;
}

void transpose(const Network &net, const double *theta, double *transposed) {
    for (std::size_t l = 0; l < net.n_layers; ++l) {
        const Layer &layer = net.layers[l];
        const double *W = theta + layer.weights;
        double *T = transposed + layer.weights;
        for (std::size_t i = 0; i < layer.n_in; ++i)
            for (std::size_t j = 0; j < layer.n_out; ++j) T[j * layer.n_in + i] = W[i * layer.n_out + j];
    }
}

// z_l = a_{l-1} W_l + b_l, a_l = f_l(z_l); z_L also gets X S, and is left as it is.  Returns z_L.
double *forward(const Network &net, const double *theta, const double *X, bool with_slopes, const Room &room, std::size_t lanes) {
    const double *a = X;
    std::size_t place = 0;
    double *z = nullptr;
    for (std::size_t l = 0; l < net.n_layers; ++l) {
        const Layer &layer = net.layers[l];
        z = room.activations + place * lanes;
        const double *bias = layer.bias == kNone ? nullptr : theta + layer.bias;
        product(a, layer.n_in, theta + layer.weights, bias, false, z, layer.n_out, lanes);
        if (l + 1 < net.n_layers) {
            double *slope = with_slopes ? room.slopes + place * lanes : nullptr;
            activate_layer(layer.activation, z, slope, layer.n_out * lanes);
        }
        a = z;
        place += layer.n_out;
    }
    if (net.skip != kNone) product(X, net.n_inputs(), theta + net.skip, nullptr, true, z, net.n_outputs(), lanes);
    return z;
}

// Where a layer's inputs stand: a_{l-1} for layer l, counted from 0.
const double *inputs_of(const Network &net, std::size_t l, const double *X, const Room &room, std::size_t lanes) {
    std::size_t place = 0;
    for (std::size_t k = 0; k + 1 < l; ++k) place += net.layers[k].n_out;
    return l == 0 ? X : room.activations + place * lanes;
}

// From delta_L, which stands in z_L, to the gradient of every block of theta.
void backward(
    const Network &net, const double *transposed, const double *X, const double *delta_L, const Room &room,
    double *gradient, std::size_t lanes) {
    const double *delta = delta_L;
    double *next = room.next, *other = room.delta;
    if (net.skip != kNone) outer(X, net.n_inputs(), delta, net.n_outputs(), gradient + net.skip, lanes);
    for (std::size_t l = net.n_layers; l-- > 0;) {
        const Layer &layer = net.layers[l];
        const double *a = inputs_of(net, l, X, room, lanes);
        outer(a, layer.n_in, delta, layer.n_out, gradient + layer.weights, lanes);
        if (layer.bias != kNone) row_sums(delta, layer.n_out, gradient + layer.bias, lanes);
        if (l == 0) break;
        product(delta, layer.n_out, transposed + layer.weights, nullptr, false, next, layer.n_in, lanes);
        multiply(next, room.slopes + (a - room.activations), layer.n_in * lanes);
        delta = next;
        next = other;
        other = const_cast<double *>(delta);
    }
}

// J[p] = the derivative of (seeds . z_L) by theta_p, for each sample by itself: (P, lanes).
void jacobian(
    const Network &net, const double *transposed, const double *X, const double *seeds, const Room &room, double *spare,
    std::size_t lanes) {
    double *J = room.jacobian;
    const auto fill = [&](const double *a, std::size_t n_in, const double *d, std::size_t n_out, double *rows) {
        for (std::size_t i = 0; i < n_in; ++i)
            for (std::size_t j = 0; j < n_out; ++j)
                for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes))
                    store(rows + (i * n_out + j) * lanes + s, load(a + i * lanes + s) * load(d + j * lanes + s));
    };
    const double *delta = seeds;
    double *next = room.next;
    if (net.skip != kNone) fill(X, net.n_inputs(), delta, net.n_outputs(), J + net.skip * lanes);
    for (std::size_t l = net.n_layers; l-- > 0;) {
        const Layer &layer = net.layers[l];
        const double *a = inputs_of(net, l, X, room, lanes);
        fill(a, layer.n_in, delta, layer.n_out, J + layer.weights * lanes);
        if (layer.bias != kNone) std::memcpy(J + layer.bias * lanes, delta, layer.n_out * lanes * sizeof(double));
        if (l == 0) break;
        product(delta, layer.n_out, transposed + layer.weights, nullptr, false, next, layer.n_in, lanes);
        multiply(next, room.slopes + (a - room.activations), layer.n_in * lanes);
        delta = next;
        next = delta == room.next ? spare : room.next;
    }
}

Sums evaluate(
    const Network &net, const double *theta, const double *transposed, const Samples &samples, std::size_t first,
    std::size_t last, double *gradient, double *scratch) {
    const std::size_t lanes = samples.lanes;
    const Room room(net, lanes, scratch);
    LossSums sums{};
    for (std::size_t block = first; block < last; ++block) {
        const double *X = samples.X + block * net.n_inputs() * lanes;
        const double *y = samples.y + block * net.n_outputs() * lanes;
        double *z = forward(net, theta, X, gradient != nullptr, room, lanes);
        const LossSums of_block = cost_of(net, z, y, samples.w + block * lanes, lanes);  // z is delta_L now
        sums.cost += of_block.cost;
        sums.magnitude += of_block.magnitude;
        if (gradient) backward(net, transposed, X, z, room, gradient, lanes);
    }
    return {sum(sums.cost), sum(sums.magnitude)};
}

void gauss_newton(
    const Network &net, const double *theta, const double *transposed, const Samples &samples, std::size_t first,
    std::size_t last, double *matrix, double *scratch) {
    const std::size_t lanes = samples.lanes;
    const Room room(net, lanes, scratch);
    for (std::size_t block = first; block < last; ++block) {
        const double *X = samples.X + block * net.n_inputs() * lanes;
        const double *y = samples.y + block * net.n_outputs() * lanes;
        const double *z = forward(net, theta, X, true, room, lanes);
        // The slopes of the output layer are not needed: seeds stand there.
        double *seeds = room.slopes + (z - room.activations);
        for (std::size_t k = 0; k < net.n_outputs(); ++k) {
            root_of_curvature(net, k, z, y, samples.w + block * lanes, seeds, lanes);
            jacobian(net, transposed, X, seeds, room, room.delta, lanes);
            symmetric_outer(room.jacobian, net.size, matrix, lanes);
        }
    }
}

void predict(
    const Network &net, const double *theta, const Samples &samples, std::size_t first, std::size_t last,
    double *outputs, double *scratch) {
    const std::size_t lanes = samples.lanes, n = net.n_outputs();
    const Room room(net, lanes, scratch);
    const Activation output = net.layers[net.n_layers - 1].activation;
    for (std::size_t block = first; block < last; ++block) {
        double *z = forward(net, theta, samples.X + block * net.n_inputs() * lanes, false, room, lanes);
        double *out = outputs + block * n * lanes;
        if (output == Activation::softmax) {
            for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
                const Softmax found = softmax_of(z + s, n, lanes);
                for (std::size_t k = 0; k < n; ++k)
                    store(out + k * lanes + s, share_of(found, load(z + k * lanes + s), k).p);
            }
        } else {
            activate_layer(output, z, nullptr, n * lanes);
            std::memcpy(out, z, n * lanes * sizeof(double));
        }
    }
}

// One function over an array, for the tests of its accuracy; n is a multiple of 8 and the arrays are aligned.
void apply(const char *function, const double *x, double *value, double *slope, std::size_t n) {
    const auto is = [&](const char *name) { return std::strcmp(function, name) == 0; };
    for (std::size_t s = 0; s < n; s += static_cast<std::size_t>(kLanes)) {
        const V z = load(x + s);
        Pair found{};
        if (is("exp")) found = {exp(z), exp(z)};
        if (is("log1p")) found = {log1p_of_share(z), V{}};
        if (is("tanh")) found = tanh(z);
        if (is("sigmoid")) found = sigmoid(z);
        if (is("softplus")) found = softplus(z);
        if (is("silu")) found = silu(z);
        store(value + s, found.value);
        store(slope + s, found.slope);
    }
}

}  // namespace
}  // namespace SHEERNET_ISA

const Kernel &SHEERNET_JOIN(SHEERNET_ISA, _kernel)() {
    using namespace SHEERNET_ISA;
    static const Kernel kernel{
        SHEERNET_TEXT(SHEERNET_ISA), scratch_size, transpose, evaluate, gauss_newton, predict, apply, dot, add, matrix_vector, add_symmetric,
    };
    return kernel;
}

}  // namespace sheernet
