# Writes the files of stored/r with R 4.5.0:  cd stored/r && Rscript ../../make/river.R
river <- data.frame(
  site = c("Aare", "Rhône", "Öre", "Aare", "Aare", "Öre", "Rhône", "Öre", "Aare", "Rhône", "Rhône", "Öre"),
  day = as.Date("2026-03-01") + c(0, 1, 3, 4, 7, 8, 11, 12, 16, 20, 25, 30),
  level = c(1.52, -0.37, 2, 0.045, 3.125, NA, 1.5, -2.75, 0.5, 12.125, 7, 0.25),
  flow = c(1234.5, 987.25, 10250, 850.75, 1500.125, 99.5, 1001, 2345.5, 760, 1.5, 12345.675, 88),
  count = c(7L, 1200L, 15300L, 12L, 1L, 999L, 1000L, 250L, 34000L, 8L, 1750L, 60L),
  ice = c(TRUE, FALSE, FALSE, TRUE, TRUE, FALSE, FALSE, TRUE, FALSE, TRUE, FALSE, FALSE))
ascii <- transform(river, site = c("Aare", "Rhone", "Ore")[match(site, c("Aare", "Rhône", "Öre"))])

# Each function writes river, or another frame, to a file; `changed` and `changed2` change columns of river first.
csv <- function(file, ..., frame = river) write.csv(frame, file, row.names = FALSE, ...)
csv2 <- function(file, ..., frame = river) write.csv2(frame, file, row.names = FALSE, ...)
text <- function(file, ..., frame = river) write.table(frame, file, row.names = FALSE, ...)
changed <- function(file, ...) csv(file, frame = transform(river, ...))
changed2 <- function(file, ...) csv2(file, frame = transform(river, ...))
thousands <- function(x, mark, ...) format(x, big.mark = mark, trim = TRUE, ...)

write.csv(river, "csv.csv")
csv("csv_no_row_names.csv")
csv("csv_unquoted.csv", quote = FALSE)
csv("csv_empty_na.csv", na = "")
csv("csv_na_dot.csv", na = ".")
csv("csv_na_999.csv", na = "-999")
csv("csv_crlf.csv", eol = "\r\n")
csv("csv_cr.csv", eol = "\r")
encodings <- c(latin1 = "latin1", windows1252 = "CP1252", utf16le = "UTF-16LE", utf16 = "UTF-16", utf8_bom = "UTF-8",
               mac = "MACINTOSH")
for (name in names(encodings)) csv(paste0("csv_", name, ".csv"), fileEncoding = encodings[[name]])

write.csv2(river, "csv2.csv")
csv2("csv2_no_row_names.csv")
csv2("csv2_unquoted.csv", quote = FALSE)
csv2("csv2_one_column.csv", frame = river["level"])
write.csv2(river["level"], "csv2_one_column_row_names.csv")
csv2("csv2_latin1.csv", fileEncoding = "latin1")

numbers <- river[c("level", "flow", "count")][-6, ]
write.table(river, "table.txt")
text("table_no_row_names.txt")
text("table_tab.tsv", sep = "\t")
text("table_tab_unquoted.tsv", sep = "\t", quote = FALSE)
write.table(river, "table_tab_row_names.tsv", sep = "\t", quote = FALSE)
write.table(river, "table_col_names_na.tsv", sep = "\t", col.names = NA)
text("table_no_header.csv", sep = ",", col.names = FALSE)
text("table_numbers_no_header.csv", frame = numbers, sep = ",", col.names = FALSE)
text("table_numbers_no_header.txt", frame = numbers, col.names = FALSE)
text("table_decimal_comma.txt", sep = "\t", dec = ",")
text("table_bar.txt", sep = "|", quote = FALSE)
text("table_decimal_comma_spaces.txt", dec = ",")

changed("factor.csv", site = factor(site))
changed("factor_codes.csv", site = as.integer(factor(site, levels = c("Aare", "Rhône", "Öre"))))
changed("posixct.csv", day = as.POSIXct(paste(day, "13:30:00"), tz = "UTC"))
days <- c(german = "%d.%m.%Y", american = "%m/%d/%Y", british_short = "%d/%m/%y", month_names = "%d-%b-%Y", digits = "%Y%m%d")
for (name in names(days)) changed(paste0("dates_", name, ".csv"), day = format(day, days[[name]]))
changed("thousands_comma.csv", flow = thousands(flow, ",", nsmall = 3))
changed2("thousands_point.csv", flow = thousands(flow, ".", nsmall = 3, decimal.mark = ","))
changed("thousands_apostrophe.csv", flow = thousands(flow, "'", nsmall = 3))
changed2("thousands_space.csv", flow = thousands(flow, " ", nsmall = 3, decimal.mark = ","))
changed("whole_thousands.csv", count = thousands(count, ","))
changed("padded.csv", flow = format(flow, nsmall = 3))
changed("percent.csv", level = sprintf("%.1f%%", 100 * level))
changed("dollars.csv", flow = sprintf("$%.3f", flow))
changed("unit.csv", flow = paste(flow, "m3/s"))
changed("t_and_f.csv", ice = ifelse(ice, "T", "F"))
changed("trailing_spaces.csv", site = paste0(site, " "))
changed("huge.csv", flow = flow * 1e12)
changed("scientific.csv", flow = signif(flow, 3) * 1e-9)
csv("leading_zeros.csv", frame = data.frame(id = sprintf("%05d", c(7, 1234, 95014)), y = c(1.5, 2.5, 3.5)))
csv("infinite.csv", frame = data.frame(y = c(1, Inf, -Inf, NaN, NA)))
csv("quotes.csv", frame = data.frame(a = c("says \"no\"", "x, y", "two\nlines"), y = 1:3))

options(width = 200)
capture.output(print(ascii, row.names = FALSE), file = "printed.txt")
capture.output(print(ascii), file = "printed_row_names.txt")
csv(gzfile("csv.csv.gz"))
csv(bzfile("csv.csv.bz2"))
csv(xzfile("csv.csv.xz"))
saveRDS(river, "river.rds"); save(river, file = "river.RData"); dput(river, "dput.R")
saveRDS(river, "river_plain.rds", compress = FALSE); save(river, file = "river_ascii.RData", ascii = TRUE)
foreign::write.dta(ascii, "river.dta"); foreign::write.dbf(ascii, "river.dbf"); foreign::write.arff(ascii, "river.arff")
