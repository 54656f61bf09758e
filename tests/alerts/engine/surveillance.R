# What R's surveillance package says of the series in a CSV (one per row): the oracle of test_spikes.py.
# Out: series, day, and per detector the threshold (EARS) or the statistic and the alarm (CUSUM).
suppressMessages(library(surveillance))
arguments <- commandArgs(trailingOnly = TRUE)
series <- as.matrix(read.csv(arguments[1], header = FALSE))
first <- 12
rows <- list()
for (i in seq_len(nrow(series))) {
  counts <- series[i, ]
  days <- first:length(counts)
  wire <- sts(observed = matrix(counts, ncol = 1), start = c(2001, 1), frequency = 365)
  ears <- function(method, alpha) upperbound(earsC(wire, control = list(
    range = days, method = method, alpha = alpha, minSigma = 0.5)))[, 1]
  cusum <- glrnb(wire, control = list(range = days, c.ARL = 4.5, mu0 = rep(2, length(days)), alpha = 0.25,
    theta = log(2), dir = "inc", ret = "value"))
  rows[[i]] <- data.frame(series = i, day = days, c1 = ears("C1", 0.001), c2 = ears("C2", 0.001),
    c3 = ears("C3", 0.025), cusum = upperbound(cusum)[, 1], alarm = as.integer(alarms(cusum)[, 1]))
}
write.csv(do.call(rbind, rows), arguments[2], row.names = FALSE)
