// The sums of a matrix by structure (structure.hpp) over a block of samples.
//
// Panels: for each pair of layers, the rows a_i a_i' and the columns D_jj' are written in panels, group by group, so that a group
// of each stays in the second-level cache while all their products are summed.  Samples as vector lanes: a few columns at a time
// are written, and rows are multiplied in registers, which is faster if a pair has few rows or columns.
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
    double *inverses;         // 1 / c_l of each layer, (L, lanes), powers of two
    double *inputs;           // inputs of each layer (structure.hpp: LayerMatrix), multiplied by c_l, (sum of n_in, lanes)
    double *deltas;           // delta_l / c_l of these layers for each term, (n_terms, width, lanes)
    double *roots, *squares;  // r_k / c_L and r_k^2 / c_L (costs.hpp: Curvature), (K, lanes)
    double *column;           // (lanes,)
    double *rows, *columns;   // a group in panels, or columns for a tile of sums, (group_room(), lanes)

    StructureArrays(const Network &net, std::size_t n_terms, std::size_t n_widths, std::size_t lanes, double *scratch)
        : width(n_widths) {
        const auto take = [&](std::size_t n) {
            double *here = scratch;
            scratch += n * lanes;
            return here;
        };
        inverses = take(net.n_layers);
        inputs = scratch;
        for (std::size_t l = 0; l < net.n_layers; ++l) take(layer_matrix(net, l).n_in);
        deltas = take(n_terms * width);
        roots = take(net.n_outputs());
        squares = take(net.n_outputs());
        column = take(1);
        rows = take(group_room(net));
        columns = take(group_room(net));
    }
};

// A scale c of inputs: about 1 / largest, a power of two, or 1 if that is 0, subnormal, inf or nan.  a_i a_i' of huge inputs
// would overflow although their deltas are 0, and 0 times infinity is not 0.  Inputs are multiplied and deltas divided by c, so
// products do not change.
struct Scale {
    V value, inverse;
};

SHEERNET_INLINE Scale scale_of(V largest) {
    constexpr std::int64_t mantissa_bits = 52, one = std::int64_t{1} << mantissa_bits, infinite = 2047 * one;
    const I found = bits(largest), exponent = found & (I{} + infinite), scales = (found >= 2 * one) & (found < infinite);
    return {scales ? from_bits(I{} + infinite - exponent) : all(1.0), scales ? from_bits(exponent - one) : all(1.0)};
}

// Finds the scale of a layer's inputs (structure.hpp: LayerMatrix) for each sample, and writes its inverse and scaled inputs.
inline void scale_inputs(
    const Network &net, std::size_t l, const double *X, const Workspace &ws, double *inverses, double *scaled, std::size_t lanes) {
    const Layer &layer = net.layers[l];
    const std::size_t n_bias = layer.bias != kNone ? 1 : 0, n = layer_matrix(net, l).n_in;
    const double *const a = inputs_of(net, l, X, ws, lanes);
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        const auto for_each_input = [&](const auto &visit) {
            for (std::size_t i = 0; i < layer.n_in; ++i) visit(i, load(a + i * lanes + s));
            if (n_bias) visit(layer.n_in, all(1.0));
            for (std::size_t i = 0, k = layer.n_in + n_bias; k < n; ++i, ++k) visit(k, load(X + i * lanes + s));
        };
        V largest{};
        for_each_input([&](std::size_t, V input) {
            const V size = magnitude(input);
            largest = size > largest ? size : largest;
        });
        const Scale scale = scale_of(largest);
        store(inverses + s, scale.inverse);
        for_each_input([&](std::size_t i, V input) { store(scaled + i * lanes + s, input * scale.value); });
    }
}

