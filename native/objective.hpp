// The objective of a network on packed data, on any number of threads: objective/engines/reference_engine.py in C++.
//
//     objective(theta) = sum_n w_n loss_n(theta)  +  1/2 sum_p decay_p theta_p^2
//
// The blocks of samples are divided into chunks whose number depends only on the sizes.  Each chunk is summed separately
// and the sums are added in chunk order, so that results are bitwise equal for any number of threads.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "instruction_set.hpp"
#include "network.hpp"
#include "ordered_sums.hpp"
#include "packed.hpp"
#include "scratch.hpp"
#include "structure.hpp"
#include "cancellation.hpp"

namespace sheernet {

inline const Kernel &kernel_for(InstructionSet set) {
#if SHEERNET_X86_64
    if (set == InstructionSet::avx512) return avx512_kernel();
    if (set == InstructionSet::avx2) return avx2_kernel();
#endif
    (void)set;
    return baseline_kernel();
}

// The layers of a network; owns the memory that Network points to.
struct Plan {
    std::vector<Layer> layers;
    Network network{};

    Plan(
        const std::vector<std::size_t> &sizes, const std::vector<int> &activations, const std::vector<bool> &biases,
        bool skip) {
        const std::size_t n_layers = sizes.empty() ? 0 : sizes.size() - 1;
        if (n_layers == 0 || activations.size() != n_layers || biases.size() != n_layers)
            throw std::invalid_argument("a network needs at least two sizes, and an activation and a bias for each layer");
        for (const std::size_t size : sizes)
            if (size == 0 || size > kMostParameters) throw std::invalid_argument("a layer has no units or too many");
        for (const int activation : activations)
            if (activation < 0 || activation >= static_cast<int>(std::size(kActivations)))
                throw std::invalid_argument("no such activation");
        std::size_t place = 0;
        const auto take = [&](std::size_t n) {  // at most kMostParameters^2
            const std::size_t here = place;
            place += n;
            if (place > kMostParameters) throw std::invalid_argument("the network has too many parameters");
            return here;
        };
        for (std::size_t l = 0; l < n_layers; ++l) {
            Layer layer{sizes[l], sizes[l + 1], take(sizes[l] * sizes[l + 1]), kNone, static_cast<Activation>(activations[l])};
            if (biases[l]) layer.bias = take(layer.n_out);
            layers.push_back(layer);
            network.sum_of_widths += layer.n_out;
        }
        network.skip = skip ? take(sizes.front() * sizes.back()) : kNone;
        network.size = place;
        network.widest = *std::max_element(sizes.begin(), sizes.end());
        network.n_layers = n_layers;
        network.layers = layers.data();
    }
    Plan(const Plan &) = delete;
    Plan &operator=(const Plan &) = delete;
};

// Packed inputs and targets of N samples.
struct Data {
    Blocks blocks;
    std::size_t n_inputs, n_targets;  // columns
    Aligned X, y;
};

// cost, penalty, and the sum of the absolute terms of both.
struct Terms {
    double cost, penalty, magnitude;
};

class Objective {
  public:
    static constexpr std::size_t kMaxParts = 8;  // chunks of a Gauss-Newton matrix, each with its own P x P sums

    // `weights` has N positive entries, `decay` has P entries.
    Objective(
        std::shared_ptr<const Plan> plan, Cost cost, double cost_parameter, std::shared_ptr<const Data> data,
        const double *weights, const double *decay, int threads, InstructionSet set)
        : plan_(std::move(plan)), network_(with_cost(plan_->network, cost, cost_parameter)), data_(std::move(data)),
          weights_(pack(weights, 1, data_->blocks, Filling::zero)), decay_(decay, decay + size()), threads_(threads),
          kernel_(&kernel_for(set)), of_gauss_newton_(plan_of_gauss_newton(network_)),
          of_gradients_(plan_of_gradient_products(network_)) {}

    std::size_t size() const { return network().size; }
    const Network &network() const { return network_; }
    const std::shared_ptr<const Data> &data() const { return data_; }
    // Approximate number of operations of a value and its gradient.
    double work() const { return 6.0 * static_cast<double>(data_->blocks.n_samples) * static_cast<double>(size()); }
    const char *instruction_set() const { return kernel_->name; }

