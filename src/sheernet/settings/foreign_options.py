"""Advice for options of other packages that have no single counterpart here; those that have one are in the registry.

The packages are Keras, scikit-learn, R's nnet, neuralnet and caret, and MATLAB's network objects and fitrnet.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheernet.foundation.sentences import Sentence, Setting, sentence

_STOP = sentence(
    "early stopping needs validation rows: give them with {}, and the number of iterations without improvement "
    "with {}",
    Setting("validation"), Setting("patience"),
)  # fmt: skip
_SPLIT = sentence(
    "{} holds out rows to evaluate the model; give rows for early stopping with {}",
    Setting("held_out"), Setting("validation"),
)  # fmt: skip
_TASK = sentence(
    "output and cost depend on the task: the output is linear for numeric targets unless {} is given, and sigmoid "
    "or softmax with the cross-entropy for classes; choose the task with {}",
    Setting("output_activation"), Setting("task"),
)  # fmt: skip
_FOLDS = sentence(
    "by default a model is evaluated on held-out folds; {} chooses the weight decay by cross-validation",
    Setting("decay", "cv"),
)  # fmt: skip
_SHOW = sentence("{} shows the progress of a fit", Setting("progress", True))
_INITIAL = sentence(
    "initial weights are drawn from a range that depends on the size of each layer; {} selects another distribution",
    Setting("scheme", "uniform"),
)  # fmt: skip
_DAMPING = sentence(
    "the method lm adapts its damping; {} is the relative initial value", Setting("tau")
)
_FORMULA = sentence(
    "there are no formulas: name the target with {} and other columns with {}; put logarithms and products into "
    "columns of the table",
    Setting("target"), Setting("inputs"),
)  # fmt: skip
_FAMILY = sentence(
    "text is predicted by probabilities, and numbers with normal noise; for counts give {}, {} and {}",
    Setting("output_activation", "exp"), Setting("cost", "poisson"), Setting("decay", "cv"),
)  # fmt: skip
_OFFSET = sentence(
    "offsets are not available: predict the rate, with the exposure as {} divided by its mean",
    Setting("weights"),
)
_WEIGHTS = sentence(
    "give the weight of each row with {}, as an array or as the name of a column of a table",
    Setting("weights"),
)
_FIELDS = sentence(
    "give each of its fields as an argument, such as {} and {}",
    Setting("max_iter", 100),
    Setting("gradient_tolerance", 1e-7),
)
_PROCESSOR = sentence(
    "networks are trained on the processor; {} is the number of its threads", Setting("threads")
)
_PENALTY = sentence(
    "the penalty is {} / 2 times the sum of squared weights, and fit scales the targets, so other programs' values "
    "differ; fit chooses it by default, and in Python sn.decay_from converts scikit-learn's alpha, MATLAB's "
    "regularization and nnet's decay",
    Setting("decay"),
)

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
    **dict.fromkeys(("cv", "folds", "kfold", "n_folds", "nfolds", "crossval"), _FOLDS),
    **dict.fromkeys(("verbose", "trace", "show", "showwindow", "lifesign", "disp"), _SHOW),
    **dict.fromkeys(("rang", "wts", "startweights", "kernel_initializer", "init"), _INITIAL),
    **dict.fromkeys(("mu", "mu_dec", "mu_inc", "mu_max"), _DAMPING),
    **dict.fromkeys(("formula", "form"), _FORMULA),
    **dict.fromkeys(("family", "link", "distribution"), _FAMILY),
    **dict.fromkeys(("offset", "exposure"), _OFFSET),
    **dict.fromkeys(
        ("alpha", "l2", "weight_decay", "lambda", "lambda_", "penalty", "regularization", "reg", "l2_reg",
         "l2regularization", "kernel_regularizer", "performparam"), _PENALTY
    ),
    "subset": sentence("select the rows of the table before the fit; {} leaves out columns", Setting("drop")),
    "dropout": sentence(
        "{} keeps weights small, and is chosen from the data by default; {} names columns to leave out",
        Setting("decay"), Setting("drop"),
    ),
    "l1": sentence("the penalty is on squared weights: {}", Setting("decay")),
    **dict.fromkeys(
        ("class_weight", "sample_weight", "error_weights", "errorweights", "ew", "ewts"), _WEIGHTS
    ),
    "trainparam": _FIELDS,
    **dict.fromkeys(("useparallel", "usegpu"), _PROCESSOR),
    "goal": sentence(
        "a fit stops at a minimum; give {} to stop earlier", Setting("cost_tolerance")
    ),
    "shuffle": sentence("the order of the rows makes no difference, except for {} and {}",
                        Setting("method", "gd"), Setting("method", "adam")),
    "maxnwts": sentence("the number of weights is limited only by memory; omit this option"),
    "hess": sentence("predict(..., return_std=True) returns the uncertainty of predictions; omit this option"),
    "warm_start": sentence("each fit starts from new weights; sheernet.train(..., resume=...) continues a run"),
    "metrics": sentence("the report contains R^2 and the error, or accuracy and log loss; omit this option"),
    "skip": sentence("networks with skip connections are trained by sheernet.train; omit this option"),
}  # fmt: skip
"""Advice for `fit` by the name of the option in lower case."""
_IN_TRAIN: Mapping[Sentence, Sentence] = {
    **{advice: advice for advice in (_STOP, _SHOW, _INITIAL, _DAMPING, _FIELDS, _PROCESSOR, _PENALTY)},
    _SPLIT: sentence(
        "all given rows are training rows; give rows for early stopping with {}, and keep rows for a test aside",
        Setting("validation"),
    ),
    _TASK: sentence(
        "the output is that of the network, such as sn.Architecture((2, 3, 1), output='sigmoid'); the cost is {}",
        Setting("cost"),
    ),
    _WEIGHTS: sentence("give an array with the weight of each row with {}", Setting("weights")),
    ANSWERS["goal"]: sentence(
        "training stops at a value of the objective, such as half the mean squared error of the given targets, with {}",
        Setting("target"),
    ),
    ANSWERS["skip"]: sentence("a network has them with sn.Architecture(..., skip=True)"),
}  # fmt: skip
"""Advice for `train` and other functions that minimize an objective, by the advice for `fit`."""


def answer(name: str) -> Sentence | None:
    """Return the advice for an option of another package; None if there is none.

    Examples
    --------
    >>> from sheernet.settings.foreign_options import answer
    >>> answer("kFold")
    "by default a model is evaluated on held-out folds; decay='cv' chooses the weight decay by cross-validation"
    """
    return ANSWERS.get(name.lower())


def answer_of_train(name: str) -> Sentence | None:
    """Return the advice for an option of another package that was given to `train`; None if there is none.

    Examples
    --------
    >>> from sheernet.settings.foreign_options import answer_of_train
    >>> answer_of_train("EW")
    'give an array with the weight of each row with weights'
    """
    advice = answer(name)
    return None if advice is None else _IN_TRAIN.get(advice)
