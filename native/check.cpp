// A program that runs every kernel and optimizer with every activation, every cost and edge-case sizes; not part of the
// wheel.
//
// Built with sanitizers by `make check-native`: every array has exactly the documented size, so that out-of-bounds accesses
// are detected.  Results are compared bit for bit between numbers of threads, and gradient and Hessian with finite
// differences.  The tests in Python show that the numbers are correct to 1e-12.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

#include "hessian.hpp"
#include "objective.hpp"
#include "optimizers/fits.hpp"
#include "optimizers/newton_step.hpp"

namespace {

using namespace sheernet;
using Numbers = std::vector<double>;

int failures = 0;

void require(bool good, const char *what, const char *set, const std::string &where) {
    if (good) return;
    ++failures;
    std::printf("FAILED %s (%s): %s\n", what, set, where.c_str());
}

std::mt19937_64 generator(20240229);

std::size_t whole(std::size_t first, std::size_t last) {
    return std::uniform_int_distribution<std::size_t>(first, last)(generator);
}

Numbers normal(std::size_t n, double size = 1.0) {
    std::normal_distribution<double> draw(0.0, size);
    Numbers numbers(n);
    for (double &x : numbers) x = draw(generator);
    return numbers;
}

struct Problem {
    std::shared_ptr<const Plan> plan;
    Cost cost{};
    std::shared_ptr<const Data> data;
    Numbers X, y, weights, decay, theta, v;
    std::string text;

    std::size_t n_targets() const { return plan->network.n_outputs() / outputs_per_target(cost); }
};

// One-hot targets, which every cost allows.
Numbers shares(std::size_t n, std::size_t outputs) {
    Numbers y(n * outputs);
    for (std::size_t i = 0; i < n; ++i) y[i * outputs + whole(0, outputs - 1)] = 1.0;
    return y;
}

Problem random_problem(std::size_t n_samples, Cost cost, Activation output, std::size_t widest) {
    std::vector<std::size_t> sizes;
    std::vector<int> activations;
    std::vector<bool> biases;
    const std::size_t n_layers = whole(1, 7);
    for (std::size_t l = 0; l <= n_layers; ++l) sizes.push_back(whole(1, widest));
    if (cost == Cost::cross_entropy && sizes.back() == 1) sizes.back() = 2;
    sizes.back() = (sizes.back() + outputs_per_target(cost) - 1) / outputs_per_target(cost) * outputs_per_target(cost);
    for (std::size_t l = 0; l < n_layers; ++l) {
        activations.push_back(l + 1 < n_layers ? static_cast<int>(whole(0, 6)) : static_cast<int>(output));
        biases.push_back(whole(0, 3) > 0);
    }
    Problem made;
    made.plan = std::make_shared<const Plan>(sizes, activations, biases, whole(0, 1) == 1);
    made.cost = cost;
    const Network &net = made.plan->network;
    made.X = normal(n_samples * net.n_inputs());
    made.y = shares(n_samples, made.n_targets());
    made.weights = Numbers(n_samples);
    for (double &w : made.weights) w = 0.5 + static_cast<double>(whole(0, 8)) / static_cast<double>(n_samples);
    made.decay = Numbers(net.size, 0.01);
    made.theta = normal(net.size, 0.5);
    made.v = normal(net.size);
    const Blocks blocks = Blocks::of(n_samples);
    made.data = std::make_shared<const Data>(
        Data{blocks, net.n_inputs(), made.n_targets(), pack(made.X.data(), net.n_inputs(), blocks, Filling::last),
             pack(made.y.data(), made.n_targets(), blocks, Filling::last)});
    made.text = std::to_string(n_samples) + " samples, cost " + std::to_string(static_cast<int>(cost)) + ", layers";
    for (std::size_t size : sizes) made.text += " " + std::to_string(size);
    return made;
}

bool same_bits(const Numbers &a, const Numbers &b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

// The same bits up to the sign of nan: compilers may swap the factors of a product, which takes its nan from the first.
bool same_numbers(const Numbers &a, const Numbers &b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) {
               return (std::isnan(x) && std::isnan(y)) || same_bits({x}, {y});
           });
}

// Whether half the sum of squared residuals equals the value; true if the value is not finite.
bool half_squares(const Numbers &residuals, double value) {
    double sum = 0.0;
    for (double r : residuals) sum += 0.5 * r * r;
    return !std::isfinite(value) || std::abs(sum - value) <= 1e-12 * value;
}