    const Kernel &kernel() const { return *kernel_; }
    bool decays() const { return std::any_of(decay_.begin(), decay_.end(), [](double d) { return d != 0.0; }); }

    double penalty(const double *theta) const { return kernel_->penalty(decay_.data(), theta, size()); }

    double value(const double *theta, const RunContext &context = {}) const {
        return evaluate(theta, nullptr, context).cost + penalty(theta);
    }

    double value_and_gradient(const double *theta, double *gradient, const RunContext &context = {}) const {
        const double cost = cost_and_gradient(theta, gradient, context);
        return cost + penalty(theta);
    }

    // The cost, and the gradient of the objective.
    double cost_and_gradient(const double *theta, double *gradient, const RunContext &context = {}) const {
        std::fill(gradient, gradient + size(), 0.0);
        const double cost = evaluate(theta, gradient, context).cost;
        add_penalty(theta, gradient);
        return cost;
    }

    Terms terms(const double *theta, const RunContext &context = {}) const {
        const Sums sums = evaluate(theta, nullptr, context);
        const double of_decay = penalty(theta);
        return {sums.cost, of_decay, sums.magnitude + of_decay};
    }

    // The matrix (P, P) of J^T H J + diag(decay), and value and gradient, bitwise equal to those of value_and_gradient().  One
    // forward pass serves all three, unless the matrix has more chunks than the gradient: then it takes much longer than a pass.
    double gauss_newton(const double *theta, double *gradient, double *matrix, const RunContext &context = {}) const {
        if (n_chunks(true) > n_chunks(false)) {
            sum_gauss_newton(theta, nullptr, matrix, context);
            return value_and_gradient(theta, gradient, context);
        }
        std::fill(gradient, gradient + size(), 0.0);
        const Sums total = sum_gauss_newton(theta, gradient, matrix, context);
        add_penalty(theta, gradient);
        return total.cost + penalty(theta);
    }

    // The number of values in memory at the same time for a matrix: its entries; its sums by structure; and a part of the sums for
    // each thread, unless the data are a single chunk.
    double numbers_for_gauss_newton() const { return numbers_for(of_gauss_newton_); }
    double numbers_for_gradient_products() const { return numbers_for(of_gradients_); }

    // sum_n w_n g_n g_n^T of the derivatives g_n of the losses, (P, P).
    void gradient_outer_product(const double *theta, double *matrix, const RunContext &context = {}) const {
        sum_matrix(theta, of_gradients_, matrix, context, [&](const Chunk &chunk, double *sums, double *scratch) {
            kernel_->gradient_products(
                network(), of_gradients_, theta, chunk.transposed, samples(), chunk.first, chunk.last, sums, scratch,
                poll_hook(context));
        });
        mirror(matrix, context);
    }

    // The Hessian times v, (P,).
    void hessian_vector(const double *theta, const double *v, double *moved, const RunContext &context = {}) const {
        hessian_vectors(theta, nullptr, v, 1, moved, context);
    }

    // The numbers that linearize() writes.
    std::size_t linearization_size() const {
        return data_->blocks.number * kernel_->linearization_size(network(), data_->blocks.lanes);
    }

    // The quantities shared by all products of the Hessian at theta.
    void linearize(const double *theta, double *linearizations, const RunContext &context = {}) const {
        const std::size_t of_block = kernel_->linearization_size(network(), data_->blocks.lanes);
        run(theta, 0, nullptr, false, [&](const Chunk &chunk, double *, double *) {
            kernel_->linearize(
                network(), theta, chunk.transposed, samples(), chunk.first, chunk.last,
                linearizations + chunk.first * of_block);
        }, context);
    }

