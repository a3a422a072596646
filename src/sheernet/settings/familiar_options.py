"""Answers to options of other packages that have no single counterpart here; those that have one are in the registry.

Keras, scikit-learn, R's nnet, neuralnet and caret, and MATLAB's network objects and fitrnet.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheernet.foundation.sentences import Sentence, Setting, sentence

_STOP = sentence(
    "stopping early needs rows of their own: give them with {}, and the number of iterations without improvement "
    "with {}",
    Setting("validation"), Setting("patience"),
)  # fmt: skip
_SPLIT = sentence(
    "{} holds rows out to evaluate the model; rows for early stopping are given with {}",
    Setting("held_out"), Setting("validation"),
)  # fmt: skip
_TASK = sentence(
    "output and cost depend on the task: numbers have a linear output, or another with {}, classes a sigmoid or "
    "softmax with the cross-entropy; choose the task with {}",
    Setting("output_activation"), Setting("task"),
)  # fmt: skip
_FOLDS = sentence(
    "by default the figures are those of rows held out in folds; {} chooses the weight decay in folds",
    Setting("decay", "cv"),
)  # fmt: skip
_SHOW = sentence("{} shows how far a fit is", Setting("progress", True))
_INITIAL = sentence(
    "initial weights are drawn in a range that depends on the size of each layer; {} is another distribution",
    Setting("scheme", "uniform"),
)  # fmt: skip
_DAMPING = sentence("the method chooses its damping; {} is the first one, relative", Setting("tau"))

ANSWERS: Mapping[str, Sentence] = {
    **dict.fromkeys(("early_stopping", "earlystopping"), _STOP),
    **dict.fromkeys(
        ("validation_split", "validation_fraction", "validation_data", "validationdata", "dividefcn", "divideparam",
         "trainratio",
         "valratio", "testratio"), _SPLIT
    ),
    **dict.fromkeys(
        ("entropy", "softmax", "linout", "censored", "linear_output", "classification", "regression"), _TASK
    ),
    **dict.fromkeys(("cv", "folds", "kfold", "n_folds", "crossval"), _FOLDS),
    **dict.fromkeys(("verbose", "trace", "show", "showwindow", "lifesign", "disp"), _SHOW),
    **dict.fromkeys(("rang", "wts", "startweights", "kernel_initializer", "init"), _INITIAL),
    **dict.fromkeys(("mu", "mu_dec", "mu_inc", "mu_max"), _DAMPING),
    "dropout": sentence(
        "weights are kept small by {}, which the data choose by default; {} names columns to leave out",
        Setting("decay"), Setting("drop"),
    ),
    "l1": sentence("the penalty is on squared weights: {}", Setting("decay")),
    "class_weight": sentence(
        "give a column with the weight of each row with {}", Setting("weights")
    ),
    **dict.fromkeys(
        ("sample_weight", "error_weights", "errorweights", "ew", "ewts"),
        sentence("give a column with the weight of each row with {}", Setting("weights")),
    ),
    "goal": sentence(
        "a fit stops at a minimum; give {} to stop earlier", Setting("cost_tolerance")
    ),
    "shuffle": sentence("the order of the rows makes no difference, except for {} and {}",
                        Setting("method", "gd"), Setting("method", "adam")),
    "maxnwts": sentence("there is no limit on the number of weights except memory; leave it out"),
    "hess": sentence("predict(..., return_std=True) has the uncertainty of predictions; leave it out"),
    "warm_start": sentence("each fit starts anew; sheernet.train(..., resume=...) continues one"),
    "metrics": sentence("the report has R^2 and the error, or accuracy and log loss; leave it out"),
    "skip": sentence("networks with skip connections are trained by sheernet.train; leave it out"),
}  # fmt: skip
"""By name, in lower case: what to use instead."""


def answer(name: str) -> Sentence | None:
    """What to use instead of an option of another package; None if there is no answer.

    Examples
    --------
    >>> from sheernet.settings.familiar_options import answer
    >>> answer("kFold")
    "by default the figures are those of rows held out in folds; decay='cv' chooses the weight decay in folds"
    """
    return ANSWERS.get(name.lower())