// to = from * factors, (n, lanes).
inline void multiply(const double *from, const double *factors, double *to, std::size_t n, std::size_t lanes) {
    for (std::size_t s = 0; s < lanes; s += static_cast<std::size_t>(kLanes)) {
        const V factor = load(factors + s);
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

    // The inputs of a layer, multiplied by its scales, (n_in, lanes).
    const double *inputs(std::size_t l) const {
        const double *here = arrays.inputs;
        for (std::size_t k = 0; k < l; ++k) here += layer_matrix(net, k).n_in * lanes;
        return here;
    }
    const double *inverses(std::size_t l) const { return arrays.inverses + l * lanes; }
    void scale_inputs() const {
        double *scaled = arrays.inputs;
        for (std::size_t l = 0; l < net.n_layers; ++l) {
            SHEERNET_ISA::scale_inputs(net, l, X, ws, arrays.inverses + l * lanes, scaled, lanes);
            scaled += layer_matrix(net, l).n_in * lanes;
        }
    }
    // Stores the deltas of a term, which backward_by_sample() has computed.
    void keep_deltas(std::size_t term) const {
        std::size_t place = 0;
        for (std::size_t l = 0; place < arrays.width; place += net.layers[l++].n_out)
            multiply(
                ws.deltas + place * lanes, inverses(l), arrays.deltas + (term * arrays.width + place) * lanes,
                net.layers[l].n_out, lanes);
    }
};

// Index pairs in order; the last one is repeated, to fill up a panel.
class Sequence {
  public:
    explicit Sequence(const IndexPairs &pairs) : at_(pairs), left_(pairs.number()) {}

    struct Place {
        std::size_t first, second;
    };

    Place take() {
        const Place here{at_.first, at_.second};
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

// The rows a_i a_i' of a pair of layers, one after the other.
class Rows {
  public:
    Rows(const BlockOfMatrix &block, const LayerPair &pair)
        : lanes_(block.lanes), within_layer_(pair.l == pair.m), first_(block.inputs(pair.l)), begin_(block.inputs(pair.m)),
          second_(begin_), end_(begin_ + pair.second.n_in * lanes_), left_(pair.rows.number()) {}

    // The factors of the next R rows; the last row is repeated.
    template <std::size_t R>
    void find_factors(const double *(&x)[R], const double *(&y)[R]) {
        for (std::size_t r = 0; r < R; ++r) {
            x[r] = first_;
            y[r] = second_;
            if (left_ > 1) advance();
        }
    }

  private:
    void advance() {
        --left_;
        second_ += lanes_;
        if (second_ < end_) return;
        first_ += lanes_;
        second_ = within_layer_ ? first_ : begin_;
    }

    std::size_t lanes_;
    bool within_layer_;
    const double *first_, *begin_, *second_, *end_;
    std::size_t left_;
};

// Writes a panel of products.
inline void write_products(const double *(&x)[kPanel], const double *(&y)[kPanel], double *panel, std::size_t lanes) {
    const auto products = [&](std::size_t r, std::size_t s, V(&rows)[kLanes]) {
        for (std::size_t k = 0; k < static_cast<std::size_t>(kLanes); ++k) rows[k] = load(x[r + k] + s) * load(y[r + k] + s);
    };
    write_panel(products, panel, lanes);
}

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

// sum[s] = sum_t x[t][s] y[t][s], whose terms are `stride` apart.
inline void write_sum_of_products(
    const double *x, const double *y, std::size_t n_terms, std::size_t stride, double *sum, std::size_t lanes) {
    constexpr std::size_t vector = static_cast<std::size_t>(kLanes);
    for_each_tile<kTileColumns>(lanes / vector, [=](std::size_t first, auto count) {
        constexpr std::size_t Q = decltype(count)::value;
        const double *one = x + first * vector, *other = y + first * vector;
        V sums[Q];
        for (std::size_t q = 0; q < Q; ++q) sums[q] = load(one + q * vector) * load(other + q * vector);
        for (std::size_t t = 1; t < n_terms; ++t) {
            one += stride;
            other += stride;
            for (std::size_t q = 0; q < Q; ++q) sums[q] = fma(load(one + q * vector), load(other + q * vector), sums[q]);
        }
        for (std::size_t q = 0; q < Q; ++q) store(sum + (first + q) * vector, sums[q]);
    });
}

// Writes columns of a pair of layers, one group after the other.
class ColumnWriter {
  public:
    ColumnWriter(const BlockOfMatrix &block, const LayerPair &pair)
        : columns_(block, pair), sequence_(pair.columns), lanes_(block.lanes) {}

    // The next kPanel columns as a panel.
    void write_as_panel(double *panel) {
        const double *x[kPanel], *y[kPanel];
        for (std::size_t r = 0; r < kPanel; ++r) {
            const Sequence::Place at = sequence_.take();
            columns_.find_factors(at.first, at.second, x[r], y[r]);
        }
        if (x[0] == x[kPanel - 1])
            write_sums<true>(x, y, panel);
        else
            write_sums<false>(x, y, panel);
    }

    // The next n columns, (n, lanes).
    void write_as_rows(double *rows, std::size_t n) {
        for (std::size_t c = 0; c < n; ++c) {
            const Sequence::Place at = sequence_.take();
            const double *x, *y;
            columns_.find_factors(at.first, at.second, x, y);
            write_sum_of_products(x, y, columns_.n_terms(), columns_.stride(), rows + c * lanes_, lanes_);
        }
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
        for (std::size_t c = 0; c < width; c += kPanel) columns.write_as_panel(arrays.columns + c * lanes);
        Rows rows(block, pair);
        for (std::size_t i = 0; i < n_rows; i += most_rows) {
            const std::size_t height = n_rows - i < most_rows ? n_rows - i : most_rows;
            for (std::size_t r = 0; r < height; r += kPanel) {
                const double *x[kPanel], *y[kPanel];
                rows.find_factors(x, y);
                write_products(x, y, arrays.rows + r * lanes, lanes);
            }
            add_group(arrays.rows, height, arrays.columns, width, sums + i * n_columns + j, n_columns, lanes);
            poll_hook.poll_if_due();
        }
    }
}

// Adds the products of rows and columns to the sums of a pair of layers; samples are the vector lanes.
inline void add_over_samples(const BlockOfMatrix &block, const LayerPair &pair, double *sums, const PollHook &poll_hook) {
    const std::size_t lanes = block.lanes, n_rows = pair.n_rows(), stride = pair.n_columns();
    ColumnWriter columns(block, pair);
    for_each_tile<kSumColumns>(pair.columns.number(), [&](std::size_t j, auto count) {
        constexpr std::size_t C = decltype(count)::value, R = rows_of_sums(C);
        columns.write_as_rows(block.arrays.columns, C);
        Rows rows(block, pair);
        for (std::size_t i = 0; i < n_rows; i += R) {
            const double *x[R], *y[R];
            rows.find_factors(x, y);
            const std::size_t n = n_rows - i < R ? n_rows - i : R;
            add_sums<R, C>(x, y, n, block.arrays.columns, sums + i * stride + j, stride, lanes);
        }
    });
    poll_hook.poll_if_due();
}

// Writes the inputs of a layer, multiplied by a factor (lanes,), in panels, filled up with the last one.
inline void write_inputs(
    const BlockOfMatrix &block, const LayerPair &pair, const double *factor, double *panels) {
    const double *const inputs = block.inputs(pair.l);
    const std::size_t n = pair.first.n_in;
    for (std::size_t i = 0; i < pair.n_rows(); i += kPanel) {
        const double *a[kPanel], *factors[kPanel];
        for (std::size_t r = 0; r < kPanel; ++r) {
            a[r] = inputs + (i + r < n ? i + r : n - 1) * block.lanes;
            factors[r] = factor;
        }
        write_products(a, factors, panels + i * block.lanes, block.lanes);
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
        const Sequence::Place at = sequence.take();
        const double *x, *y;
        columns.find_factors(at.first, at.second, x, y);
        write_sum_of_products(x, y, columns.n_terms(), columns.stride(), arrays.column, lanes);
        write_inputs(block, pair, arrays.column, arrays.columns);
        symmetric_product(arrays.rows, arrays.columns, n, sums, lanes, poll_hook);
        poll_hook.poll_if_due();
    }
}

// Adds the products of a block to the sums of all pairs of layers.
inline void add_products(const BlockOfMatrix &block, double *sums, const PollHook &poll_hook) {
    for_each_layer_pair(block.net, block.plan.diagonal, [&](const LayerPair &pair) {
        double *const place = sums + pair.place;
        switch (pair.summation) {
            case Summation::panels: add_groups(block, pair, place, poll_hook); break;
            case Summation::samples: add_over_samples(block, pair, place, poll_hook); break;
            case Summation::by_column: add_by_column(block, pair, place, poll_hook); break;
        }
    });
}

// Adds a block to the sums of a Gauss-Newton matrix; forward() has run.
inline void add_curvature_by_structure(
    const Network &net, const MatrixPlan &plan, const double *transposed, const double *X, const Curvature &curvature,
    const Workspace &ws, double *sums, std::size_t lanes, const PollHook &poll_hook) {
    const std::size_t n = net.n_outputs(), last = net.n_layers - 1;
    const StructureArrays arrays(net, n, net.sum_of_widths - n, lanes, ws.jacobian);
    const BlockOfMatrix block{net, plan, X, ws, arrays, &curvature, lanes};
    block.scale_inputs();
    multiply(curvature.roots, block.inverses(last), arrays.roots, n, lanes);
    for (std::size_t s = 0; s < n * lanes; s += static_cast<std::size_t>(kLanes))
        store(arrays.squares + s, load(arrays.roots + s) * load(curvature.roots + s));
    for (std::size_t k = 0; k < n && last > 0; ++k) {
        root_of_curvature(net, k, curvature, last_delta(net, ws, lanes), lanes);
        backward_by_sample(net, transposed, ws, lanes);
        block.keep_deltas(k);
    }
    if (!plan.diagonal) {  // both factors of H_jj' / c_L^2 are divided once: squares would overflow where H_jj' is 0
        multiply(curvature.others, block.inverses(last), curvature.others, n, lanes);
        multiply(curvature.minus, block.inverses(last), curvature.minus, n, lanes);
    }
    add_products(block, sums, poll_hook);
}

// Adds a block to the sums of the products of gradients; delta_L of each sample is stored.
inline void add_gradients_by_structure(
    const Network &net, const MatrixPlan &plan, const double *transposed, const double *X, const Workspace &ws, double *sums,
    std::size_t lanes, const PollHook &poll_hook) {
    const StructureArrays arrays(net, 1, net.sum_of_widths, lanes, ws.jacobian);
    const BlockOfMatrix block{net, plan, X, ws, arrays, nullptr, lanes};
    block.scale_inputs();
    backward_by_sample(net, transposed, ws, lanes);
    block.keep_deltas(0);
    add_products(block, sums, poll_hook);
}

}  // namespace
}  // namespace SHEERNET_ISA
}  // namespace sheernet
