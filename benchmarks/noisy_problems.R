# R's nnet for noisy_problems.py: fits the problem in FOLDER from its starts, and writes FOLDER/ends.csv.
#
#     Rscript noisy_problems.R FOLDER kind size decay reltol
#
# kind is linout, entropy or softmax.  X.csv, y.csv and starts.csv (a start in each row, in nnet's order) have no header.
# Each row of ends.csv: milliseconds of the processor, nnet's objective, the weights.  Fits are repeated until they take
# 20 ms, because R's clock counts milliseconds.
library(nnet)
given <- commandArgs(trailingOnly = TRUE)
numbers <- function(name) as.matrix(read.csv(file.path(given[1], name), header = FALSE))
X <- numbers("X.csv")
y <- numbers("y.csv")
starts <- numbers("starts.csv")
kind <- setNames(list(TRUE), given[2])
fit <- function(start) {
  arguments <- list(
    x = X, y = y, size = as.integer(given[3]), Wts = start, decay = as.numeric(given[4]), maxit = 10000,
    abstol = 0, reltol = as.numeric(given[5]), MaxNWts = 10000, trace = FALSE
  )
  do.call(nnet.default, c(arguments, kind))
}
timed <- function(start) {
  times <- 1
  repeat {
    used <- system.time(for (i in seq_len(times)) net <- fit(start))
    seconds <- used[["user.self"]] + used[["sys.self"]]
    if (seconds >= 0.02) return(c(1000 * seconds / times, net$value, net$wts))
    times <- 4 * times
  }
}
ends <- t(apply(starts, 1, timed))
write.table(format(ends, digits = 17), file.path(given[1], "ends.csv"), sep = ",", quote = FALSE, row.names = FALSE,
            col.names = FALSE)