// Compares all ways to compute the Hessian times v: kept linearizations, and several vectors at once, (P, 3).
void check_products(
    const Objective &objective, const Numbers &theta, const Numbers &v, const Numbers &moved, InstructionSet set,
    const std::string &text) {
    const std::size_t n = v.size();
    for (std::size_t most : {std::size_t{0}, HessianProducts::kMostNumbers}) {
        HessianProducts hessian(objective, most);
        for (const Numbers *at : {&theta, &theta, &v, &theta}) {
            Numbers other(n);
            hessian.product(at->data(), v.data(), other.data());
            require(at == &v || same_numbers(other, moved), "a kept Hessian", name(set), text);
        }
    }
    Numbers V(3 * n), products(3 * n), column(n);
    for (std::size_t p = 0; p < n; ++p)
        for (std::size_t j = 0; j < 3; ++j) V[3 * p + j] = (j == 1 ? 1.0 : 0.5) * v[p];
    objective.hessian_vectors(theta.data(), nullptr, V.data(), 3, products.data());
    for (std::size_t p = 0; p < n; ++p) column[p] = products[3 * p + 1];
    require(same_numbers(column, moved), "a product with several vectors", name(set), text);
}

// Value, absolute terms of the value, gradient, Hessian times v, absolute terms of the gradient, derivatives with respect to
// the inputs; for a small problem also residuals, Jacobian and Gauss-Newton matrix.
Numbers evaluated(const Problem &problem, const Numbers &theta, InstructionSet set, int threads) {
    const Objective objective(
        problem.plan, problem.cost, 0.5, problem.data, problem.weights.data(), problem.decay.data(), threads, set);
    const std::size_t n = objective.size();
    Numbers gradient(n), moved(n), matrix(n <= 300 ? n * n : 0), all;
    all.push_back(objective.value_and_gradient(theta.data(), gradient.data()));
    all.push_back(objective.value(theta.data()));
    all.push_back(objective.terms(theta.data()).magnitude);
    all.insert(all.end(), gradient.begin(), gradient.end());
    objective.hessian_vector(theta.data(), problem.v.data(), moved.data());
    all.insert(all.end(), moved.begin(), moved.end());
    check_products(objective, theta, problem.v, moved, set, problem.text);
    Numbers magnitudes(n), by_inputs(problem.X.size());
    objective.gradient_magnitude(theta.data(), magnitudes.data());
    objective.input_gradient(theta.data(), problem.X.data(), by_inputs.data());
    all.insert(all.end(), magnitudes.begin(), magnitudes.end());
    all.insert(all.end(), by_inputs.begin(), by_inputs.end());
    const std::size_t n_residuals = problem.y.size() + objective.n_decayed();
    if (objective.network().cost == Cost::squared_error && n_residuals * n <= 1000000) {
        Numbers residuals(n_residuals), jacobian(n_residuals * n);
        objective.residuals_and_jacobian(theta.data(), residuals.data(), jacobian.data());
        require(half_squares(residuals, all[0]), "half the sum of squared residuals", name(set), problem.text);
        all.insert(all.end(), residuals.begin(), residuals.end());
        all.insert(all.end(), jacobian.begin(), jacobian.end());
    }
    if (!matrix.empty()) {
        Numbers other_gradient(n);
        all.push_back(objective.gauss_newton(theta.data(), other_gradient.data(), matrix.data()));
        require(same_numbers(gradient, other_gradient), "gradient with the matrix", name(set), problem.text);
        require(same_numbers({all[0]}, {all.back()}), "value with the matrix", name(set), problem.text);
    }
    all.insert(all.end(), matrix.begin(), matrix.end());
    if (!matrix.empty()) {
        objective.gradient_outer_product(theta.data(), matrix.data());
        all.insert(all.end(), matrix.begin(), matrix.end());
    }
    return all;
}

// Compares one entry of the gradient with a central difference, to a few percent because of relu's kinks.
bool gradient_is_a_slope(const Problem &problem, const Numbers &found, InstructionSet set) {
    const std::size_t p = whole(0, problem.theta.size() - 1);
    const double h = 1e-6;
    Numbers up = problem.theta, down = problem.theta;
    up[p] += h;
    down[p] -= h;
    const double slope = (evaluated(problem, up, set, 1)[0] - evaluated(problem, down, set, 1)[0]) / (2.0 * h);
    return std::abs(slope - found[3 + p]) <= 0.05 * std::abs(slope) + 1e-4 * (1.0 + found[2]);
}

