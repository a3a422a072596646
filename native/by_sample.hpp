// Derivatives per sample, whose sum is the gradient.  Follows src/sheernet/network/propagation.py: jacobian.
#pragma once

#include "passes.hpp"

namespace sheernet {
namespace SHEERNET_ISA {
// Location of delta_L, (K, lanes).
inline double *last_delta(const Network &net, const Workspace &ws, std::size_t lanes) {
    return ws.deltas + (net.sum_of_widths - net.n_outputs()) * lanes;
}

inline void fill_constants(const Workspace &ws, std::size_t lanes) {
    for (std::size_t s = 0; s < lanes; ++s) {
        ws.ones[s] = 1.0;
        ws.zeros[s] = 0.0;
    }
}

// delta_l of every layer, per sample, from the seeds stored in delta_L.
inline void backward_by_sample(const Network &net, const double *transposed, const Workspace &ws, std::size_t lanes) {
    std::size_t place = net.sum_of_widths - net.n_outputs();
    for (std::size_t l = net.n_layers - 1; l > 0; --l) {
        const Layer &layer = net.layers[l];
        const double *delta = ws.deltas + place * lanes;
        place -= layer.n_in;
        double *back = ws.deltas + place * lanes;
        const Times slopes{ws.slopes + place * lanes};
        product(delta, layer.n_out, transposed + layer.weights, Zero{}, slopes, back, layer.n_in, lanes);
    }
}

// Receives the rows of J, each a product of an input and a delta, in the order of theta, and writes them panel by panel.
class Panels {
  public:
    Panels(double *J, std::size_t lanes) : out_(J), lanes_(lanes) {}

    void take(const double *a, const double *d) {
        a_[filled_] = a;
        d_[filled_] = d;
        if (++filled_ == kPanel) write();
    }
    // The rows of a layer's weights: inputs a, (n_in, lanes), times deltas d, (n_out, lanes).
    void take(const double *a, std::size_t n_in, const double *d, std::size_t n_out) {
        for (std::size_t i = 0; i < n_in; ++i)
            for (std::size_t j = 0; j < n_out; ++j) take(a + i * lanes_, d + j * lanes_);
    }
    void fill_up(const double *zeros) {
        while (filled_ > 0) take(zeros, zeros);
    }

  private:
    void write() {
        const auto products = [&](std::size_t r, std::size_t s, V(&rows)[kLanes]) {
            for (std::size_t k = 0; k < static_cast<std::size_t>(kLanes); ++k)
                rows[k] = load(a_[r + k] + s) * load(d_[r + k] + s);
        };
        write_panel(products, out_, lanes_);
        out_ += kPanel * lanes_;
        filled_ = 0;
    }

    const double *a_[kPanel], *d_[kPanel];
    double *out_;
    std::size_t lanes_, filled_ = 0;
};

// Calls visit(place in theta, inputs, n_in, deltas, n_out) for W_1, b_1, ..., S in the order of theta; a bias has one
// input, 1.  X need not be the block's own array.
template <class Visit>
inline void for_each_weight_block(
    const Network &net, const double *X, const Workspace &ws, std::size_t lanes, const Visit &visit) {
    const double *a = X;
    std::size_t place = 0;
    for (std::size_t l = 0; l < net.n_layers; ++l) {
        const Layer &layer = net.layers[l];
        const double *delta = ws.deltas + place * lanes;
        visit(layer.weights, a, layer.n_in, delta, layer.n_out);
        if (layer.bias != kNone) visit(layer.bias, ws.ones, 1, delta, layer.n_out);
        a = ws.activations + place * lanes;
        place += layer.n_out;
    }
    if (net.skip != kNone) visit(net.skip, X, net.n_inputs(), last_delta(net, ws, lanes), net.n_outputs());
}

// J[p] = derivative of (seeds . z_L) with respect to theta_p, per sample; the seeds are stored in delta_L.
inline void jacobian(const Network &net, const double *transposed, const double *X, const Workspace &ws, std::size_t lanes) {
    backward_by_sample(net, transposed, ws, lanes);
    Panels panels(ws.jacobian, lanes);
    for_each_weight_block(
        net, X, ws, lanes,
        [&](std::size_t, const double *a, std::size_t n_in, const double *delta, std::size_t n_out) {
            panels.take(a, n_in, delta, n_out);
        });
    panels.fill_up(ws.zeros);
}

// Copies the first `count` samples of panels (n, lanes) into rows of n numbers, `stride` apart.
inline void rows_of_panels(
    const double *J, std::size_t n, std::size_t count, std::size_t lanes, double *rows, std::size_t stride) {
    for (std::size_t p = 0; p < n; p += kPanel) {
        const std::size_t width = n - p < kPanel ? n - p : kPanel;
        for (std::size_t s = 0; s < count; ++s)
            std::memcpy(rows + s * stride + p, J + p * lanes + s * kPanel, width * sizeof(double));
    }
}

}  // namespace SHEERNET_ISA
}  // namespace sheernet
