// The sums of a Gauss-Newton matrix by structure (structure.hpp) over a block of samples.
//
// For each pair of layers, the rows a_i a_i' and the columns D_jj' are written in panels, group by group, so that a group of
// each stays in the second-level cache while all their products are summed.
#pragma once

#include "by_sample.hpp"
#include "costs.hpp"
#include "structure.hpp"

namespace sheernet {
namespace SHEERNET_ISA {
namespace {

// The arrays of a block, in the memory of Workspace::jacobian.
struct StructureArrays {
    std::size_t n_hidden;  // d_1 + ... + d_{L-1}
    double *scales;           // c_l of each layer, (L, lanes), powers of two
    double *deltas;           // delta_l,k / c_l of the hidden layers, (K, n_hidden, lanes)
    double *roots, *squares;  // r_k / c_L and its square, (K, lanes)
    double *rows, *columns;   // groups, (kGroup, lanes) in panels

    StructureArrays(const Network &net, std::size_t lanes, double *scratch)
        : n_hidden(net.sum_of_widths - net.n_outputs()) {
        const auto take = [&](std::size_t n) {
            double *here = scratch;
            scratch += n * lanes;
            return here;
        };
        scales = take(net.n_layers);
        deltas = take(net.n_outputs() * n_hidden);
        roots = take(net.n_outputs());
        squares = take(net.n_outputs());
        rows = take(kGroup);
        columns = take(kGroup);
    }
};

// The inputs of a layer's matrix (structure.hpp: LayerMatrix), each (lanes,).
class Inputs {
  public:
    Inputs(const Network &net, std::size_t l, const double *X, const Workspace &ws, std::size_t lanes)
        : a_(inputs_of(net, l, X, ws, lanes)), ones_(ws.ones), X_(X), n_in_(net.layers[l].n_in),
          n_with_bias_(n_in_ + (net.layers[l].bias != kNone ? 1 : 0)), lanes_(lanes) {}

    const double *operator[](std::size_t i) const {
        if (i < n_in_) return a_ + i * lanes_;
        return i < n_with_bias_ ? ones_ : X_ + (i - n_with_bias_) * lanes_;
    }

  private:
    const double *a_, *ones_, *X_;
    std::size_t n_in_, n_with_bias_, lanes_;
};

// 2^-e for a largest magnitude of about 2^e, or 1 if it is 0, inf or nan: a_i a_i' of huge inputs would overflow although their
// deltas are 0, and 0 times infinity is not 0.  With inputs times this and deltas divided by it, products have the same bits.
SHEERNET_INLINE V scale_of(V largest) {
    constexpr std::int64_t mantissa_bits = 52, least = std::int64_t{1} << mantissa_bits, infinite = 2047 * least;
    const I found = bits(largest);
    const V scale = from_bits(I{} + infinite - (found & (I{} + infinite)));
    return found >= least && found < infinite ? scale : all(1.0);
}

inline void find_scales(const Inputs &inputs, std::size_t n_in, double *scales, std::size_t lanes) {
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        V largest{};
        for (std::size_t i = 0; i < n_in; ++i) {
            const V size = magnitude(load(inputs[i] + s));
            largest = size > largest ? size : largest;
        }
        store(scales + s, scale_of(largest));
    }
}

// to = from / scales, (n, lanes).
inline void divide(const double *from, const double *scales, double *to, std::size_t n, std::size_t lanes) {
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        const V factor = 1.0 / load(scales + s);
        for (std::size_t i = 0; i < n; ++i) store(to + i * lanes + s, load(from + i * lanes + s) * factor);
    }
}

// The deltas of all roots of the curvature, from z_L.
inline void prepare_structure(
    const Network &net, const double *transposed, const double *X, const Curvature &curvature, const Workspace &ws,
    const StructureArrays &arrays, std::size_t lanes) {
    const std::size_t last = net.n_layers - 1, n = net.n_outputs();
    for (std::size_t l = 0; l <= last; ++l)
        find_scales(Inputs(net, l, X, ws, lanes), layer_matrix(net, l).n_in, arrays.scales + l * lanes, lanes);
    divide(curvature.roots, arrays.scales + last * lanes, arrays.roots, n, lanes);
    for (std::size_t s = 0; s < n * lanes; s += static_cast<std::size_t>(kLanes))
        store(arrays.squares + s, load(arrays.roots + s) * load(arrays.roots + s));
    if (last == 0) return;
    for (std::size_t k = 0; k < n; ++k) {
        root_of_curvature(net, k, curvature, last_delta(net, ws, lanes), lanes);
        backward_by_sample(net, transposed, ws, lanes);
        std::size_t place = 0;
        for (std::size_t l = 0; l < last; place += net.layers[l++].n_out)
            divide(
                ws.deltas + place * lanes, arrays.scales + l * lanes, arrays.deltas + (k * arrays.n_hidden + place) * lanes,
                net.layers[l].n_out, lanes);
    }
}

// Index pairs in order; the last one is repeated, to fill up a panel.
class Sequence {
  public:
    explicit Sequence(const IndexPairs &pairs) : at_(pairs), left_(pairs.number()) {}