// Compares one entry of the Hessian times v with a difference of the gradient, likewise; with a shorter one if a kink of an
// activation may lie between the points.
bool hessian_is_a_slope(const Problem &problem, const Numbers &found, InstructionSet set) {
    const std::size_t n = problem.theta.size(), p = whole(0, n - 1);
    for (double h : {1e-6, 1e-8}) {
        Numbers up = problem.theta, down = problem.theta;
        for (std::size_t i = 0; i < n; ++i) {
            up[i] += h * problem.v[i];
            down[i] -= h * problem.v[i];
        }
        const double slope = (evaluated(problem, up, set, 1)[3 + p] - evaluated(problem, down, set, 1)[3 + p]) / (2.0 * h);
        if (std::abs(slope - found[3 + n + p]) <= 0.05 * std::abs(slope) + 1e-3 * (1.0 + found[2])) return true;
    }
    return false;
}

void check_problem(const Problem &problem, InstructionSet set, bool slopes) {
    const Numbers one = evaluated(problem, problem.theta, set, 1);
    require(std::isfinite(one[0]) && one[0] == one[1], "value", name(set), problem.text);
    for (int threads : {2, 3, 7})
        require(same_bits(evaluated(problem, problem.theta, set, threads), one), "threads", name(set), problem.text);
    if (slopes) require(gradient_is_a_slope(problem, one, set), "gradient", name(set), problem.text);
    if (slopes) require(hessian_is_a_slope(problem, one, set), "Hessian times v", name(set), problem.text);
    Numbers huge = problem.theta;
    for (double &t : huge) t *= 1e200;
    evaluated(problem, huge, set, 2);  // overflow must not be an error
}

void check_packing(const Problem &problem) {
    const Network &net = problem.plan->network;
    const Blocks &blocks = problem.data->blocks;
    Numbers X(problem.X.size()), y(problem.y.size());
    unpack(problem.data->X.get(), net.n_inputs(), blocks, X.data());
    unpack(problem.data->y.get(), problem.n_targets(), blocks, y.data());
    require(same_bits(X, problem.X) && same_bits(y, problem.y), "packing", "-", problem.text);
}

// Numbers of another owner are used in place, and the owner lives as long as they do.
void check_foreign_numbers(const Problem &problem, InstructionSet set) {
    const std::size_t n = problem.plan->network.size;
    const auto owner = std::make_shared<const std::shared_ptr<const Data>>(problem.data);
    auto in_place = std::make_shared<const Data>(
        Data{problem.data->blocks, problem.data->n_inputs, problem.data->n_targets,
             Aligned(problem.data->X.get(), owner), Aligned(problem.data->y.get(), owner)});
    require(in_place->X.get() == problem.data->X.get(), "numbers in place", name(set), problem.text);
    require(owner.use_count() == 3, "the owner of numbers is kept", name(set), problem.text);
    std::vector<Numbers> found;
    for (const auto &data : {problem.data, std::shared_ptr<const Data>(std::move(in_place))}) {
        const Objective objective(problem.plan, problem.cost, 0.5, data, problem.weights.data(), problem.decay.data(), 1, set);
        found.emplace_back(n + 1);
        found.back()[n] = objective.value_and_gradient(problem.theta.data(), found.back().data());
    }
    require(same_bits(found[0], found[1]), "numbers of another owner", name(set), problem.text);
    require(owner.use_count() == 1, "the owner of numbers is released", name(set), problem.text);
}

void check_predictions(const Problem &problem, InstructionSet set) {
    const std::size_t n = problem.data->blocks.n_samples, k = problem.plan->network.n_outputs();
    Numbers outputs(n * k);
    predict(*problem.plan, problem.theta.data(), problem.X.data(), n, outputs.data(), set);
    for (double a : outputs) require(std::isfinite(a), "prediction", name(set), problem.text);
    const double *last_row = problem.X.data() + (n - 1) * problem.plan->network.n_inputs();
    Numbers last(k);
    predict(*problem.plan, problem.theta.data(), last_row, 1, last.data(), set);
    outputs.erase(outputs.begin(), outputs.end() - static_cast<std::ptrdiff_t>(k));
    require(same_bits(last, outputs), "prediction of one row", name(set), problem.text);
}