    // The Hessian times V, (P, m): m vectors in columns.  Without the linearizations at theta (null), the linearization of a
    // block is computed once for all vectors, or for groups of vectors whose sums are not too large.
    void hessian_vectors(
        const double *theta, double *linearizations, const double *V, std::size_t m, double *moved,
        const RunContext &context = {}) const {
        if (m == 1) return hessian_rows(theta, linearizations, V, 1, moved, context);
        const std::size_t n = size(), number = std::min(m, std::max<std::size_t>(kMostSums / n, 1));
        const Aligned rows(number * n), totals(number * n);
        for (std::size_t first = 0; first < m; first += number) {
            const std::size_t here = std::min(number, m - first);
            for (std::size_t j = 0; j < here; ++j)
                for (std::size_t p = 0; p < n; ++p) rows.get()[j * n + p] = V[p * m + first + j];
            hessian_rows(theta, linearizations, rows.get(), here, totals.get(), context);
            for (std::size_t j = 0; j < here; ++j)
                for (std::size_t p = 0; p < n; ++p) moved[p * m + first + j] = totals.get()[j * n + p];
        }
    }

    // D, the number of parameters with decay.
    std::size_t n_decayed() const {
        return static_cast<std::size_t>(std::count_if(decay_.begin(), decay_.end(), [](double d) { return d > 0.0; }));
    }

    // Residuals (M + D,) and their Jacobian (M + D, P), for cost squared_error; the rows of the decay come last.
    void residuals_and_jacobian(const double *theta, double *residuals, double *jacobian) const {
        const std::size_t n = data_->blocks.n_samples, n_residuals = n * network().n_outputs();
        run(theta, 0, nullptr, true, [&](const Chunk &chunk, double *, double *scratch) {
            kernel_->residuals_and_jacobian(
                network(), theta, chunk.transposed, samples(), chunk.first, chunk.last, n, residuals, jacobian, scratch);
        });
        double *r = residuals + n_residuals, *row = jacobian + n_residuals * size();
        std::fill(row, row + n_decayed() * size(), 0.0);
        for (std::size_t p = 0; p < size(); ++p) {
            if (!(decay_[p] > 0.0)) continue;
            row[p] = std::sqrt(decay_[p]);
            *r++ = row[p] * theta[p];
            row += size();
        }
    }

    // sum_n |w_n dloss_n/dtheta_p| + |decay_p theta_p|, (P,).
    void gradient_magnitude(const double *theta, double *total) const {
        std::fill(total, total + size(), 0.0);
        run(theta, size(), total, false, [&](const Chunk &chunk, double *sums, double *scratch) {
            kernel_->gradient_magnitude(
                network(), theta, chunk.transposed, samples(), chunk.first, chunk.last, sums, scratch);
        });
        for (std::size_t p = 0; p < size(); ++p) total[p] += std::abs(decay_[p] * theta[p]);
    }

    // Derivative of the objective with respect to inputs X, for the same targets; X and by_inputs are (N, d_0).
    void input_gradient(const double *theta, const double *X, double *by_inputs) const {
        const Blocks &blocks = data_->blocks;
        const std::size_t n = network().n_inputs();
        const Aligned inputs = pack(X, n, blocks, Filling::last), packed(blocks.number * n * blocks.lanes);
        Samples given = samples();
        given.X = inputs.get();
        run(theta, 0, nullptr, false, [&](const Chunk &chunk, double *, double *scratch) {
            kernel_->input_gradient(
                network(), theta, chunk.transposed, given, chunk.first, chunk.last, packed.get(), scratch);
        });
        unpack(packed.get(), n, blocks, by_inputs);
    }

  private:
    struct Chunk {
        std::size_t number, first, last;  // blocks first to last - 1
        const double *transposed;    // theta and the m vectors of run() as from Kernel::transpose(), (1 + m, P)
    };

    static constexpr double kMaxChunks = 64.0;      // more chunks do not balance the work better
    static constexpr double kSmallChunk = 2.5e5;    // operations that justify handing a chunk to a waiting thread
    static constexpr double kSmallMatrix = 1.6e7;   // the same for a matrix, which has a P x P sum for each chunk
    static constexpr std::size_t kSharedMatrix = 200;  // P from which threads share passes over a matrix, of some 50 us
    static constexpr double kWorthAThread = 2e6;    // operations that justify starting and joining a thread
    static constexpr double kLargestChunk = 1e9;    // operations between two polls
    static constexpr std::size_t kMostSums = std::size_t{1} << 17;  // of several Hessian-vector products: 1 MiB a chunk