    IndexPairs take() {
        const IndexPairs here = at_;
        if (left_ > 1) {
            at_.advance();
            --left_;
        }
        return here;
    }

  private:
    IndexPairs at_;
    std::size_t left_;
};

// Writes the rows a_i a_i' of a pair of layers, panel by panel.
class RowWriter {
  public:
    RowWriter(
        const Network &net, const LayerPair &pair, const double *X, const Workspace &ws, const StructureArrays &arrays,
        std::size_t lanes)
        : first_(net, pair.l, X, ws, lanes), second_(net, pair.m, X, ws, lanes),
          first_scales_(arrays.scales + pair.l * lanes), second_scales_(arrays.scales + pair.m * lanes),
          sequence_(pair.rows()), lanes_(lanes) {}

    void write(double *panel) {
        const double *a[kPanel], *b[kPanel];
        for (std::size_t r = 0; r < kPanel; ++r) {
            const IndexPairs at = sequence_.take();
            a[r] = first_[at.first];
            b[r] = second_[at.second];
        }
        const auto products = [&](std::size_t r, std::size_t s, V(&rows)[kLanes]) {
            const V one = load(first_scales_ + s), other = load(second_scales_ + s);
            for (std::size_t k = 0; k < static_cast<std::size_t>(kLanes); ++k)
                rows[k] = (load(a[r + k] + s) * one) * (load(b[r + k] + s) * other);
        };
        write_panel(products, panel, lanes_);
    }

  private:
    Inputs first_, second_;
    const double *first_scales_, *second_scales_;
    Sequence sequence_;
    std::size_t lanes_;
};

// Writes the columns D_jj' of a pair of layers, panel by panel.  With the deltas S_k = delta_l,k of a hidden layer, D_jj' is
// sum_k S_k[j] S_k[j'] between hidden layers, S_j'[j] r_j' between one and the output layer, and H_jj' within the output layer.
class ColumnWriter {
  public:
    ColumnWriter(
        const Network &net, const LayerPair &pair, const Curvature &curvature, const StructureArrays &arrays, std::size_t lanes)
        : curvature_(curvature), arrays_(arrays), pair_(pair), n_hidden_layers_(net.n_layers - 1),
          n_terms_(pair.m < n_hidden_layers_ ? net.n_outputs() : 1), sequence_(pair.columns()), lanes_(lanes) {
        for (std::size_t l = 0; l < pair.l; ++l) first_ += net.layers[l].n_out;
        for (std::size_t l = 0; l < pair.m; ++l) second_ += net.layers[l].n_out;
    }

    void write(double *panel) {
        const double *x[kPanel], *y[kPanel];
        for (std::size_t r = 0; r < kPanel; ++r) {
            const IndexPairs at = sequence_.take();
            find_factors(at.first, at.second, x[r], y[r]);
        }
        if (x[0] == x[kPanel - 1])
            write_sums<true>(x, y, panel);
        else
            write_sums<false>(x, y, panel);
    }

  private:
    const double *delta(std::size_t k, std::size_t unit) const {
        return arrays_.deltas + (k * arrays_.n_hidden + unit) * lanes_;
    }

    // D_jj' = sum_t x[t] y[t]; the terms are n_hidden numbers of a sample apart.
    void find_factors(std::size_t j, std::size_t k, const double *&x, const double *&y) const {
        if (pair_.m < n_hidden_layers_) {
            x = delta(0, first_ + j);
            y = delta(0, second_ + k);
        } else if (pair_.l < n_hidden_layers_) {
            x = delta(k, first_ + j);
            y = arrays_.roots + k * lanes_;
        } else if (pair_.diagonal) {
            x = y = arrays_.roots + j * lanes_;
        } else {
            x = arrays_.squares + j * lanes_;
            y = (j == k ? curvature_.others : curvature_.minus) + k * lanes_;
        }
    }