// Compares the variances of the outputs with squared differences along v: L has v as its first column, and zeros elsewhere.
// The variances of a row are bitwise equal in any table.
void check_variances(const Problem &problem, InstructionSet set, bool slopes) {
    const Network &net = problem.plan->network;
    const std::size_t rows = problem.data->blocks.n_samples, k = net.n_outputs(), n = net.size;
    const double h = 1e-6;
    Numbers factor(n * (n + 1) / 2), up = problem.theta, down = problem.theta;
    for (std::size_t i = 0; i < n; ++i) {
        factor[i * (i + 1) / 2] = problem.v[i];
        up[i] += h * problem.v[i];
        down[i] -= h * problem.v[i];
    }
    Numbers variances(rows * k), above(rows * k), below(rows * k), last(k);
    const double *theta = problem.theta.data(), *X = problem.X.data();
    output_variances(*problem.plan, theta, factor.data(), X, rows, variances.data(), set, nullptr);
    output_variances(*problem.plan, theta, factor.data(), X + (rows - 1) * net.n_inputs(), 1, last.data(), set, nullptr);
    require(same_bits(last, {variances.end() - static_cast<std::ptrdiff_t>(k), variances.end()}), "variance of one row",
            name(set), problem.text);
    if (!slopes || net.layers[net.n_layers - 1].activation != Activation::identity) return;
    predict(*problem.plan, up.data(), X, rows, above.data(), set);
    predict(*problem.plan, down.data(), X, rows, below.data(), set);
    const std::size_t at = whole(0, rows * k - 1);
    const double slope = (above[at] - below[at]) / (2.0 * h);
    require(std::abs(std::sqrt(variances[at]) - std::abs(slope)) <= 0.05 * std::abs(slope) + 1e-4, "variance", name(set),
            problem.text);
}

void check_functions(InstructionSet set) {
    constexpr std::size_t n = 16;
    const double inf = HUGE_VAL, some[n] = {0.0, -0.0, 1.0,  -1.0,  5e-324, -5e-324, 709.8, -745.2,
                                            inf, -inf, NAN, 1e308, -1e308, 37.0,    -37.0, 1e-300};
    const Aligned x(n), value(n), slope(n);
    for (const char *function : {"exp", "log1p", "tanh", "sigmoid", "softplus", "silu", "tanh''", "sigmoid''", "softplus''", "silu''"}) {
        std::copy(some, some + n, x.get());
        kernel_for(set).apply(function, x.get(), value.get(), slope.get(), n);
        require(std::isnan(value.get()[10]), "nan", name(set), function);
    }
}

// The largest magnitude and the penalty of n numbers, without padding: nan counts, infinity times a decay of 0 does not.
void check_vectors(InstructionSet set) {
    for (std::size_t n = 1; n <= 40; ++n) {
        Numbers x = normal(n), decay = normal(n);
        const auto agree = [&](const char *what) {
            double most = 0.0, sum = 0.0;
            for (std::size_t p = 0; p < n; ++p) {
                most = std::isnan(x[p]) || std::isnan(most) ? NAN : std::max(most, std::abs(x[p]));
                if (decay[p] != 0.0) sum += 0.5 * decay[p] * x[p] * x[p];
            }
            const double found = kernel_for(set).largest(x.data(), n), penalty = kernel_for(set).penalty(decay.data(), x.data(), n);
            require(found == most || (std::isnan(found) && std::isnan(most)), "the largest magnitude", name(set), what);
            require(std::abs(penalty - sum) <= 1e-12 || (std::isnan(penalty) && std::isnan(sum)), "a penalty", name(set), what);
        };
        agree("normal numbers");
        const std::size_t at = whole(0, n - 1);
        x[at] = -HUGE_VAL;
        decay[at] = 0.0;
        agree("an infinite one");
        x[whole(0, n - 1)] = NAN;
        agree("nan");
    }
}

