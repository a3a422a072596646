"""Explain a fitted model.

summary.py             `summarize`: networks, coefficients, likelihood, starts, and what the weights show
coefficient_table.py   weights with standard errors; without hidden layers as those of a regression
linear_terms.py        the linear map from the weights of a network without hidden layers to its coefficients
network_figures.py     effective parameters, noise, AIC and BIC of a member
overall_fit.py         a test of all terms of a regression together
network_diagnosis.py   units and inputs that do nothing, and inputs that cannot be told apart, in words
rows_to_explain.py     the rows of a table, and whether they are the training rows
summary_text.py        a summary as text or HTML
"""

from sheernet.models.explaining.summary import Summary, summarize

__all__ = ["Summary", "summarize"]