    Samples samples() const { return {data_->X.get(), data_->y.get(), weights_.get(), data_->blocks.lanes}; }

    void add_penalty(const double *theta, double *gradient) const {
        for (std::size_t p = 0; p < size(); ++p) gradient[p] += decay_[p] * theta[p];
    }

    static PollHook poll_hook(const RunContext &context) {
        if (!context.poller) return {};
        return {[](void *poller) { static_cast<Poller *>(poller)->poll_if_due(); }, context.poller};
    }

    // The Hessian times each of m vectors, in rows: V and moved are (m, P).
    void hessian_rows(
        const double *theta, double *linearizations, const double *V, std::size_t m, double *moved,
        const RunContext &context) const {
        const std::size_t n = size(), of_block = kernel_->linearization_size(network(), data_->blocks.lanes);
        std::fill(moved, moved + m * n, 0.0);
        run(theta, m * n, moved, false, [&](const Chunk &chunk, double *sums, double *scratch) {
            kernel_->hessian_vectors(
                network(), theta, chunk.transposed, V, chunk.transposed + n, m, samples(), chunk.first, chunk.last,
                linearizations ? linearizations + chunk.first * of_block : nullptr, sums, scratch, poll_hook(context));
        }, context, V, m);
        for (std::size_t j = 0; j < m; ++j) add_penalty(V + j * n, moved + j * n);
    }

    // The Gauss-Newton matrix and, unless `gradient` is null, the gradient of the cost with its sums.  Then a chunk of the matrix
    // consists of whole chunks of the gradient.
    Sums sum_gauss_newton(const double *theta, double *gradient, double *matrix, const RunContext &context) const {
        const std::size_t n_matrix = n_chunks(true), n = gradient ? n_chunks(false) : 0;
        const Aligned own = n > 1 ? Aligned(n * size()) : Aligned();
        Sums total{0.0, 0.0};
        std::vector<Sums> sums_of_parts(n > 1 ? n : 0, total);  // a single part (small data) needs no allocation
        sum_matrix(theta, of_gauss_newton_, matrix, context, [&](const Chunk &chunk, double *sums, double *scratch) {
            const auto add_blocks = [&](std::size_t first, std::size_t last, double *part) {
                return kernel_->gauss_newton(
                    network(), of_gauss_newton_, theta, chunk.transposed, samples(), first, last, part, sums, scratch,
                    poll_hook(context));
            };
            if (!gradient) {
                add_blocks(chunk.first, chunk.last, nullptr);
                return;
            }
            if (n == 1) {  // so the matrix is one chunk
                total = add_blocks(chunk.first, chunk.last, gradient);
                return;
            }
            for (std::size_t k = chunk.number * n / n_matrix; k < (chunk.number + 1) * n / n_matrix; ++k) {
                double *const part = own.get() + k * size();
                std::fill(part, part + size(), 0.0);
                sums_of_parts[k] = add_blocks(first_block(k, n), first_block(k + 1, n), part);
            }
        });
        for (std::size_t k = 0; k < sums_of_parts.size(); ++k) {
            add(own.get() + k * size(), gradient, size(), nullptr);
            total.cost += sums_of_parts[k].cost;
            total.magnitude += sums_of_parts[k].magnitude;
        }
        for (std::size_t p = 0; p < size(); ++p) matrix[p * size() + p] += decay_[p];
        mirror(matrix, context);
        return total;
    }

    double numbers_for(const MatrixPlan &plan) const {
        const std::size_t n = n_chunks(true), parts = n > 1 ? std::min(n, n_threads(true)) : 0;
        const auto own = static_cast<double>(size()) * static_cast<double>(size());
        return own + static_cast<double>(plan.n_sums) * static_cast<double>(parts + (plan.structured ? 1 : 0));
    }

