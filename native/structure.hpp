// Matrices of sums over samples of products of derivatives with respect to two weights, by structure: how they are summed,
// where the sums are, and which entries of the matrix they equal.  Follows src/sheernet/network/structured_matrix.py.
//
// The derivative of an output with respect to weight (i, j) of a layer is the product of an input and a delta, so
//
//     matrix[(l, i, j), (m, i', j')] = sum_n a_l[n, i] a_m[n, i'] D[n, j, j'],    D[n] = sum_k delta_l[n, k] delta_m[n, k]^T
//
// with one term k for each root of the loss's Hessian (Gauss-Newton), or one term (products of gradients).  For each pair
// of layers l <= m these are sums of products of two numbers: rows a_i a_i' and columns D_jj'.  For l = m only i <= i' and
// j <= j' are needed.  Where it takes less time, the two numbers are instead a_i and a_i' D_jj', for one D_jj' after the other.
#pragma once

#include <cstddef>

#include "network.hpp"

namespace sheernet {
// Kernels of all instruction sets include this file.  In an unnamed namespace, the linker cannot merge functions that were
// compiled with different flags.
namespace {

constexpr std::size_t kSumsPadding = 8;  // rows and columns of sums are multiples of this number: the longest vector
constexpr std::size_t kGroup = 192;      // rows or columns that are written at a time: 192 KB for 128 samples

// Measured times, in multiply-adds of panels, for each sample: to write a number of a panel; and if samples are the vector
// lanes, a multiply-add, a row, and a column.
constexpr double kWriting = 8.0, kSampleProducts = 1.3, kSampleRows = 1.0, kSampleColumns = 2.0;

constexpr std::size_t with_padding(std::size_t n) { return (n + kSumsPadding - 1) / kSumsPadding * kSumsPadding; }

// An enumeration of index pairs (first, second): all pairs, the pairs with first <= second, or the pairs with first = second.
struct IndexPairs {
    enum class Which { all, upper, diagonal } which;
    std::size_t n_first, n_second;
    std::size_t first = 0, second = 0;

    std::size_t number() const {
        if (which == Which::diagonal) return n_first;
        return which == Which::upper ? n_first * (n_first + 1) / 2 : n_first * n_second;
    }
    void advance() {
        if (which != Which::diagonal && ++second < n_second) return;
        begin(first + 1);
    }
    // Moves to the first pair with this first index.
    void begin(std::size_t index) {
        first = index;
        second = which == Which::all ? 0 : first;
    }
    // The number of pairs with smaller first indices.
    std::size_t number_before() const {
        if (which == Which::diagonal) return first;
        return first * n_second - (which == Which::upper ? first * (first - 1) / 2 : 0);
    }
};

// All weights of a layer as one matrix (n_in, n_out) from `place` on in theta: W_l, b_l with input 1, and for the last layer
// S with the inputs X, which follow each other.
struct LayerMatrix {
    std::size_t n_in, n_out, place;
};

inline LayerMatrix layer_matrix(const Network &net, std::size_t l) {
    const Layer &layer = net.layers[l];
    const bool skips = net.skip != kNone && l + 1 == net.n_layers;
    return {layer.n_in + (layer.bias != kNone ? 1 : 0) + (skips ? net.n_inputs() : 0), layer.n_out, layer.weights};
}

// How the sums of a pair of layers are computed and stored.
enum class Summation {
    panels,     // (rows, columns), padded: numbers are the vector lanes
    samples,    // (rows, columns), columns padded: samples are the vector lanes, and rows are multiplied in registers
    by_column,  // for each column a symmetric matrix (n_in, n_in), padded, of which the upper triangle is computed
};

// A pair of layers l <= m, whose sums begin at `place`.
struct LayerPair {
    std::size_t l, m;
    LayerMatrix first, second;
    IndexPairs rows, columns;
    std::size_t place;
    Summation summation;

    bool by_column() const { return summation == Summation::by_column; }
    std::size_t n_rows() const {
        if (summation == Summation::samples) return rows.number();
        return with_padding(by_column() ? first.n_in : rows.number());
    }
    std::size_t n_columns() const { return with_padding(by_column() ? first.n_in : columns.number()); }
    std::size_t n_sums() const { return n_rows() * n_columns() * (by_column() ? columns.number() : 1); }