    template <bool same_x>
    void write_sums(const double *(&x)[kPanel], const double *(&y)[kPanel], double *panel) const {
        const std::size_t stride = arrays_.n_hidden * lanes_;
        const auto sums = [&](std::size_t r, std::size_t s, V(&rows)[kLanes]) {
            for (V &row : rows) row = V{};
            for (std::size_t t = 0, at = s; t < n_terms_; ++t, at += stride) {
                const V of_all = load(x[0] + at);
                for (std::size_t k = 0; k < static_cast<std::size_t>(kLanes); ++k)
                    rows[k] = fma(same_x ? of_all : load(x[r + k] + at), load(y[r + k] + at), rows[k]);
            }
        };
        write_panel(sums, panel, lanes_);
    }

    const Curvature &curvature_;
    const StructureArrays &arrays_;
    const LayerPair &pair_;
    std::size_t n_hidden_layers_, n_terms_, first_ = 0, second_ = 0;
    Sequence sequence_;
    std::size_t lanes_;
};

// sums, with rows `stride` apart, += products of a group of n_rows rows and one of n_columns columns, multiples of kPanel.
inline void add_group(
    const double *rows, std::size_t n_rows, const double *columns, std::size_t n_columns, double *sums, std::size_t stride,
    std::size_t lanes) {
    std::size_t j = 0;
    for (; j + kTilePanels * kPanel <= n_columns; j += kTilePanels * kPanel)
        for (std::size_t i = 0; i < n_rows; i += kPanel)
            product_of_panels<kTilePanels>(rows + i * lanes, columns + j * lanes, sums + i * stride + j, stride, lanes);
    for (; j < n_columns; j += kPanel)
        for (std::size_t i = 0; i < n_rows; i += kPanel)
            product_of_panels<1>(rows + i * lanes, columns + j * lanes, sums + i * stride + j, stride, lanes);
}

// The size of groups of n numbers: similar sizes of at most kGroup, multiples of a tile.
inline std::size_t group_size(std::size_t n) {
    constexpr std::size_t tile = kTilePanels * kPanel;
    const std::size_t number = (n + kGroup - 1) / kGroup, least = (n + number - 1) / number;
    return (least + tile - 1) / tile * tile;
}

// Adds the products of a block's rows and columns to the sums of a pair of layers.
inline void add_layer_pair(
    const Network &net, const LayerPair &pair, const double *X, const Curvature &curvature, const Workspace &ws,
    const StructureArrays &arrays, double *sums, std::size_t lanes, const PollHook &poll_hook) {
    const std::size_t n_rows = pair.n_rows(), n_columns = pair.n_columns();
    const std::size_t most_rows = group_size(n_rows), most_columns = group_size(n_columns);
    ColumnWriter columns(net, pair, curvature, arrays, lanes);
    for (std::size_t j = 0; j < n_columns; j += most_columns) {
        const std::size_t width = n_columns - j < most_columns ? n_columns - j : most_columns;
        for (std::size_t c = 0; c < width; c += kPanel) columns.write(arrays.columns + c * lanes);
        RowWriter rows(net, pair, X, ws, arrays, lanes);
        for (std::size_t i = 0; i < n_rows; i += most_rows) {
            const std::size_t height = n_rows - i < most_rows ? n_rows - i : most_rows;
            for (std::size_t r = 0; r < height; r += kPanel) rows.write(arrays.rows + r * lanes);
            add_group(arrays.rows, height, arrays.columns, width, sums + i * n_columns + j, n_columns, lanes);
            poll_hook.poll_if_due();
        }
    }
}

// Adds the products of a block to the sums of all pairs of layers; forward() has run.
inline void add_by_structure(
    const Network &net, const double *transposed, const double *X, const Curvature &curvature, const Workspace &ws,
    double *sums, std::size_t lanes, const PollHook &poll_hook) {
    const StructureArrays arrays(net, lanes, ws.jacobian);
    prepare_structure(net, transposed, X, curvature, ws, arrays, lanes);
    for_each_layer_pair(net, [&](const LayerPair &pair) {
        add_layer_pair(net, pair, X, curvature, ws, arrays, sums + pair.place, lanes, poll_hook);
    });
}

}  // namespace
}  // namespace SHEERNET_ISA
}  // namespace sheernet
