// Mini-batches: objectives of some rows of the data, gathered batch by batch.  Follows Objective.batch of
// src/sheernet/objective/objective_protocol.py.
//
// Rows are gathered from a table in row order: in packed data each number of a row is in a different cache line, and
// gathering 100 000 rows took longer than evaluating them.  Every batch is packed into the same memory.
#pragma once

#include <cstdint>

#include "objective.hpp"

namespace sheernet {

// All rows of an objective, (N, d_0 + targets + 1): inputs, targets and weight of a row are adjacent.
class RowTable {
  public:
    explicit RowTable(const Objective &objective)
        : n_inputs_(objective.data()->n_inputs), n_targets_(objective.data()->n_targets),
          n_rows_(objective.data()->blocks.n_samples), table_(n_rows_ * width()) {
        const Blocks &blocks = objective.data()->blocks;
        copy(objective.data()->X.get(), n_inputs_, 0, blocks);
        copy(objective.data()->y.get(), n_targets_, n_inputs_, blocks);
        copy(objective.weights(), 1, n_inputs_ + n_targets_, blocks);
    }

    std::size_t n_rows() const { return n_rows_; }
    // Whether its rows can be those of these data.
    bool is_of(const Data &data) const {
        return n_rows_ == data.blocks.n_samples && n_inputs_ == data.n_inputs && n_targets_ == data.n_targets;
    }

    // Packs rows[0], ..., rows[n - 1], n = blocks.n_samples, as pack() does; the padding of w is 0.
    void gather(const std::int64_t *rows, const Blocks &blocks, double *X, double *y, double *w) const {
        for (std::size_t first = 0; first < blocks.n_samples; first += blocks.lanes) {
            const std::size_t n = std::min(blocks.lanes, blocks.n_samples - first);
            gather_block(rows + first, n, blocks.lanes, 0, n_inputs_, X + first * n_inputs_);
            gather_block(rows + first, n, blocks.lanes, n_inputs_, n_targets_, y + first * n_targets_);
            gather_block(rows + first, n, blocks.lanes, n_inputs_ + n_targets_, 1, w + first);
            std::fill(w + first + n, w + first + blocks.lanes, 0.0);
        }
    }

    // Loads rows[0], ..., rows[n - 1] into the cache while other work continues.
    void prefetch(const std::int64_t *rows, std::size_t n) const {
        constexpr std::size_t line = 8;  // numbers
        for (std::size_t s = 0; s < n; ++s) {
            const double *row = table_.get() + static_cast<std::size_t>(rows[s]) * width();
            for (std::size_t j = 0; j < width(); j += line) __builtin_prefetch(row + j);
        }
    }

  private:
    std::size_t width() const { return n_inputs_ + n_targets_ + 1; }

    // Copies packed columns into the columns from `place`.
    void copy(const double *packed, std::size_t n_columns, std::size_t place, const Blocks &blocks) {
        for (std::size_t n = 0; n < n_rows_; ++n) {
            const double *from = packed + n / blocks.lanes * n_columns * blocks.lanes + n % blocks.lanes;
            for (std::size_t j = 0; j < n_columns; ++j) table_.get()[n * width() + place + j] = from[j * blocks.lanes];
        }
    }

    // The columns from `place` of n rows, (n_columns, lanes), padded with the last row.
    void gather_block(
        const std::int64_t *rows, std::size_t n, std::size_t lanes, std::size_t place, std::size_t n_columns, double *to) const {
        for (std::size_t s = 0; s < lanes; ++s) {
            const double *row = table_.get() + static_cast<std::size_t>(rows[std::min(s, n - 1)]) * width() + place;
            for (std::size_t j = 0; j < n_columns; ++j) to[j * lanes + s] = row[j];
        }
    }

    std::size_t n_inputs_, n_targets_, n_rows_;
    Aligned table_;
};

// Numbers of rows in a table, how they are divided into batches, and the objective of a batch.
struct BatchedRows {
    const RowTable &table;
    const std::int64_t *rows;
    std::size_t number, batch_size;
    bool mean;  // reduction: weights are divided by their sum in the batch; otherwise they are multiplied by N / B
    bool whole_penalty;  // the decay is multiplied by the same factor
};

// The objective of `size` rows of another objective, which must outlive it.
class Batch {
  public:
    Batch(const Objective &whole, std::size_t size) : Batch(whole, Blocks::of(size)) {}

    // The objective of rows[0], ..., rows[size - 1] of the table.
    const Objective &of(const BatchedRows &given, const std::int64_t *rows) {
        given.table.gather(rows, data_->blocks, data_->X.get(), data_->y.get(), weights_);
        const double factor = weigh(given.mean);
        if (given.whole_penalty) objective_.set_decay(whole_, factor);
        return objective_;
    }

    const std::shared_ptr<Data> &data() const { return data_; }

  private:
    Batch(const Objective &whole, const Blocks &blocks)
        : Batch(whole, std::make_shared<Data>(allocated(whole.network(), blocks)), Aligned(blocks.number * blocks.lanes)) {}
    Batch(const Objective &whole, std::shared_ptr<Data> data, Aligned weights)
        : whole_(whole), data_(std::move(data)), weights_(weights.get()), objective_(whole, data_, std::move(weights)) {}

    static Data allocated(const Network &net, const Blocks &blocks) {
        const std::size_t lanes = blocks.number * blocks.lanes;
        const std::size_t n_inputs = net.n_inputs(), n_targets = net.n_targets();
        return {blocks, n_inputs, n_targets, Aligned(lanes * n_inputs), Aligned(lanes * n_targets)};
    }

    // Returns the factor by which the weights were multiplied.
    double weigh(bool mean) {
        const std::size_t n = data_->blocks.n_samples;
        double *end = weights_ + n;  // only the last block is padded
        if (mean) {
            double sum = 0.0;
            for (const double *w = weights_; w != end; ++w) sum += *w;
            for (double *w = weights_; w != end; ++w) *w /= sum;
            return 1.0 / sum;
        }
        const double scale = static_cast<double>(whole_.data()->blocks.n_samples) / static_cast<double>(n);
        for (double *w = weights_; w != end; ++w) *w *= scale;
        return scale;
    }

    const Objective &whole_;
    std::shared_ptr<Data> data_;
    double *weights_;  // owned by objective_
    Objective objective_;
};

// Calls use(objective) with the objective of each batch; the last batch may be smaller.
template <class Use>
void for_each_batch(const Objective &whole, const BatchedRows &given, const Use &use) {
    const std::size_t size = std::min(given.batch_size, given.number), whole_batches = given.number / size * size;
    Batch batch(whole, size);
    for (std::size_t i = 0; i < whole_batches; i += size) {
        const Objective &part = batch.of(given, given.rows + i);
        given.table.prefetch(given.rows + i + size, std::min(size, given.number - i - size));
        use(part);
    }
    if (whole_batches == given.number) return;
    Batch last(whole, given.number - whole_batches);
    use(last.of(given, given.rows + whole_batches));
}

}  // namespace sheernet