    // Measured multiply-adds of a sample: products, and the writing of rows and columns.
    double operations() const {
        const double r = static_cast<double>(n_rows()), c = static_cast<double>(n_columns());
        const double number = static_cast<double>(columns.number()), padding = static_cast<double>(kSumsPadding);
        switch (summation) {
            case Summation::by_column: return number * (0.5 * r * (r + padding) + kWriting * r);
            case Summation::samples: return kSampleProducts * r * number + kSampleRows * r + kSampleColumns * number;
            default: return r * c + kWriting * (r + c);
        }
    }
};

inline LayerPair layer_pair(const Network &net, std::size_t l, std::size_t m, bool diagonal, std::size_t place) {
    using Which = IndexPairs::Which;
    const LayerMatrix first = layer_matrix(net, l), second = layer_matrix(net, m);
    const Which of_columns = l != m ? Which::all : diagonal && l + 1 == net.n_layers ? Which::diagonal : Which::upper;
    const IndexPairs rows{l == m ? Which::upper : Which::all, first.n_in, second.n_in};
    const IndexPairs columns{of_columns, first.n_out, second.n_out};
    LayerPair best{l, m, first, second, rows, columns, place, Summation::panels};
    constexpr Summation others[] = {Summation::samples, Summation::by_column};
    double fewest = best.operations();
    for (const Summation summation : others) {
        if (summation == Summation::by_column && l != m) break;
        const LayerPair other{l, m, first, second, rows, columns, place, summation};
        const double operations = other.operations();
        if (operations >= fewest) continue;
        best = other;
        fewest = operations;
    }
    return best;
}

// Calls visit(pair) for each pair of layers; `diagonal`: D of the output layer is a diagonal matrix.
template <class Visit>
inline void for_each_layer_pair(const Network &net, bool diagonal, const Visit &visit) {
    std::size_t place = 0;
    for (std::size_t l = 0; l < net.n_layers; ++l)
        for (std::size_t m = l; m < net.n_layers; ++m) {
            const LayerPair pair = layer_pair(net, l, m, diagonal, place);
            visit(pair);
            place += pair.n_sums();
        }
}

// The rows, or the columns, that are in memory at a time; sums by column need all inputs of a layer.
inline std::size_t group_room(const Network &net) {
    std::size_t most = kGroup;
    for (std::size_t l = 0; l < net.n_layers; ++l) {
        const std::size_t n = with_padding(layer_matrix(net, l).n_in);
        most = n > most ? n : most;
    }
    return most;
}

// The arrays of by_structure.hpp (StructureArrays), in numbers for each sample of a block.  A Gauss-Newton matrix needs deltas
// of the hidden layers for each output, a sum of products of gradients needs one delta of each unit.  None if so many outputs
// follow a narrow layer that their deltas would take more memory than a few Jacobians.
inline std::size_t n_structure_arrays(const Network &net) {
    const std::size_t for_outputs = net.n_outputs() * (net.sum_of_widths - net.n_outputs());
    const std::size_t n_deltas = for_outputs > net.sum_of_widths ? for_outputs : net.sum_of_widths;
    std::size_t n_inputs = 0;
    for (std::size_t l = 0; l < net.n_layers; ++l) n_inputs += layer_matrix(net, l).n_in;
    return n_deltas > 4 * net.size ? 0 : net.n_layers + n_inputs + n_deltas + 2 * net.n_outputs() + 2 * group_room(net) + 1;
}

inline MatrixPlan plan_by_jacobians(const Network &net, std::size_t n_terms, bool diagonal) {
    const double size = static_cast<double>(with_padding(net.size)), padding = static_cast<double>(kSumsPadding);
    const double of_term = 0.5 * size * (size + padding) + kWriting * size;
    return {false, diagonal, n_terms, net.size * net.size, static_cast<double>(n_terms) * of_term};
}

inline MatrixPlan plan_by_structure(const Network &net, std::size_t n_terms, bool diagonal) {
    MatrixPlan plan{true, diagonal, n_terms, 0, 0.0};
    for_each_layer_pair(net, diagonal, [&](const LayerPair &pair) {
        const double terms = pair.m + 1 < net.n_layers ? static_cast<double>(n_terms) : 1.0;  // of each D_jj'
        plan.operations += pair.operations() + terms * static_cast<double>(pair.columns.number());
        plan.n_sums += pair.n_sums();
    });
    return plan;
}

// The plan with fewer operations.
inline MatrixPlan plan_of_matrix(const Network &net, std::size_t n_terms, bool diagonal) {
    const MatrixPlan jacobians = plan_by_jacobians(net, n_terms, diagonal);
    if (n_structure_arrays(net) == 0) return jacobians;
    const MatrixPlan structure = plan_by_structure(net, n_terms, diagonal);
    return structure.operations < jacobians.operations ? structure : jacobians;
}

inline MatrixPlan plan_of_gauss_newton(const Network &net) {
    return plan_of_matrix(net, net.n_outputs(), has_diagonal_curvature(net.cost));
}

inline MatrixPlan plan_of_gradient_products(const Network &net) { return plan_of_matrix(net, 1, false); }

// Writes the rows of one input of the first layer of a pair to the upper triangle of the matrix (size, size).
inline void expand_input(const LayerPair &pair, std::size_t input, const double *sums, double *matrix, std::size_t size) {
    const std::size_t n = pair.second.n_out, stride = pair.n_columns();
    const std::size_t step = pair.by_column() ? pair.n_rows() * stride : 1;  // from a column to the next
    IndexPairs at = pair.rows;
    at.begin(input);
    const double *row = sums + pair.place + at.number_before() * stride;
    for (; at.first == input; at.advance(), row += stride) {
        double *const block = matrix + (pair.first.place + input * pair.first.n_out) * size + pair.second.place +
                              at.second * n;  // (n_out, n_out'), rows `size` apart
        const double *from = pair.by_column() ? sums + pair.place + input * stride + at.second : row;
        for (std::size_t j = 0; j < pair.first.n_out; ++j) {
            double *const to = block + j * size;
            const bool diagonal = pair.columns.which == IndexPairs::Which::diagonal;
            const std::size_t first = pair.l == pair.m ? j : 0, last = diagonal ? j + 1 : n;
            for (std::size_t k = 0; k < first; ++k) to[k] = diagonal ? 0.0 : block[k * size + j];
            for (std::size_t k = first; k < last; ++k, from += step) to[k] = *from;
            for (std::size_t k = last; k < n; ++k) to[k] = 0.0;
        }
    }
}

// Writes the upper triangle of the matrix (P, P) from its sums by structure.  share(n, pass) calls pass(from, to) for slices of
// the n inputs of a layer, which are independent of each other.
template <class Share>
inline void expand(const Network &net, const MatrixPlan &plan, const double *sums, double *matrix, const Share &share) {
    for_each_layer_pair(net, plan.diagonal, [&](const LayerPair &pair) {
        share(pair.first.n_in, [&](std::size_t from, std::size_t to) {
            for (std::size_t input = from; input < to; ++input) expand_input(pair, input, sums, matrix, net.size);
        });
    });
}

}  // namespace
}  // namespace sheernet