// A diagonal Hessian H: with the inverse of H + D as M^-1 one product suffices; with H negative and M = 1, the step is twice
// the first direction.
void check_newton_cg(InstructionSet set) {
    constexpr std::size_t sizes[] = {1, 7, 8, 9, 31};
    for (std::size_t n : sizes) {
        NewtonCG solver(kernel_for(set), n);
        const Aligned H = zeros(padded(n)), D = zeros(padded(n)), g = zeros(padded(n));
        for (std::size_t i = 0; i < n; ++i) {
            H.get()[i] = 1.0 + static_cast<double>(i);
            D.get()[i] = 0.25;
            g.get()[i] = std::cos(static_cast<double>(i));
        }
        double sign = 1.0;
        const auto multiply = [&](const double *p, double *out) {
            for (std::size_t i = 0; i < n; ++i) out[i] = sign * H.get()[i] * p[i];
        };
        const auto invert = [&](const double *r, double *out) {
            for (std::size_t i = 0; i < n; ++i) out[i] = r[i] / (H.get()[i] + D.get()[i]);
        };
        const auto copy = [&](const double *r, double *out) { std::copy(r, r + n, out); };
        const auto is_step = [&](const auto &expected) {
            for (std::size_t i = 0; i < n; ++i)
                if (!(std::abs(solver.step()[i] - expected(i)) <= 1e-9)) return false;
            return true;
        };
        const auto newton = [&](std::size_t i) { return -g.get()[i] / (H.get()[i] + D.get()[i]); };
        const auto one = solver.solve(multiply, g.get(), invert, D.get(), 1e-6, n, kInfinity);
        require(one.n_products == 1 && is_step(newton), "newton_cg with the inverse", name(set), std::to_string(n));
        solver.solve(multiply, g.get(), copy, D.get(), 1e-13, 2 * n, kInfinity);
        require(is_step(newton), "newton_cg without a preconditioner", name(set), std::to_string(n));
        sign = -1.0;
        const auto along = solver.solve(multiply, g.get(), copy, D.get(), 1e-13, n, kInfinity);
        const auto twice = [&](std::size_t i) { return -2.0 * g.get()[i]; };
        require(
            along.negative_curvature && along.n_products == 1 && is_step(twice), "newton_cg along negative curvature",
            name(set), std::to_string(n));
    }
}

State copy_of(const State &state, std::size_t n) {
    State copy{state.iteration, state.here, state.matrix, state.fresh, {}, state.damping, state.growth, state.scales, state.values, state.reference};
    for (const Pair &pair : state.pairs) {
        copy.pairs.push_back({zeros(padded(n)), zeros(padded(n)), pair.rho, pair.gamma});
        std::copy(pair.s.get(), pair.s.get() + n, copy.pairs.back().s.get());
        std::copy(pair.y.get(), pair.y.get() + n, copy.pairs.back().y.get());
    }
    return copy;
}

// Whether a value is at most an earlier value, up to rounding.
bool falls(double before, double value) { return value <= before + 1e-12 * std::abs(before); }

// Mean loss of normal densities below which they have collapsed onto few samples: their variance, at most exp(-20),
// magnifies the rounding of the residuals, so that values have errors of a few units.
constexpr double kCollapsed = -20.0;

// Five fits of one problem, from near its theta.
struct FiveFits {
    const Objective &objective;
    Numbers starts;
    Settings settings;
    std::optional<State> state;  // of the best fit, to resume from
    Best so_far;

    FiveFits(const Objective &of, const Numbers &theta, MethodName method, double max_iter) : objective(of) {
        for (std::size_t i = 0; i < 5; ++i)
            for (double t : theta) starts.push_back(t * (1.0 + 0.1 * static_cast<double>(i)));
        settings.method = method;
        settings.waits = false;
        settings.rules = {max_iter, 1e-9, 0.0, kInfinity, kInfinity, -kInfinity, 0};
        settings.wolfe = {1e-4, 0.9};
        settings.memory = 4;
        settings.tau = 1e-3;
        settings.renew = objective.size() <= kMaxTextbookSize;  // larger matrices need LAPACK
    }

    // The final points of all jobs, concatenated.  Unless the fits continue, they are cancelled after the first iterate.
    Numbers ends(std::size_t threads, std::size_t at_a_time, bool continues, const std::string &text) {
        std::vector<Job> jobs;
        for (std::size_t i = 0; i < 5; ++i)
            jobs.push_back({&objective, nullptr, starts.data() + i * objective.size(), std::nullopt, {}});
        return run(std::move(jobs), threads, at_a_time, continues, text);
    }

    // The final point of the best fit, resumed up to this iteration of both parts together.
    Numbers end_of_the_rest(double last_iteration, const std::string &text) {
        settings.rules.max_iter = last_iteration - static_cast<double>(state->iteration);
        std::vector<Job> jobs;
        jobs.push_back({&objective, nullptr, starts.data(), std::move(state), so_far});
        return run(std::move(jobs), 1, 1, true, text);
    }

