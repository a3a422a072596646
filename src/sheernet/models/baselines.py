"""Names of the other predictions that the default fit is compared with."""

from __future__ import annotations

from sheernet.data.targets import ClassTarget, Targets

LINEAR = "linear model"
TREES = "boosted trees"


def constant_prediction(targets: Targets) -> str:
    """The name of the prediction that is the same for each row.

    Examples
    --------
    >>> from sheernet.data.targets import ClassTarget
    >>> from sheernet.models.baselines import constant_prediction
    >>> constant_prediction(ClassTarget("grade", ("A", "B")))
    'class frequencies'
    """
    if isinstance(targets, ClassTarget):
        return "class frequencies"
    return f"mean of {'target' if len(targets.names) == 1 else 'targets'}"


def shown_name(prediction: str, targets: Targets) -> str:
    """The name of a prediction in text: for classes, the linear model of the log odds is the logistic model.

    With an output activation for numeric targets it is called generalized, as in statistics.  The mean is that of other
    rows than the predicted ones, so its R^2 may be below 0.
    """
    if prediction == constant_prediction(targets) and not isinstance(targets, ClassTarget):
        return "mean of other rows"
    if prediction != LINEAR or targets.output == "identity":
        return prediction
    return "logistic model" if isinstance(targets, ClassTarget) else f"generalized {LINEAR}"
