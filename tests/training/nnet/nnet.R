# Fits five networks with R's nnet, each the best of 30 starts, and prints them as JSON, for tests/training/test_nnet.py:
#
#     Rscript nnet.R > nnet.json        (R 4.5.0 with nnet 7.3-20; no other package)
#
# Data: a formula; swiss (Mosteller and Tukey 1977) and iris (Anderson 1935, Fisher 1936) as R ships them in its package
# datasets, which is part of R (GPL-2 | GPL-3).  Inputs are standardized and rounded here, before nnet sees them.
library(nnet)

# Where nnet ends from a start.  It stops when the objective falls by less than reltol, so each end is the start of
# another run until none helps.
end_of <- function(start, X, y, ...) {
  wts <- start
  value <- Inf
  repeat {
    net <- nnet(X, y, Wts = wts, maxit = 100000, abstol = 0, reltol = 1e-16, trace = FALSE, ...)
    if (!(net$value < value)) break
    value <- net$value
    wts <- net$wts
  }
  net
}

number <- function(x, digits = 17) sprintf(paste0("%.", digits, "g"), x)
vector_json <- function(x, ...) paste0("[", paste(number(x, ...), collapse = ", "), "]")
matrix_json <- function(x, ...) paste0("[\n   ", paste(apply(x, 1, vector_json, ...), collapse = ",\n   "), "]")

n_starts <- 30
case <- function(name, source, X, y, size, decay, ...) {
  X <- round(as.matrix(X), 5)
  y <- round(as.matrix(y), 5)
  skip <- isTRUE(list(...)$skip)
  size_of_theta <- (ncol(X) + 1) * size + (size + 1 + skip * ncol(X)) * ncol(y)
  set.seed(1)
  starts <- matrix(round(runif(n_starts * size_of_theta, -0.7, 0.7), 3), n_starts)
  ends <- apply(starts, 1, end_of, X, y, size = size, decay = decay, ..., simplify = FALSE)
  best <- ends[[which.min(sapply(ends, function(net) net$value))]]
  net <- nnet(X, y, Wts = best$wts, maxit = 0, Hess = TRUE, trace = FALSE, size = size, decay = decay, ...)
  entries <- c(
    source = paste0('"', source, '"'), decay = number(decay), hidden = number(size),
    skip = if (skip) "true" else "false", X = matrix_json(X, 10), y = matrix_json(y, 10),
    # Weight k comes from unit conn[k]: 0 is the bias, then the inputs, the hidden units and the outputs are counted.
    # The weights into unit u are those with nconn[u] <= k < nconn[u + 1], all counted from 0.
    conn = vector_json(net$conn), nconn = vector_json(net$nconn),
    starts = matrix_json(starts, 10), weights = vector_json(net$wts), value = number(net$value),
    fitted = matrix_json(net$fitted.values, 12), hessian = matrix_json(net$Hessian, 12)
  )
  paste0(' "', name, '": {\n', paste0('  "', names(entries), '": ', entries, collapse = ",\n"), "\n }")
}

i <- 1:40
wave <- cbind(sin(0.7 * i), cos(1.3 * i) + 0.01 * i)
curve <- exp(-wave[, 1]^2) + 0.5 * wave[, 1] * wave[, 2]
flowers <- scale(as.matrix(iris[, 1:4]))
two <- iris$Species != "setosa"

cat("{\n", paste0(' "version": "R ', getRversion(), ", nnet ", packageVersion("nnet"), '",\n'), sep = "")
cat(
  case("regression", "formula", wave, curve, 2, 0.01, linout = TRUE),
  case("two_outputs", "formula", wave, cbind(curve, wave[, 1]^2), 3, 0.02, linout = TRUE),
  case("skip", "swiss", scale(swiss[, -1]), scale(swiss[, 1]), 1, 0.05, linout = TRUE, skip = TRUE),
  case("entropy", "iris", flowers[two, ], as.numeric(iris$Species[two] == "virginica"), 2, 0.02, entropy = TRUE),
  case("softmax", "iris", flowers, class.ind(iris$Species), 2, 0.1, softmax = TRUE),
  sep = ",\n"
)
cat("\n}\n")