    Numbers run(std::vector<Job> jobs, std::size_t threads, std::size_t at_a_time, bool continues, const std::string &text) {
        settings.threads = threads;
        settings.at_a_time = at_a_time;
        Fits fits(std::move(jobs), settings);
        fits.run([=](const Status &status) { return continues || std::isnan(status.row.objective); });
        Numbers all;
        bool any_interrupted = false;
        for (std::size_t i = 0; i < fits.size(); ++i) {
            const Fit &fit = fits[i];
            any_interrupted = any_interrupted || fit.reason == Reason::interrupted;
            for (std::size_t row = 1; row < fit.rows.size() && fit.rows[row - 1].objective > kCollapsed; ++row)
                require(falls(fit.rows[row - 1].objective, fit.rows[row].objective), "descent", "-", text);
            all.insert(all.end(), fit.result.theta.begin(), fit.result.theta.end());
        }
        require(continues != any_interrupted, continues ? "a reason other than interruption" : "cancelled", "-", text);
        const Fit &best = fits[fits.best()];
        if (best.state) state = copy_of(*best.state, objective.size());
        so_far = best.best;
        return all;
    }
};

void check_fits(const Problem &problem, InstructionSet set) {
    const Objective objective(problem.plan, problem.cost, 0.5, problem.data, problem.weights.data(), problem.decay.data(), 1, set);
    // Larger problems need LAPACK.
    const bool by_lm = objective.network().cost == Cost::squared_error && objective.size() <= kMaxTextbookSize;
    for (MethodName method : {MethodName::bfgs, MethodName::lbfgs, MethodName::lm}) {
        if (method == MethodName::lm && !by_lm) continue;
        const bool renews = method == MethodName::bfgs;  // at iteration 50
        const double half = renews ? 45 : 5, all = renews ? 55 : 12;
        FiveFits whole(objective, problem.theta, method, all), parts(objective, problem.theta, method, half);
        const Numbers one = whole.ends(1, 1, true, problem.text);
        for (const auto &[threads, at_a_time] : {std::pair<std::size_t, std::size_t>{3, 3}, {4, 1}, {7, 2}})
            require(same_bits(whole.ends(threads, at_a_time, true, problem.text), one), "fits in threads", name(set), problem.text);
        parts.ends(2, 2, true, problem.text);
        require(parts.state.has_value(), "a state to resume from", name(set), problem.text);
        const Numbers rest = parts.end_of_the_rest(all, problem.text);
        bool found = false;
        for (auto end = one.begin(); end != one.end(); end += static_cast<std::ptrdiff_t>(rest.size()))
            found = found || std::equal(rest.begin(), rest.end(), end);
        require(found, "a resumed run", name(set), problem.text);
    }
}

// Cancels fits after their first iterate, on one thread and on several: FiveFits requires that some were interrupted.
void check_interruption(const Problem &problem, InstructionSet set) {
    const Objective objective(problem.plan, problem.cost, 0.5, problem.data, problem.weights.data(), problem.decay.data(), 1, set);
    FiveFits fits(objective, problem.theta, MethodName::lbfgs, 2000);
    fits.settings.rules.gradient_tolerance = 0.0;
    for (std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{4}})
        fits.ends(threads, threads / 2 + 1, false, problem.text);
}

// Whether a call throws Stopped.
template <class Call>
bool is_cancelled(const Call &call) {
    try {
        call();
    } catch (const Stopped &) {
        return true;
    }
    return false;
}

// Cancels evaluations of several chunks, on one thread and on several.
void check_cancelled_evaluations(const Problem &problem, InstructionSet set) {
    const Objective objective(problem.plan, problem.cost, 0.5, problem.data, problem.weights.data(), problem.decay.data(), 1, set);
    const std::size_t n = objective.size();
    Numbers gradient(n), matrix(n * n);
    const double *theta = problem.theta.data();
    for (std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
        Poller poller([] { return true; });
        poller.stop();
        Team team(threads);
        const RunContext context{&team, &poller};
        const bool all = is_cancelled([&] { objective.value(theta, context); }) &&
                         is_cancelled([&] { objective.value_and_gradient(theta, gradient.data(), context); }) &&
                         is_cancelled([&] { objective.gauss_newton(theta, gradient.data(), matrix.data(), context); }) &&
                         is_cancelled([&] { objective.hessian_vector(theta, theta, gradient.data(), context); }) &&
                         is_cancelled([&] { HessianProducts(objective).product(theta, theta, gradient.data(), context); });
        require(all, "a cancelled evaluation", name(set), problem.text);
    }
}

// Products of the Hessian are cancelled, even those of a single chunk, which itself does not poll.
void check_cancelled_products(const Problem &problem, InstructionSet set) {
    const Objective objective(problem.plan, problem.cost, 0.5, problem.data, problem.weights.data(), problem.decay.data(), 1, set);
    Poller poller([] { return true; });
    poller.stop();
    Team team(1);
    Evaluator evaluator(objective, {&team, &poller}, kInfinity, kInfinity);
    const PointPtr point = evaluator.at(problem.theta.data());
    Numbers moved(objective.size());
    const bool cancelled = is_cancelled([&] { evaluator.hessian_vector(*point, problem.v.data(), moved.data()); });
    require(cancelled && evaluator.gradient_evaluations() == 0, "a cancelled product", name(set), problem.text);
}

