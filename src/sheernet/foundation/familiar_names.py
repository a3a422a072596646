"""Functions and attributes of other packages that users may look for here, with their counterparts."""

from __future__ import annotations

from collections.abc import Mapping

_PREDICT = "call model.predict(table)"
_CHECK = "sn.check_gradient(objective, theta) and sn.check_gradient(function, gradient, point) check a gradient"
_READ = "sn.read_table('data.csv') reads a file, and sn.fit('data.csv', target='NAME') reads and fits it"
_LOAD = "sn.load('model.json') reads a model that model.save('model.json') wrote"
_NEW = "sn.fit(table, target='NAME') trains a network, and sn.Network.random(sn.Architecture((2, 3, 1))) draws one"
_CLASSES = "model.probabilities(table) returns a column for each class"
_WEIGHTS = "model.network['W1'] is a matrix of weights, and model.summary() lists all by name"

FUNCTIONS: Mapping[str, str] = {
    "predict": _PREDICT,
    **dict.fromkeys(("check", "gradient_check", "gradcheck", "check_grad"), _CHECK),
    **dict.fromkeys(("read_csv", "read_excel", "read_parquet", "read", "load_data"), _READ),
    **dict.fromkeys(("load_model", "read_model", "open"), _LOAD),
    **dict.fromkeys(("save", "save_model"), "call model.save('model.json')"),
    **dict.fromkeys(
        ("Sequential", "nn", "nnet", "fitnet", "patternnet", "feedforwardnet", "NeuralNetwork", "MLP"), _NEW
    ),
    **dict.fromkeys(("minimize", "optimize"), "sn.optimizers minimizes functions; model.optimize finds inputs"),
    **dict.fromkeys(("plot", "show"), "sn.plots.cost(model) and the other functions of sn.plots draw pictures"),
    **dict.fromkeys(("evaluate", "score"), "call model.score(table)"),
    **dict.fromkeys(("importance", "effects", "summary", "profile", "report"), "it is a method of the model of sn.fit"),
}  # fmt: skip
"""Advice by the name of a function that the package does not have."""

MODEL: Mapping[str, str] = {
    **dict.fromkeys(("forward", "transform", "compute", "sim"), _PREDICT),
    **dict.fromkeys(("predict_proba", "predict_log_proba", "decision_function"), _CLASSES),
    **dict.fromkeys(
        ("weights", "coef_", "coefs_", "intercepts_", "theta", "get_weights", "IW", "LW", "getwb"), _WEIGHTS
    ),
    **dict.fromkeys(
        ("fit", "train", "partial_fit"), "a model is fitted already; sn.fit(table, target='NAME') fits another one"
    ),
    **dict.fromkeys(("evaluate", "perform"), "call model.score(table)"),
    "plot": "sn.plots.cost(model) and the other functions of sn.plots draw pictures",
    **dict.fromkeys(("history", "loss_curve_", "losses", "tr"), "model.record.cost is the cost of each iteration"),
    "load": _LOAD,
}  # fmt: skip
"""Advice by the name of an attribute that a model does not have."""

NETWORK: Mapping[str, str] = {
    **dict.fromkeys(("forward", "compute", "sim", "transform"), "call network.predict(X)"),
    **dict.fromkeys(("fit", "train"), "sn.train(network, X, y) trains it"),
    **dict.fromkeys(("weights", "coefs_", "get_weights"), "network['W1'] is a matrix of weights"),
    "save": "sn.fit returns a model, which has a method save; theta is an array, which NumPy can save",
}  # fmt: skip
"""Advice by the name of an attribute that a network does not have."""
