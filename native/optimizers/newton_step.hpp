// Truncated Newton steps by preconditioned conjugate gradients: src/sheernet/optimizers/newton_step.py in C++; source and
// deviations are given there.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "../instruction_set.hpp"
#include "point.hpp"

namespace sheernet {

class NewtonCG {
  public:
    // As in newton_step.py: in units of p^T M p, and of |M^-1 g|_M.
    static constexpr double kCurvatureLimit = 1e-10, kLengthAlongCurvature = 2.0;

    NewtonCG(const Kernel &kernel, std::size_t n)
        : kernel_(kernel), n_(n), h_(zeros(padded(n))), Hh_(zeros(padded(n))), r_(zeros(padded(n))), z_(zeros(padded(n))),
          p_(zeros(padded(n))), Hp_(zeros(padded(n))) {}

    struct Result {
        double predicted = 0.0;  // -g^T h - 1/2 h^T H h
        bool negative_curvature = false;
        std::size_t n_products = 0;
    };

    // (P,), padded: h and H h of the last solve.
    const double *step() const { return h_.get(); }
    const double *product() const { return Hh_.get(); }

    // multiply(p, out) writes H p and precondition(r, out) writes M^-1 r, to P entries.  `g` and `damping`, the diagonal of
    // D, have P entries, padded with zeros.  Without a radius (infinity), only steps along negative curvature are limited.
    template <class Multiply, class Precondition>
    Result solve(
        const Multiply &multiply, const double *g, const Precondition &precondition, const double *damping,
        double tolerance, std::size_t max_products, double radius, double curvature_limit = kCurvatureLimit) {
        double *h = h_.get(), *Hh = Hh_.get(), *r = r_.get(), *z = z_.get(), *p = p_.get(), *Hp = Hp_.get();
        std::fill(h, h + n_, 0.0);
        std::fill(Hh, Hh + n_, 0.0);
        for (std::size_t i = 0; i < n_; ++i) r[i] = -g[i];
        precondition(r, z);
        std::copy(z, z + n_, p);
        double rz = dot(r, z);
        const double enough = tolerance * tolerance * rz;
        const double boundary = std::isfinite(radius) ? radius : kLengthAlongCurvature * std::sqrt(std::max(rz, 0.0));
        double hMh = 0.0, hMp = 0.0, pMp = rz;
        Result result;
        while (result.n_products < max_products && rz > enough) {
            multiply(p, Hp);
            ++result.n_products;
            double *Kp = z;  // K = H + D; z is not needed until the next residual
            for (std::size_t i = 0; i < n_; ++i) Kp[i] = Hp[i] + damping[i] * p[i];
            const double curvature = dot(p, Kp);
            if (!std::isfinite(curvature)) break;
            result.negative_curvature = curvature <= curvature_limit * pMp;
            double length = result.negative_curvature ? 0.0 : rz / curvature;
            const double beyond = hMh + length * (2.0 * hMp + length * pMp);
            const bool is_last = result.negative_curvature || beyond >= radius * radius;
            if (is_last) length = length_to(boundary, hMh, hMp, pMp);
            for (std::size_t i = 0; i < n_; ++i) {
                h[i] += length * p[i];
                Hh[i] += length * Hp[i];
                r[i] -= length * Kp[i];
            }
            if (is_last) break;
            precondition(r, z);
            const double ratio = dot(r, z) / rz;
            rz *= ratio;
            for (std::size_t i = 0; i < n_; ++i) p[i] = z[i] + ratio * p[i];
            hMh = beyond;
            hMp = ratio * (hMp + length * pMp);
            pMp = rz + ratio * ratio * pMp;
        }
        result.predicted = -dot(h, g) - 0.5 * dot(h, Hh);
        return result;
    }

  private:
    // |h + length p|_M = boundary for length >= 0; 0 if h is already beyond.
    static double length_to(double boundary, double hMh, double hMp, double pMp) {
        const double room = boundary * boundary - hMh;
        return room > 0.0 ? room / (hMp + std::sqrt(hMp * hMp + pMp * room)) : 0.0;
    }

    double dot(const double *a, const double *b) const { return kernel_.dot(a, b, padded(n_)); }

    const Kernel &kernel_;
    std::size_t n_;
    Aligned h_, Hh_, r_, z_, p_, Hp_;  // (P,), padded
};

}  // namespace sheernet
