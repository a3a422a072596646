// The kernels of one instruction set: value, gradient and Gauss-Newton matrix over blocks of samples.
//
// Compiled once per instruction set, each time with SHEERNET_ISA set to its name (a namespace, so that no function of one
// set can be taken for that of another) and with its compiler flags; instruction_set.hpp chooses at run time.
// Follows src/sheernet/propagation.py, line by line in its order: forward, backward, jacobian, tangents.
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

    // For a Hessian-vector product:
    double *tangents;       // da_l, as activations; dz_L in the place of da_L
    double *bends;          // f''(z_l) dz_l, likewise
    double *ddelta, *dnext;  // (widest, lanes)

    // For derivatives by each sample itself, where those stand that a Hessian-vector product needs:
    double *deltas;        // delta_l, as activations
    double *ones, *zeros;  // (lanes,)
    double *jacobian;      // (P, lanes) in panels

    Room(const Network &net, std::size_t lanes, double *scratch) {
        const auto take = [&](std::size_t rows) {
            double *here = scratch;
            scratch += rows * lanes;
            return here;
        };
        activations = take(net.sum_of_widths);
        slopes = take(net.sum_of_widths);
        delta = take(net.widest);
        next = take(net.widest);
        double *const rest = scratch;
        tangents = take(net.sum_of_widths);
        bends = take(net.sum_of_widths);
        ddelta = take(net.widest);
        dnext = take(net.widest);
        scratch = rest;
        deltas = take(net.sum_of_widths);
        ones = take(1);
        zeros = take(1);
        jacobian = scratch;
    }
};