    // The upper triangle of a matrix, (P, P).
    template <class Work>
    void sum_matrix(
        const double *theta, const MatrixPlan &plan, double *matrix, const RunContext &context, const Work &work) const {
        const Aligned structured = plan.structured ? Aligned(plan.n_sums) : Aligned();
        double *const sums = plan.structured ? structured.get() : matrix;
        clear(sums, plan.n_sums, context.poller);
        run(theta, plan.n_sums, sums, true, work, context);
        if (!plan.structured) return;
        const auto share = [&](std::size_t n, const auto &pass) { share_matrix(n, 1, context, pass); };
        expand(network(), plan, sums, matrix, share);
    }

    // Copies the upper triangle of a matrix below the diagonal.
    void mirror(double *matrix, const RunContext &context) const {
        share_matrix(size(), 32, context, [&](std::size_t from, std::size_t to) { mirror_rows(matrix, size(), from, to); });
    }

    // Calls pass(from, to) for slices of n rows or inputs, on the threads of a fit if the matrix is large.
    template <class Pass>
    void share_matrix(std::size_t n, std::size_t slice, const RunContext &context, const Pass &pass) const {
        if (context.team && size() >= kSharedMatrix)
            context.team->for_each_slice(n, slice, context.poller, pass);
        else
            for_each_slice(n, context.poller, pass, slice);
    }

    Sums evaluate(const double *theta, double *gradient, const RunContext &context) const {
        const std::size_t n = n_chunks(false);
        Sums one{0.0, 0.0};
        std::vector<Sums> many(n > 1 ? n : 0, one);  // a single part (small data) needs no allocation
        Sums *parts = n > 1 ? many.data() : &one;
        run(theta, gradient ? size() : 0, gradient, false, [&](const Chunk &chunk, double *sums, double *scratch) {
            parts[chunk.number] = kernel_->evaluate(
                network(), theta, chunk.transposed, samples(), chunk.first, chunk.last, sums, scratch);
        }, context);
        Sums total{0.0, 0.0};
        for (std::size_t k = 0; k < n; ++k) {
            total.cost += parts[k].cost;
            total.magnitude += parts[k].magnitude;
        }
        return total;
    }

    double operations(bool for_matrix) const {
        return for_matrix ? 2.0 * static_cast<double>(data_->blocks.n_samples) * of_gauss_newton_.operations : work();
    }

    // A matrix has fewer chunks than a gradient, because each has its own sums, of up to P x P numbers.
    std::size_t n_chunks(bool for_matrix) const {
        const Blocks &blocks = data_->blocks;
        if (for_matrix) return std::min<std::size_t>(operations(true) > kSmallMatrix ? kMaxParts : 1, blocks.number);
        const double wanted = std::max(std::min(work() / kSmallChunk, kMaxChunks), work() / kLargestChunk);
        return std::min(static_cast<std::size_t>(std::max(1.0, wanted)), blocks.number);
    }

    // Where chunk k of n begins.
    std::size_t first_block(std::size_t k, std::size_t n) const { return k * data_->blocks.number / n; }

    // Threads for a single evaluation, which starts and joins them.  Chunks of a matrix are always large enough.
    std::size_t n_threads(bool for_matrix) const {
        if (for_matrix) return static_cast<std::size_t>(threads_);
        return static_cast<std::size_t>(std::max(1.0, std::min<double>(threads_, work() / kWorthAThread)));
    }

