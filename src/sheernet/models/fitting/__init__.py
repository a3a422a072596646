"""Fit a model to a table.

table_fit.py           `fit`, and `fit_prepared` for rows that are already prepared
preparation.py         choose columns, learn encoders, encode rows
target_values.py       the target: names of columns, or values given separately
usable_data.py         omit the rows and columns that cannot be used
splitting.py           choose the held-out rows
split_effects.py       constant columns and values out of range that are caused by holding rows out
copied_rows.py         test or validation rows that are training rows
row_groups.py          groups of rows that neither folds nor held-out rows divide
default_effort.py      default number of starts and tolerance, by the size of the problem
left_out_fits.py       fits without some rows, from several starts: shared by decay="cv" and sheernet.select
cross_validated_decay.py  the weight decay of a single network by cross-validation
fit_plan.py            what a fit is about to do: rows, settings, first network and cost
time_left.py           the time limit, which starts when the table is read
time_of_one_network.py what the training of one network needs of it
answer_fit.py          the default fit: the best prediction of several networks
autosave.py          keep the best model so far of a long fit in a file
fold_cases.py          the rows that folds divide: parts of rows whose weights are counts of classes
sharded_other_rows.py  validation and test rows from a second data set
sharded_fit.py         `fit_shards`: from files that need not fit in memory to a model
fit_file.py            keep the state of a fit of shards in a file, and continue from it
sharded_training.py    train one network on a holder of shards, and compute its uncertainty
sharded_model.py       evaluate this network on the rows of all shards, and build the model
sharded_metrics.py     metrics on rows that are read shard by shard: sums that merge
linear_sums.py         the linear model from sums over the rows
thread_mapper.py       call a function of each shard on several threads
simple_predictions.py  the linear model, trees and a constant, with which the network is compared
boosted_trees.py       the predictions of boosted trees, by scikit-learn
fitted_member.py       build a member from the result of training, with its noise and uncertainty
assembly.py            build the model from the result of training, and evaluate it
held_out_costs.py      the cost of the held-out rows along a training run
count_dispersion.py    whether counts vary more than under a Poisson distribution
model_checks.py        check the gradient of a fitted model on a table
option_errors.py       errors for options that are misspelled, or that only `train` takes
"""

from sheernet.models.fitting.assembly import assemble
from sheernet.models.fitting.autosave import UnfinishedModel
from sheernet.models.fitting.model_checks import check_model, gradient_problem
from sheernet.models.fitting.preparation import Encoded, Prepared, encode_rows, prepare
from sheernet.models.fitting.splitting import split_rows
from sheernet.models.fitting.table_fit import fit, fit_prepared
from sheernet.models.fitting.time_left import TableClock

__all__ = [
    "Encoded",
    "Prepared",
    "TableClock",
    "UnfinishedModel",
    "assemble",
    "check_model",
    "encode_rows",
    "fit",
    "fit_prepared",
    "gradient_problem",
    "prepare",
    "split_rows",
]
