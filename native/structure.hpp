// The sums of a Gauss-Newton matrix by structure: which they are, where they are, and which entries of the matrix they equal.
//
// The derivative of an output by weight (i, j) of a layer is a product of an input and a delta, so
//
//     matrix[(l, i, j), (m, i', j')] = sum_n a_l[n, i] a_m[n, i'] D[n, j, j'],    D[n] = sum_k delta_l[n, k] delta_m[n, k]^T
//
// with the K roots k of the loss's Hessian.  For each pair of layers l <= m these are sums over samples of products of two
// numbers: rows a_i a_i' and columns D_jj'.  D is summed over the outputs first, and for l = m only i <= i' and j <= j' are
// needed: K P^2 / 2 multiply-adds become about P^2 / 4 within a layer and P_l P_m between two.
#pragma once

#include <cstddef>

#include "network.hpp"

namespace sheernet {
// Kernels of all instruction sets include this file: in a namespace without a name, the linker cannot merge functions that
// were compiled with different flags.
namespace {

// All weights of a layer as one matrix (n_in, n_out) from `place` on in theta: W_l, b_l with input 1, and for the last layer
// S with the inputs X, which follow each other.
struct LayerMatrix {
    std::size_t n_in, n_out, place;

    std::size_t size() const { return n_in * n_out; }
};

inline LayerMatrix layer_matrix(const Network &net, std::size_t l) {
    const Layer &layer = net.layers[l];
    const bool skips = net.skip != kNone && l + 1 == net.n_layers;
    return {layer.n_in + (layer.bias != kNone ? 1 : 0) + (skips ? net.n_inputs() : 0), layer.n_out, layer.weights};
}

// An enumeration of index pairs (first, second): all of them, those with first <= second, or those with first = second.
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
        ++first;
        second = which == Which::all ? 0 : first;
    }
};

constexpr std::size_t kSumsPadding = 8;  // rows and columns of the sums are multiples of it: the longest vector

constexpr std::size_t with_padding(std::size_t n) { return (n + kSumsPadding - 1) / kSumsPadding * kSumsPadding; }

// A pair of layers l <= m, and its sums, (n_rows, n_columns) with padding, from `place` on.
struct LayerPair {
    std::size_t l, m;
    LayerMatrix first, second;
    bool diagonal;  // D is a diagonal matrix
    std::size_t place;

    IndexPairs rows() const {
        return {l == m ? IndexPairs::Which::upper : IndexPairs::Which::all, first.n_in, second.n_in};
    }
    IndexPairs columns() const {
        const auto within = diagonal ? IndexPairs::Which::diagonal : IndexPairs::Which::upper;
        return {l == m ? within : IndexPairs::Which::all, first.n_out, second.n_out};
    }
    std::size_t n_rows() const { return with_padding(rows().number()); }
    std::size_t n_columns() const { return with_padding(columns().number()); }
};

template <class Visit>
inline void for_each_layer_pair(const Network &net, const Visit &visit) {
    std::size_t place = 0;
    for (std::size_t l = 0; l < net.n_layers; ++l)
        for (std::size_t m = l; m < net.n_layers; ++m) {
            const bool is_output = l + 1 == net.n_layers;
            const LayerPair pair{
                l, m, layer_matrix(net, l), layer_matrix(net, m), is_output && has_diagonal_curvature(net.cost), place};
            visit(pair);
            place += pair.n_rows() * pair.n_columns();
        }
}

inline std::size_t n_structured_sums(const Network &net) {
    std::size_t n = 0;
    for_each_layer_pair(net, [&](const LayerPair &pair) { n += pair.n_rows() * pair.n_columns(); });
    return n;
}

// Multiply-adds for each sample, including those that pay for writing a factor of the sums: about kWriting each.
struct MatrixOperations {
    static constexpr double kWriting = 4.0;
    double structured, plain;
};

inline MatrixOperations matrix_operations(const Network &net) {
    const auto number = [](std::size_t n) { return static_cast<double>(n); };
    const double n_outputs = number(net.n_outputs()), size = number(with_padding(net.size));
    double structured = 0.0;
    for_each_layer_pair(net, [&](const LayerPair &pair) {
        const double rows = number(pair.n_rows()), columns = number(pair.n_columns());
        const double terms = pair.m + 1 < net.n_layers ? n_outputs : 1.0;  // of each D_jj'
        structured += rows * columns + MatrixOperations::kWriting * (rows + columns) + terms * columns;
    });
    const double of_output = 0.5 * size * (size + number(kSumsPadding)) + MatrixOperations::kWriting * size;
    return {structured, n_outputs * of_output};
}

// Whether a matrix is computed by structure: if that takes fewer operations, and unless so many outputs follow a narrow layer
// that the deltas of all of them would take more memory than a few Jacobians.
inline bool is_structured(const Network &net) {
    const MatrixOperations operations = matrix_operations(net);
    return operations.structured < operations.plain && net.n_outputs() * net.sum_of_widths <= 4 * net.size;
}

constexpr std::size_t kGroup = 192;  // rows or columns that are written at a time: 192 KB for 128 samples

// Scratch memory by structure (by_structure.hpp: StructureArrays), in numbers for each sample of a block.
inline std::size_t n_structure_arrays(const Network &net) {
    const std::size_t n = net.n_outputs(), n_hidden = net.sum_of_widths - n;
    return net.n_layers + n * n_hidden + 2 * n + 2 * kGroup;
}

// Writes the upper triangle of the matrix (P, P) from its sums; calls poll() after each row of a layer pair.
template <class Poll>
inline void expand(const Network &net, const double *sums, double *matrix, const Poll &poll) {
    for_each_layer_pair(net, [&](const LayerPair &pair) {
        const std::size_t n = pair.second.n_out, stride = pair.n_columns(), size = net.size;
        const double *row = sums + pair.place;
        for (IndexPairs rows = pair.rows(); rows.first < pair.first.n_in; rows.advance(), row += stride) {
            double *block = matrix + (pair.first.place + rows.first * pair.first.n_out) * size +
                            pair.second.place + rows.second * n;  // (n_out, n_out'), rows `size` apart
            const double *from = row;
            for (std::size_t j = 0; j < pair.first.n_out; ++j) {
                double *to = block + j * size;
                if (pair.l != pair.m) {
                    for (std::size_t k = 0; k < n; ++k) to[k] = from[k];
                    from += n;
                } else if (pair.diagonal) {
                    for (std::size_t k = 0; k < n; ++k) to[k] = k == j ? *from : 0.0;
                    ++from;
                } else {
                    for (std::size_t k = 0; k < j; ++k) to[k] = block[k * size + j];
                    for (std::size_t k = j; k < n; ++k) to[k] = from[k - j];
                    from += n - j;
                }
            }
            if (rows.second + 1 == pair.second.n_in) poll();
        }
    });
}

}  // namespace
}  // namespace sheernet