    // Calls `work` for every chunk with memory for its n_sums sums, and adds these in chunk order.  V, (m, P): vectors that are
    // needed transposed, in addition to theta.
    template <class Work>
    void run(
        const double *theta, std::size_t n_sums, double *sums, bool for_matrix, const Work &work,
        const RunContext &context = {}, const double *V = nullptr, std::size_t m = 0) const {
        const std::size_t n = n_chunks(for_matrix);
        const std::size_t scratch_size = kernel_->scratch_size(network(), data_->blocks.lanes, for_matrix);
        const Scratch scratch;
        double *transposed = scratch.buffer(0, (1 + m) * size());
        kernel_->transpose(network(), theta, transposed);
        for (std::size_t j = 0; j < m; ++j) kernel_->transpose(network(), V + j * size(), transposed + (1 + j) * size());
        const auto chunk = [&](std::size_t k) { return Chunk{k, first_block(k, n), first_block(k + 1, n), transposed}; };
        const std::size_t members =
            std::min(n, context.team ? context.team->members_for(operations(for_matrix)) : n_threads(for_matrix));
        if (n == 1) {
            work(chunk(0), sums, scratch.buffer(1, scratch_size));
        } else if (members <= 1) {
            const Aligned matrix(for_matrix ? n_sums : 0);  // P x P: too large to keep per thread
            double *part = n_sums == 0 ? nullptr : for_matrix ? matrix.get() : scratch.buffer(2, n_sums);
            for (std::size_t k = 0; k < n; ++k) {
                if (context.poller) context.poller->poll_if_due();
                clear(part, n_sums, context.poller);
                work(chunk(k), part, scratch.buffer(1, scratch_size));
                add(part, sums, n_sums, context.poller);
            }
        } else {
            Team of_this_call(context.team ? 1 : members);
            Team &team = context.team ? *context.team : of_this_call;
            // Matrices are large: at most one per thread, as numbers_for() assumes.
            OrderedSums ordered(n, n_sums, sums, for_matrix ? members : n, context.poller);
            ordered.run(team, members, scratch, [&](std::size_t k, double *part, const Scratch &mine) {
                work(chunk(k), part, mine.buffer(1, scratch_size));
            });
        }
    }

    static Network with_cost(Network network, Cost cost, double cost_parameter) {
        network.cost = cost;
        network.cost_parameter = cost_parameter;
        return network;
    }

    std::shared_ptr<const Plan> plan_;
    Network network_;  // that of plan_, with the cost
    std::shared_ptr<const Data> data_;
    Aligned weights_;
    std::vector<double> decay_;
    int threads_;
    const Kernel *kernel_;
    MatrixPlan of_gauss_newton_, of_gradients_;
};

// Calls evaluate(samples, packed results, scratch) for blocks of the rows of X, (n_rows, d_0), and unpacks K results a row.
// The results of a row do not depend on the other rows, and memory does not grow with their number.
template <class Evaluate>
inline void for_each_block_of_rows(
    const Network &net, const Kernel &kernel, const double *X, std::size_t n_rows, bool for_matrix, double *results,
    Poller *poller, const Evaluate &evaluate) {
    constexpr std::size_t most = 128;
    const Aligned scratch(kernel.scratch_size(net, most, for_matrix)), packed(net.n_outputs() * most);
    for (std::size_t row = 0; row < n_rows; row += most) {
        if (poller) poller->poll_if_due();
        const Blocks block = Blocks::of(std::min(most, n_rows - row));
        const Aligned inputs = pack(X + row * net.n_inputs(), net.n_inputs(), block, Filling::last);
        evaluate(Samples{inputs.get(), nullptr, nullptr, block.lanes}, packed.get(), scratch.get());
        unpack(packed.get(), net.n_outputs(), block, results + row * net.n_outputs());
    }
}

// Outputs (n_rows, K) of a network for inputs X, (n_rows, d_0).
inline void predict(
    const Plan &plan, const double *theta, const double *X, std::size_t n_rows, double *outputs, InstructionSet set) {
    const Network &net = plan.network;
    const Kernel &kernel = kernel_for(set);
    for_each_block_of_rows(
        net, kernel, X, n_rows, false, outputs, nullptr, [&](const Samples &samples, double *packed, double *scratch) {
            kernel.predict(net, theta, samples, 0, 1, packed, scratch);
        });
}

// Variances (n_rows, K) of the outputs before their activation, for weights of covariance L L^T; `factor` is the lower
// triangle L row by row, P (P + 1) / 2 numbers.
inline void output_variances(
    const Plan &plan, const double *theta, const double *factor, const double *X, std::size_t n_rows, double *variances,
    InstructionSet set, Poller *poller) {
    const Network &net = plan.network;
    const Kernel &kernel = kernel_for(set);
    const Aligned transposed(net.size);
    kernel.transpose(net, theta, transposed.get());
    for_each_block_of_rows(
        net, kernel, X, n_rows, true, variances, poller, [&](const Samples &samples, double *packed, double *scratch) {
            kernel.output_variances(net, theta, transposed.get(), factor, samples, 0, 1, packed, scratch);
        });
}

}  // namespace sheernet
