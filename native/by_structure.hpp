// The sums of a matrix by structure (structure.hpp) over a block of samples.
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
    std::size_t width;        // of the layers with deltas
    double *scales;           // c_l of each layer, (L, lanes), powers of two
    double *deltas;           // delta_l / c_l of these layers for each term, (n_terms, width, lanes)
    double *roots, *squares;  // r_k / c_L and r_k^2 / c_L (costs.hpp: Curvature), (K, lanes)
    double *column;           // (lanes,)
    double *rows, *columns;   // groups, (kGroup, lanes) in panels

    StructureArrays(const Network &net, std::size_t n_terms, std::size_t n_widths, std::size_t lanes, double *scratch)
        : width(n_widths) {
        const auto take = [&](std::size_t n) {
            double *here = scratch;
            scratch += n * lanes;
            return here;
        };
        scales = take(net.n_layers);
        deltas = take(n_terms * width);
        roots = take(net.n_outputs());
        squares = take(net.n_outputs());
        column = take(1);
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
// deltas are 0, and 0 times infinity is not 0.  Inputs are multiplied and deltas divided by this, so products do not change.
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

// The quantities that the products of a block need in addition to its activations, in ws and arrays.
struct BlockOfMatrix {
    const Network &net;
    const MatrixPlan &plan;
    const double *X;
    const Workspace &ws;
    const StructureArrays &arrays;
    const Curvature *curvature;  // null if arrays contains the deltas of the output layer
    std::size_t lanes;

    Inputs inputs(std::size_t l) const { return Inputs(net, l, X, ws, lanes); }
    const double *scales(std::size_t l) const { return arrays.scales + l * lanes; }
    void find_scales() const {
        for (std::size_t l = 0; l < net.n_layers; ++l)
            SHEERNET_ISA::find_scales(inputs(l), layer_matrix(net, l).n_in, arrays.scales + l * lanes, lanes);
    }
    // Stores the deltas of a term, which backward_by_sample() has computed.
    void keep_deltas(std::size_t term) const {
        std::size_t place = 0;
        for (std::size_t l = 0; place < arrays.width; place += net.layers[l++].n_out)
            divide(
                ws.deltas + place * lanes, scales(l), arrays.deltas + (term * arrays.width + place) * lanes,
                net.layers[l].n_out, lanes);
    }
};

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

// Writes a panel of products of factors that are multiplied by scales.
SHEERNET_INLINE void write_products(
    const double *(&x)[kPanel], const double *x_scales, const double *(&y)[kPanel], const double *y_scales, double *panel,
    std::size_t lanes) {
    const auto products = [&](std::size_t r, std::size_t s, V(&rows)[kLanes]) {
        const V one = load(x_scales + s), other = load(y_scales + s);
        for (std::size_t k = 0; k < static_cast<std::size_t>(kLanes); ++k)
            rows[k] = (load(x[r + k] + s) * one) * (load(y[r + k] + s) * other);
    };
    write_panel(products, panel, lanes);
}

// Writes the rows a_i a_i' of a pair of layers, panel by panel.
class RowWriter {
  public:
    RowWriter(const BlockOfMatrix &block, const LayerPair &pair)
        : first_(block.inputs(pair.l)), second_(block.inputs(pair.m)), first_scales_(block.scales(pair.l)),
          second_scales_(block.scales(pair.m)), sequence_(pair.rows), lanes_(block.lanes) {}

    void write(double *panel) {
        const double *a[kPanel], *b[kPanel];
        for (std::size_t r = 0; r < kPanel; ++r) {
            const IndexPairs at = sequence_.take();
            a[r] = first_[at.first];
            b[r] = second_[at.second];
        }
        write_products(a, first_scales_, b, second_scales_, panel, lanes_);
    }

  private:
    Inputs first_, second_;
    const double *first_scales_, *second_scales_;
    Sequence sequence_;
    std::size_t lanes_;
};

// The columns D_jj' of a pair of layers, sums of products of deltas.  For the roots of a curvature, with S_k = delta_l,k of a
// hidden layer, D_jj' is S_j'[j] r_j' between that and the output layer, and H_jj' within the output layer.
class Columns {
  public:
    Columns(const BlockOfMatrix &block, const LayerPair &pair) : block_(block), pair_(pair) {
        for (std::size_t l = 0; l < pair.l; ++l) first_ += block.net.layers[l].n_out;
        for (std::size_t l = 0; l < pair.m; ++l) second_ += block.net.layers[l].n_out;
        const std::size_t last = block.net.n_layers - 1;
        at_output_ = block.curvature == nullptr || pair.m < last ? 0 : pair.l < last ? 1 : 2;
        n_terms_ = at_output_ == 0 ? block.plan.n_terms : 1;
    }

    // D_jj' = sum_t x[t] y[t]: n_terms() terms, stride() numbers apart.
    void find_factors(std::size_t j, std::size_t k, const double *&x, const double *&y) const {
        const StructureArrays &arrays = block_.arrays;
        const std::size_t lanes = block_.lanes;
        if (at_output_ == 0) {
            x = arrays.deltas + (first_ + j) * lanes;
            y = arrays.deltas + (second_ + k) * lanes;
        } else if (at_output_ == 1) {
            x = arrays.deltas + (k * arrays.width + first_ + j) * lanes;
            y = arrays.roots + k * lanes;
        } else if (pair_.columns.which == IndexPairs::Which::diagonal) {
            x = y = arrays.roots + j * lanes;
        } else {
            x = arrays.squares + j * lanes;
            y = (j == k ? block_.curvature->others : block_.curvature->minus) + k * lanes;
        }
    }
    std::size_t n_terms() const { return n_terms_; }
    std::size_t stride() const { return block_.arrays.width * block_.lanes; }

  private:
    const BlockOfMatrix &block_;
    const LayerPair &pair_;
    std::size_t first_ = 0, second_ = 0;  // where the deltas of both layers begin
    int at_output_;                       // how many of both layers are the output layer, if its deltas are roots
    std::size_t n_terms_;
};

// Writes columns of a pair of layers, panel by panel.
class ColumnWriter {
  public:
    ColumnWriter(const BlockOfMatrix &block, const LayerPair &pair)
        : columns_(block, pair), sequence_(pair.columns), lanes_(block.lanes) {}

    void write(double *panel) {
        const double *x[kPanel], *y[kPanel];
        for (std::size_t r = 0; r < kPanel; ++r) {
            const IndexPairs at = sequence_.take();
            columns_.find_factors(at.first, at.second, x[r], y[r]);
        }
        if (x[0] == x[kPanel - 1])
            write_sums<true>(x, y, panel);
        else
            write_sums<false>(x, y, panel);
    }

  private:
    template <bool same_x>
    void write_sums(const double *(&x)[kPanel], const double *(&y)[kPanel], double *panel) const {
        const std::size_t n_terms = columns_.n_terms(), stride = columns_.stride();
        const auto sums = [&](std::size_t r, std::size_t s, V(&rows)[kLanes]) {
            for (V &row : rows) row = V{};
            for (std::size_t t = 0, at = s; t < n_terms; ++t, at += stride) {
                const V of_all = load(x[0] + at);
                for (std::size_t k = 0; k < static_cast<std::size_t>(kLanes); ++k)
                    rows[k] = fma(same_x ? of_all : load(x[r + k] + at), load(y[r + k] + at), rows[k]);
            }
        };
        write_panel(sums, panel, lanes_);
    }

    Columns columns_;
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

// Adds the products of rows and columns to the sums of a pair of layers.
inline void add_groups(const BlockOfMatrix &block, const LayerPair &pair, double *sums, const PollHook &poll_hook) {
    const StructureArrays &arrays = block.arrays;
    const std::size_t lanes = block.lanes, n_rows = pair.n_rows(), n_columns = pair.n_columns();
    const std::size_t most_rows = group_size(n_rows), most_columns = group_size(n_columns);
    ColumnWriter columns(block, pair);
    for (std::size_t j = 0; j < n_columns; j += most_columns) {
        const std::size_t width = n_columns - j < most_columns ? n_columns - j : most_columns;
        for (std::size_t c = 0; c < width; c += kPanel) columns.write(arrays.columns + c * lanes);
        RowWriter rows(block, pair);
        for (std::size_t i = 0; i < n_rows; i += most_rows) {
            const std::size_t height = n_rows - i < most_rows ? n_rows - i : most_rows;
            for (std::size_t r = 0; r < height; r += kPanel) rows.write(arrays.rows + r * lanes);
            add_group(arrays.rows, height, arrays.columns, width, sums + i * n_columns + j, n_columns, lanes);
            poll_hook.poll_if_due();
        }
    }
}

// Writes the inputs of a layer, multiplied by a factor (lanes,), in panels, filled up with the last one.
inline void write_inputs(
    const BlockOfMatrix &block, const LayerPair &pair, const double *factor, double *panels) {
    const Inputs inputs = block.inputs(pair.l);
    const std::size_t n = pair.first.n_in;
    for (std::size_t i = 0; i < pair.n_rows(); i += kPanel) {
        const double *a[kPanel], *factors[kPanel];
        for (std::size_t r = 0; r < kPanel; ++r) {
            a[r] = inputs[i + r < n ? i + r : n - 1];
            factors[r] = factor;
        }
        write_products(a, block.scales(pair.l), factors, block.ws.ones, panels + i * block.lanes, block.lanes);
    }
}

// Adds the products of a_i and a_i' D_jj' to the sums of a layer, one column after the other.
inline void add_by_column(const BlockOfMatrix &block, const LayerPair &pair, double *sums, const PollHook &poll_hook) {
    const StructureArrays &arrays = block.arrays;
    const std::size_t lanes = block.lanes, n = pair.n_rows();
    const Columns columns(block, pair);
    write_inputs(block, pair, block.ws.ones, arrays.rows);
    Sequence sequence(pair.columns);
    for (std::size_t c = 0; c < pair.columns.number(); ++c, sums += n * n) {
        const IndexPairs at = sequence.take();
        const double *x, *y;
        columns.find_factors(at.first, at.second, x, y);
        for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
            V sum{};
            for (std::size_t t = 0; t < columns.n_terms(); ++t)
                sum = fma(load(x + t * columns.stride() + s), load(y + t * columns.stride() + s), sum);
            store(arrays.column + s, sum);
        }
        write_inputs(block, pair, arrays.column, arrays.columns);
        symmetric_product(arrays.rows, arrays.columns, n, sums, lanes, poll_hook);
        poll_hook.poll_if_due();
    }
}

// Adds the products of a block to the sums of all pairs of layers.
inline void add_products(const BlockOfMatrix &block, double *sums, const PollHook &poll_hook) {
    for_each_layer_pair(block.net, block.plan.diagonal, [&](const LayerPair &pair) {
        if (pair.by_column)
            add_by_column(block, pair, sums + pair.place, poll_hook);
        else
            add_groups(block, pair, sums + pair.place, poll_hook);
    });
}

// Adds a block to the sums of a Gauss-Newton matrix; forward() has run.
inline void add_curvature_by_structure(
    const Network &net, const MatrixPlan &plan, const double *transposed, const double *X, const Curvature &curvature,
    const Workspace &ws, double *sums, std::size_t lanes, const PollHook &poll_hook) {
    const std::size_t n = net.n_outputs(), last = net.n_layers - 1;
    const StructureArrays arrays(net, n, net.sum_of_widths - n, lanes, ws.jacobian);
    const BlockOfMatrix block{net, plan, X, ws, arrays, &curvature, lanes};
    block.find_scales();
    divide(curvature.roots, block.scales(last), arrays.roots, n, lanes);
    for (std::size_t s = 0; s < n * lanes; s += static_cast<std::size_t>(kLanes))
        store(arrays.squares + s, load(arrays.roots + s) * load(curvature.roots + s));
    for (std::size_t k = 0; k < n && last > 0; ++k) {
        root_of_curvature(net, k, curvature, last_delta(net, ws, lanes), lanes);
        backward_by_sample(net, transposed, ws, lanes);
        block.keep_deltas(k);
    }
    if (!plan.diagonal) {  // both factors of H_jj' / c_L^2 are divided once: squares would overflow where H_jj' is 0
        divide(curvature.others, block.scales(last), curvature.others, n, lanes);
        divide(curvature.minus, block.scales(last), curvature.minus, n, lanes);
    }
    add_products(block, sums, poll_hook);
}

// Adds a block to the sums of the products of gradients; delta_L of each sample is stored.
inline void add_gradients_by_structure(
    const Network &net, const MatrixPlan &plan, const double *transposed, const double *X, const Workspace &ws, double *sums,
    std::size_t lanes, const PollHook &poll_hook) {
    const StructureArrays arrays(net, 1, net.sum_of_widths, lanes, ws.jacobian);
    const BlockOfMatrix block{net, plan, X, ws, arrays, nullptr, lanes};
    block.find_scales();
    backward_by_sample(net, transposed, ws, lanes);
    block.keep_deltas(0);
    add_products(block, sums, poll_hook);
}

}  // namespace
}  // namespace SHEERNET_ISA
}  // namespace sheernet