// The Gauss-Newton matrix (P, P) of one block, or the sum of products of gradients, by structure or as J J^T.
Numbers matrix_of_block(
    const Network &net, const MatrixPlan &plan, bool of_gradients, const Samples &samples, const Numbers &theta,
    InstructionSet set, const PollHook &poll_hook = {}) {
    const Kernel &kernel = kernel_for(set);
    const Aligned transposed(net.size), scratch(kernel.scratch_size(net, samples.lanes, true)), sums(plan.n_sums);
    kernel.transpose(net, theta.data(), transposed.get());
    clear(sums.get(), plan.n_sums, nullptr);
    if (of_gradients)
        kernel.gradient_products(
            net, plan, theta.data(), transposed.get(), samples, 0, 1, sums.get(), scratch.get(), poll_hook);
    else
        kernel.gauss_newton(
            net, plan, theta.data(), transposed.get(), samples, 0, 1, nullptr, sums.get(), scratch.get(), poll_hook);
    Numbers matrix(net.size * net.size);
    if (plan.structured)
        expand(net, plan, sums.get(), matrix.data(), [](std::size_t n, const auto &pass) { pass(0, n); });
    else
        std::copy(sums.get(), sums.get() + plan.n_sums, matrix.begin());
    for (std::size_t i = 0; i < net.size; ++i)  // only the upper triangle is defined
        for (std::size_t j = 0; j < i; ++j) matrix[i * net.size + j] = 0.0;
    return matrix;
}

// Both plans of a matrix, whichever takes fewer operations.
MatrixPlan plan_of(const Network &net, bool of_gradients, bool structured) {
    const std::size_t n_terms = of_gradients ? 1 : net.n_outputs();
    const bool diagonal = !of_gradients && has_diagonal_curvature(net.cost);
    return structured ? plan_by_structure(net, n_terms, diagonal) : plan_by_jacobians(net, n_terms, diagonal);
}

// Both ways to the matrices of the first block agree, whichever takes fewer operations.
void check_structure(const Problem &problem, InstructionSet set) {
    const Objective objective(problem.plan, problem.cost, 0.5, problem.data, problem.weights.data(), problem.decay.data(), 1, set);
    const Network &net = objective.network();
    const Blocks &blocks = problem.data->blocks;
    const Aligned w = pack(problem.weights.data(), 1, blocks, Filling::zero);
    const Samples samples{problem.data->X.get(), problem.data->y.get(), w.get(), blocks.lanes};
    if (n_structure_arrays(net) == 0) return;
    for (bool of_gradients : {false, true}) {
        const auto matrix = [&](bool structured) {
            return matrix_of_block(net, plan_of(net, of_gradients, structured), of_gradients, samples, problem.theta, set);
        };
        const Numbers plain = matrix(false), by_structure = matrix(true);
        double largest = 0.0, difference = 0.0;
        for (std::size_t i = 0; i < plain.size(); ++i) {
            largest = std::max(largest, std::abs(plain[i]));
            difference = std::max(difference, std::abs(plain[i] - by_structure[i]));
        }
        require(difference <= 1e-13 * largest, of_gradients ? "gradients by structure" : "a matrix by structure", name(set), problem.text);
    }
}

// The Gauss-Newton matrix for many classes is summed by structure: with Jacobians it would take about a hundred times as
// many operations.
void check_many_classes() {
    const Plan plan({10, 10, 135}, {static_cast<int>(Activation::tanh), static_cast<int>(Activation::softmax)}, {true, true}, false);
    Network net = plan.network;
    net.cost = Cost::cross_entropy;
    require(plan_of_gauss_newton(net).structured, "the plan of many classes", "any", "layers 10 10 135");
}

