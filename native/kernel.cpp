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

// Where the arrays of a block stand in scratch.  What belongs to layers holds them one after the other.
struct Room {
    double *activations;  // a_1, ..., a_L, (sum of widths, lanes); z_L in the place of a_L
    double *slopes;       // f'(z_l), likewise
    double *delta, *next;  // (widest, lanes)
    // For a matrix only:
    double *deltas;       // delta_l, as activations
    double *ones, *zeros;  // (lanes,)
    double *jacobian;      // (P, lanes) in panels

    Room(const Network &net, std::size_t lanes, double *scratch) {
        activations = scratch;
        slopes = activations + net.sum_of_widths * lanes;
        delta = slopes + net.sum_of_widths * lanes;
        next = delta + net.widest * lanes;
        deltas = next + net.widest * lanes;
        ones = deltas + net.sum_of_widths * lanes;
        zeros = ones + lanes;
        jacobian = zeros + lanes;
    }
};

std::size_t scratch_size(const Network &net, std::size_t lanes, bool for_matrix) {
    const std::size_t of_matrix = for_matrix ? net.sum_of_widths + 2 + in_panels(net.size) : 0;
    return (2 * net.sum_of_widths + 2 * net.widest + of_matrix) * lanes;
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

// delta_l of every layer by each sample itself, from the seeds that stand in delta_L.
void backward_by_sample(const Network &net, const double *transposed, const Room &room, std::size_t lanes) {
    std::size_t place = net.sum_of_widths - net.n_outputs();
    for (std::size_t l = net.n_layers - 1; l > 0; --l) {
        const Layer &layer = net.layers[l];
        const double *delta = room.deltas + place * lanes;
        place -= layer.n_in;
        double *back = room.deltas + place * lanes;
        product(delta, layer.n_out, transposed + layer.weights, nullptr, false, back, layer.n_in, lanes);
        multiply(back, room.slopes + place * lanes, layer.n_in * lanes);
    }
}

// Takes the rows of J, each a product of an input and a delta, in the order of theta, and writes them panel by panel.
class Panels {
  public:
    Panels(double *J, std::size_t lanes) : out_(J), lanes_(lanes) {}

    void take(const double *a, const double *d) {
        a_[filled_] = a;
        d_[filled_] = d;
        if (++filled_ == kPanel) write();
    }
    // A layer's weights: inputs a, (n_in, lanes), with deltas d, (n_out, lanes).
    void take(const double *a, std::size_t n_in, const double *d, std::size_t n_out) {
        for (std::size_t i = 0; i < n_in; ++i)
            for (std::size_t j = 0; j < n_out; ++j) take(a + i * lanes_, d + j * lanes_);
    }
    void fill_up(const double *zeros) {
        while (filled_ > 0) take(zeros, zeros);
    }

  private:
    void write() {
        constexpr std::size_t vector = static_cast<std::size_t>(kLanes);
        for (std::size_t s = 0; s < lanes_; s += vector)
            for (std::size_t r = 0; r < kPanel; r += vector) {
                V rows[kLanes];
                for (std::size_t k = 0; k < vector; ++k) rows[k] = load(a_[r + k] + s) * load(d_[r + k] + s);
                SHEERNET_ISA::transpose(rows);
                for (std::size_t k = 0; k < vector; ++k) store(out_ + (s + k) * kPanel + r, rows[k]);
            }
        out_ += kPanel * lanes_;
        filled_ = 0;
    }

    const double *a_[kPanel], *d_[kPanel];
    double *out_;
    std::size_t lanes_, filled_ = 0;
};

// J[p] = the derivative of (seeds . z_L) by theta_p, for each sample by itself; seeds stand in delta_L.
void jacobian(const Network &net, const double *transposed, const double *X, const Room &room, std::size_t lanes) {
    backward_by_sample(net, transposed, room, lanes);
    Panels panels(room.jacobian, lanes);
    const double *a = X, *delta = room.deltas;
    for (std::size_t l = 0; l < net.n_layers; ++l) {
        const Layer &layer = net.layers[l];
        panels.take(a, layer.n_in, delta, layer.n_out);
        if (layer.bias != kNone) panels.take(room.ones, 1, delta, layer.n_out);
        a = room.activations + (delta - room.deltas);
        if (l + 1 < net.n_layers) delta += layer.n_out * lanes;
    }
    if (net.skip != kNone) panels.take(X, net.n_inputs(), delta, net.n_outputs());
    panels.fill_up(room.zeros);
}

// The losses of a block, from z = z_L, and unless that is null its part of the gradient; z becomes delta_L.
void add_block(
    const Network &net, const double *transposed, const double *X, const double *y, const double *w, double *z,
    double *gradient, const Room &room, LossSums &sums, std::size_t lanes) {
    const LossSums of_block = cost_of(net, z, y, w, lanes);
    sums.cost += of_block.cost;
    sums.magnitude += of_block.magnitude;
    if (gradient) backward(net, transposed, X, z, room, gradient, lanes);
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
        add_block(net, transposed, X, y, samples.w + block * lanes, z, gradient, room, sums, lanes);
    }
    return {sum(sums.cost), sum(sums.magnitude)};
}

Sums gauss_newton(
    const Network &net, const double *theta, const double *transposed, const Samples &samples, std::size_t first,
    std::size_t last, double *gradient, double *matrix, double *scratch) {
    const std::size_t lanes = samples.lanes;
    const Room room(net, lanes, scratch);
    for (std::size_t s = 0; s < lanes; ++s) room.ones[s] = 1.0;
    for (std::size_t s = 0; s < lanes; ++s) room.zeros[s] = 0.0;
    double *seeds = room.deltas + (net.sum_of_widths - net.n_outputs()) * lanes;
    LossSums sums{};
    for (std::size_t block = first; block < last; ++block) {
        const double *X = samples.X + block * net.n_inputs() * lanes;
        const double *y = samples.y + block * net.n_outputs() * lanes;
        const double *w = samples.w + block * lanes;
        double *z = forward(net, theta, X, true, room, lanes);
        for (std::size_t k = 0; k < net.n_outputs(); ++k) {
            root_of_curvature(net, k, z, y, w, seeds, lanes);
            jacobian(net, transposed, X, room, lanes);
            symmetric_outer(room.jacobian, net.size, matrix, lanes);
        }
        if (gradient) add_block(net, transposed, X, y, w, z, gradient, room, sums, lanes);
    }
    return {sum(sums.cost), sum(sums.magnitude)};
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