std::size_t scratch_size(const Network &net, std::size_t lanes, bool for_matrix) {
    const std::size_t once = net.sum_of_widths + net.widest;
    const std::size_t by_sample = net.sum_of_widths + 2 + in_panels(net.size);
    const std::size_t rest = for_matrix && by_sample > 2 * once ? by_sample : 2 * once;
    return (2 * once + rest) * lanes;
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

// What a forward pass keeps beside the activations; each includes those before it.
enum class Keep { nothing, slopes, bends };

// z_l = a_{l-1} W_l + b_l, a_l = f_l(z_l); z_L also gets X S, and is left as it is.  Returns z_L.
double *forward(const Network &net, const double *theta, const double *X, Keep keep, const Room &room, std::size_t lanes) {
    const double *a = X;
    std::size_t place = 0;
    double *z = nullptr;
    for (std::size_t l = 0; l < net.n_layers; ++l) {
        const Layer &layer = net.layers[l];
        z = room.activations + place * lanes;
        const double *bias = layer.bias == kNone ? nullptr : theta + layer.bias;
        product(a, layer.n_in, theta + layer.weights, bias, false, z, layer.n_out, lanes);
        if (l + 1 < net.n_layers) {
            double *slope = keep == Keep::nothing ? nullptr : room.slopes + place * lanes;
            if (keep == Keep::bends) bend_layer(layer.activation, z, room.bends + place * lanes, layer.n_out * lanes);
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
        double *z = forward(net, theta, X, gradient ? Keep::slopes : Keep::nothing, room, lanes);
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
        double *z = forward(net, theta, X, Keep::slopes, room, lanes);
        for (std::size_t k = 0; k < net.n_outputs(); ++k) {
            root_of_curvature(net, k, z, y, w, seeds, lanes);
            jacobian(net, transposed, X, room, lanes);
            symmetric_outer(room.jacobian, net.size, matrix, lanes);
        }
        if (gradient) add_block(net, transposed, X, y, w, z, gradient, room, sums, lanes);
    }
    return {sum(sums.cost), sum(sums.magnitude)};
}

// dz_l = da_{l-1} W_l + a_{l-1} V_l + v_l, da_l = f_l'(z_l) dz_l along v = (V_1, v_1, ...); bends become f_l''(z_l) dz_l.
// dz_L also gets X times the part of v that belongs to S.  Returns dz_L.
double *tangent_forward(
    const Network &net, const double *theta, const double *v, const double *X, const Room &room, std::size_t lanes) {
    const double *a = X, *da = nullptr;
    std::size_t place = 0;
    double *dz = nullptr;
    for (std::size_t l = 0; l < net.n_layers; ++l) {
        const Layer &layer = net.layers[l];
        dz = room.tangents + place * lanes;
        const double *bias = layer.bias == kNone ? nullptr : v + layer.bias;
        product(a, layer.n_in, v + layer.weights, bias, false, dz, layer.n_out, lanes);
        if (da) product(da, layer.n_in, theta + layer.weights, nullptr, true, dz, layer.n_out, lanes);
        if (l + 1 < net.n_layers) {
            multiply(room.bends + place * lanes, dz, layer.n_out * lanes);
            multiply(dz, room.slopes + place * lanes, layer.n_out * lanes);
        }
        a = room.activations + place * lanes;
        da = dz;
        place += layer.n_out;
    }
    if (net.skip != kNone) product(X, net.n_inputs(), v + net.skip, nullptr, true, dz, net.n_outputs(), lanes);
    return dz;
}

// ddelta_{l-1} = (ddelta_l W_l^T + delta_l V_l^T) f' + (delta_l W_l^T) f'' dz, from delta_L and ddelta_L, and from them the
// derivative along v of the gradient: a_{l-1}^T ddelta_l + da_{l-1}^T delta_l, added to moved, (P,).
void tangent_backward(
    const Network &net, const double *transposed, const double *v_transposed, const double *X, const double *delta_L,
    const Room &room, double *moved, std::size_t lanes) {
    const double *delta = delta_L;
    double *ddelta = room.ddelta, *next = room.next, *dnext = room.dnext, *other = room.delta;
    if (net.skip != kNone) outer(X, net.n_inputs(), ddelta, net.n_outputs(), moved + net.skip, lanes);
    for (std::size_t l = net.n_layers; l-- > 0;) {
        const Layer &layer = net.layers[l];
        const double *a = inputs_of(net, l, X, room, lanes);
        outer(a, layer.n_in, ddelta, layer.n_out, moved + layer.weights, lanes);
        if (layer.bias != kNone) row_sums(ddelta, layer.n_out, moved + layer.bias, lanes);
        if (l == 0) break;
        const std::size_t place = static_cast<std::size_t>(a - room.activations), n = layer.n_in * lanes;
        outer(room.tangents + place, layer.n_in, delta, layer.n_out, moved + layer.weights, lanes);
        product(ddelta, layer.n_out, transposed + layer.weights, nullptr, false, dnext, layer.n_in, lanes);
        product(delta, layer.n_out, v_transposed + layer.weights, nullptr, true, dnext, layer.n_in, lanes);
        product(delta, layer.n_out, transposed + layer.weights, nullptr, false, next, layer.n_in, lanes);
        multiply(dnext, room.slopes + place, n);
        add_product(dnext, next, room.bends + place, n);
        multiply(next, room.slopes + place, n);
        delta = next;
        next = other;
        other = const_cast<double *>(delta);
        double *const used = ddelta;
        ddelta = dnext;
        dnext = used;
    }
}

void hessian_vector(
    const Network &net, const double *theta, const double *transposed, const double *v, const double *v_transposed,
    const Samples &samples, std::size_t first, std::size_t last, double *moved, double *scratch) {
    const std::size_t lanes = samples.lanes;
    const Room room(net, lanes, scratch);
    for (std::size_t block = first; block < last; ++block) {
        const double *X = samples.X + block * net.n_inputs() * lanes;
        const double *y = samples.y + block * net.n_outputs() * lanes;
        const double *w = samples.w + block * lanes;
        double *z = forward(net, theta, X, Keep::bends, room, lanes);
        const double *dz = tangent_forward(net, theta, v, X, room, lanes);
        tangent_of_cost(net, z, y, w, dz, room.ddelta, lanes);
        cost_of(net, z, y, w, lanes);  // z is delta_L now
        tangent_backward(net, transposed, v_transposed, X, z, room, moved, lanes);
    }
}

void predict(
    const Network &net, const double *theta, const Samples &samples, std::size_t first, std::size_t last,
    double *outputs, double *scratch) {
    const std::size_t lanes = samples.lanes, n = net.n_outputs();
    const Room room(net, lanes, scratch);
    const Activation output = net.layers[net.n_layers - 1].activation;
    for (std::size_t block = first; block < last; ++block) {
        double *z = forward(net, theta, samples.X + block * net.n_inputs() * lanes, Keep::nothing, room, lanes);
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
        if (is("tanh''")) found.value = bend(Activation::tanh, z);
        if (is("sigmoid''")) found.value = bend(Activation::sigmoid, z);
        if (is("softplus''")) found.value = bend(Activation::softplus, z);
        if (is("silu''")) found.value = bend(Activation::silu, z);
        store(value + s, found.value);
        store(slope + s, found.slope);
    }
}

}  // namespace
}  // namespace SHEERNET_ISA

const Kernel &SHEERNET_JOIN(SHEERNET_ISA, _kernel)() {
    using namespace SHEERNET_ISA;
    static const Kernel kernel{
        SHEERNET_TEXT(SHEERNET_ISA), scratch_size, transpose, evaluate, gauss_newton, hessian_vector, predict, apply,
        dot, add, matrix_vector, add_symmetric,
    };
    return kernel;
}

}  // namespace sheernet