// A matrix of one block and one output polls within its sums, and a poll that itself evaluates changes nothing.
void check_polling(InstructionSet set) {
    const Problem problem = random_problem(128, Cost::squared_error, Activation::identity, 11);
    const Objective small(problem.plan, problem.cost, 0.5, problem.data, problem.weights.data(), problem.decay.data(), 1, set);
    const std::size_t sizes[] = {30, 40, 1}, n_samples = 128;
    const Plan plan({sizes[0], sizes[1], sizes[2]}, {0, 0}, {true, true}, false);
    const Blocks blocks = Blocks::of(n_samples);
    const Aligned X = pack(normal(n_samples * sizes[0]).data(), sizes[0], blocks, Filling::last),
                  y = pack(normal(n_samples).data(), 1, blocks, Filling::last),
                  w = pack(Numbers(n_samples, 1.0).data(), 1, blocks, Filling::zero);
    const Samples samples{X.get(), y.get(), w.get(), blocks.lanes};
    const Numbers theta = normal(plan.network.size);
    struct CountingPoller {
        const Objective *objective;
        const double *theta;
        int polls = 0;
    };
    for (bool structured : {false, true}) {
        CountingPoller counting{&small, problem.theta.data()};
        const PollHook poll_hook{
            [](void *poller) {
                auto &self = *static_cast<CountingPoller *>(poller);
                self.objective->value(self.theta);
                ++self.polls;
            },
            &counting};
        const auto matrix = [&](const PollHook &hook) {
            return matrix_of_block(plan.network, plan_of(plan.network, false, structured), false, samples, theta, set, hook);
        };
        require(same_bits(matrix(poll_hook), matrix({})), "a poll that evaluates", name(set), "one block");
        require(counting.polls > 3, "polls within a matrix", name(set), "one block");
    }
}

// A thread that leaves a processor may use the same processors as before.
void check_leaving() {
#if defined(__linux__)
    std::thread([] {
        cpu_set_t before, after;
        sched_getaffinity(0, sizeof before, &before);
        leave_processor(current_processor());
        sched_getaffinity(0, sizeof after, &after);
        require(CPU_EQUAL(&before, &after), "the processors of a thread", "any", "after it left one");
    }).join();
#endif
}

constexpr std::pair<Cost, Activation> kPairs[] = {
    {Cost::squared_error, Activation::identity}, {Cost::squared_error, Activation::tanh},
    {Cost::squared_error, Activation::sigmoid},  {Cost::squared_error, Activation::softplus},
    {Cost::huber, Activation::identity},         {Cost::huber, Activation::silu},
    {Cost::binary_cross_entropy, Activation::sigmoid}, {Cost::cross_entropy, Activation::softmax},
    {Cost::poisson, Activation::exp},            {Cost::gaussian_nll, Activation::identity},
    {Cost::student_t, Activation::identity},
};

}  // namespace

int main() {
    check_many_classes();
    check_leaving();
    const std::size_t edge_cases[] = {1, 2, 7, 8, 9, 16, 63, 127, 128, 129, 130, 257, 1000};
    for (InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
        if (set > best_instruction_set()) continue;
        std::size_t checked = 0;
        check_functions(set);
        check_vectors(set);
        check_newton_cg(set);
        for (std::size_t n_samples : edge_cases)
            for (const auto &[cost, output] : kPairs)
                for (std::size_t widest : {std::size_t{4}, std::size_t{11}}) {
                    const Problem problem = random_problem(n_samples, cost, output, widest);
                    check_problem(problem, set, cost != Cost::poisson);
                    check_packing(problem);
                    check_foreign_numbers(problem, set);
                    check_predictions(problem, set);
                    check_variances(problem, set, cost != Cost::poisson);
                    check_structure(problem, set);
                    if (n_samples <= 130) check_fits(problem, set);
                    ++checked;
                }
        for (std::size_t repeat = 0; repeat < 3; ++repeat, ++checked)  // several chunks, for several threads
            check_problem(random_problem(9000 + repeat, Cost::squared_error, Activation::identity, 24), set, true);
        for (Cost cost : {Cost::squared_error, Cost::cross_entropy, Cost::gaussian_nll})  // several groups of rows and columns
            check_structure(
                random_problem(128, cost, cost == Cost::cross_entropy ? Activation::softmax : Activation::identity, 40), set);
        Problem long_work = random_problem(2000, Cost::squared_error, Activation::identity, 24);
        while (long_work.plan->network.n_layers < 4 || long_work.theta.size() < 500)  // several chunks, many iterations
            long_work = random_problem(2000, Cost::squared_error, Activation::identity, 24);
        check_interruption(long_work, set);
        check_cancelled_evaluations(long_work, set);
        check_cancelled_products(random_problem(9, Cost::squared_error, Activation::identity, 4), set);
        check_polling(set);
        std::printf("%s: %zu problems\n", name(set), checked);
    }
    std::printf("%d failures\n", failures);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
