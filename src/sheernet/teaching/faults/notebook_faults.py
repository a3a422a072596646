"""Mistakes in the notebook's class: faults of the bank that apply to its network, and mistakes in other functions."""

from __future__ import annotations

from sheernet.teaching.faults.class_fault import ClassFault

_RETURN = "        return dJ_dW_1, dJ_dW_2\n"
_FORWARD = "        self.y_hat = self.forward(X)\n"
_PRIME = "cost_function_prime"
_LINE_BY_LINE = "Compare the shape and the meaning of every array in this method with its formula, line by line."
_OUTPUT = "Write down the chain rule from the cost to z_3, factor by factor, and count the factors in delta_3."
_HIDDEN = "W_2 is right and W_1 is wrong: the mistake is in the lines between delta_3 and dJ_dW_1."
_FACTOR = "All entries are wrong by one number: compare the cost that you differentiate with cost_function."
_SLOPE = "Compare your numbers with the slope of the sigmoid, (f(z + h) - f(z - h)) / (2 h), at z = 0 and z = 2."
_INDEX = "Most entries are right: look for code that treats a part of the array differently."


def _returned(new: str) -> tuple[str, str]:
    return _RETURN, f"        {new}\n"


def _in_prime(name: str, what: str, hint: str, old: str, new: str) -> ClassFault:
    return ClassFault(name, _PRIME, what, hint, old, new)


def _of_the_whole_gradient() -> list[ClassFault]:
    scaled = "return {0} * dJ_dW_1, {0} * dJ_dW_2".format
    return [
        _in_prime("sign", "The whole gradient has the wrong sign: the error is y - y_hat.",
                  "If y_hat rises above y, should the cost rise or fall? Your gradient says the opposite.",
                  "error = self.y_hat - y", "error = y - self.y_hat"),
        _in_prime("factor 2", "The whole gradient is twice as large: the 1/2 of the cost is forgotten.", _FACTOR,
                  *_returned(scaled("2.0"))),
        _in_prime("factor 1/2",
                  "The whole gradient is half as large: the 2 of the derivative of a square is forgotten.", _FACTOR,
                  *_returned(scaled("0.5"))),
        _in_prime("averaged twice", "The gradient is averaged over the samples, but the cost is their sum.", _FACTOR,
                  *_returned("return dJ_dW_1 / len(X), dJ_dW_2 / len(X)")),
        _in_prime("summed", "The gradient is multiplied by the number of samples.", _FACTOR,
                  *_returned("return len(X) * dJ_dW_1, len(X) * dJ_dW_2")),
        _in_prime("last sample left out", "The last sample is left out of the gradient.",
                  "Every formula is right. Which samples does the cost contain, and which the gradient?",
                  _FORWARD, "        X, y = X[:-1], y[:-1]\n" + _FORWARD),
        _in_prime("stale forward", "z and a are those of an earlier forward pass, possibly with other weights or rows.",
                  "Where do z_2, a_2 and z_3 come from, and which weights did they see?",
                  _FORWARD, "        self.y_hat = sigmoid(self.z_3)\n"),
    ]  # fmt: skip


def _of_deltas() -> list[ClassFault]:
    output, hidden = "error * sigmoid_prime(self.z_3)", "back * sigmoid_prime(self.z_2)"
    return [
        _in_prime("f' left out at the output", "The delta of the output layer lacks the factor f'(z_3).", _OUTPUT,
                  output, "error"),
        _in_prime("f' at y_hat", "The derivative of the output activation is evaluated at y_hat, not at z_3.",
                  "At which number is the derivative of the sigmoid taken: before or after the sigmoid?",
                  output, "error * sigmoid_prime(self.y_hat)"),
        _in_prime("squared_error with f' twice", "The delta of the output layer contains the factor f'(z_3) twice.",
                  _OUTPUT,
                  output, "error * sigmoid_prime(self.z_3) ** 2"),
        _in_prime("error left out", "The delta of the output layer lacks the factor y_hat - y.", _OUTPUT,
                  output, "sigmoid_prime(self.z_3)"),
        _in_prime("f' left out", "The delta of the hidden layer lacks the factor f'(z_2).", _HIDDEN, hidden, "back"),
        _in_prime("f' at the activation", "The derivative of the hidden activation is evaluated at a_2, not at z_2.",
                  "At which number is the derivative of the sigmoid taken: before or after the sigmoid?",
                  hidden, "back * sigmoid_prime(self.a_2)"),
        _in_prime("hidden sign", "The deltas of the hidden layer have the wrong sign.", _HIDDEN,
                  hidden, "-back * sigmoid_prime(self.z_2)"),
        _in_prime("hidden deltas halved", "The deltas of the hidden layer are half as large.", _HIDDEN,
                  hidden, "0.5 * back * sigmoid_prime(self.z_2)"),
        _in_prime("weights left out", "The deltas are propagated back as if all weights of W_2 were 1.", _HIDDEN,
                  "delta_3 @ self.W_2.T", "delta_3 @ np.ones_like(self.W_2.T)"),
        _in_prime("delta_3 left out", "The error is propagated back instead of delta_3.", _HIDDEN,
                  "delta_3 @ self.W_2.T", "error @ self.W_2.T"),
        ClassFault("sigmoid' is a", "sigmoid_prime", "The derivative of the sigmoid lacks its second factor.", _SLOPE,
                   "sigmoid(z) * (1.0 - sigmoid(z))", "sigmoid(z)"),
        ClassFault("sigmoid' of a", "sigmoid_prime",
                   "The derivative of the sigmoid is written for an argument that is the activation, z (1 - z).",
                   _SLOPE,
                   "sigmoid(z) * (1.0 - sigmoid(z))", "z * (1.0 - z)"),
    ]  # fmt: skip


def _of_blocks() -> list[ClassFault]:
    def changed(line: str) -> tuple[str, str]:
        return _RETURN, f"        {line}\n" + _RETURN

    return [
        _in_prime("activation before f", "dJ_dW_2 uses the pre-activations z_2 instead of the activations a_2.",
                  "W_1 is right and W_2 is wrong: what does the layer of W_2 receive as its input?",
                  "self.a_2.T @ delta_3", "self.z_2.T @ delta_3"),
        _in_prime("block doubled", "dJ_dW_2 is twice as large as it should be.",
                  "One of the two arrays is wrong by a number: look at its line alone.",
                  "self.a_2.T @ delta_3", "2.0 * self.a_2.T @ delta_3"),
        _in_prime("first weights transposed", "The entries of dJ_dW_1 are stored in transposed order.",
                  "The numbers are right, but not their places: check how the array got its shape.",
                  "dJ_dW_1 = X.T @ delta_2", "dJ_dW_1 = (X.T @ delta_2).T.reshape(self.W_1.shape)"),
        _in_prime("shape transposed", "dJ_dW_1 has the transposed shape.",
                  "The derivative by an array has the shape of this array.",
                  "dJ_dW_1 = X.T @ delta_2", "dJ_dW_1 = delta_2.T @ X"),
        _in_prime("first layer detached", "dJ_dW_1 is never computed and stays zero.",
                  "A gradient that is exactly zero was never computed.",
                  "dJ_dW_1 = X.T @ delta_2", "dJ_dW_1 = np.zeros_like(self.W_1)"),
        _in_prime("inputs left out", "dJ_dW_1 lacks the inputs: the deltas are summed over the samples only.", _HIDDEN,
                  "dJ_dW_1 = X.T @ delta_2", "dJ_dW_1 = np.ones_like(X).T @ delta_2"),
        _in_prime("last row zero", "The last row of dJ_dW_2 is zero.", _INDEX, *changed("dJ_dW_2[-1] = 0.0")),
        _in_prime("last column zero", "The last column of dJ_dW_2 is zero.", _INDEX, *changed("dJ_dW_2[:, -1] = 0.0")),
        _in_prime("rows shifted", "The rows of dJ_dW_2 are stored one row too low.",
                  "The numbers are right, but not their places: check how the array is filled.",
                  *changed("dJ_dW_2 = np.roll(dJ_dW_2, 1, axis=0)")),
        _in_prime("one entry zero", "One entry of dJ_dW_1 is zero.", _INDEX, *changed("dJ_dW_1[1, 0] = 0.0")),
        _in_prime("sign of one entry", "One entry of dJ_dW_1 has the wrong sign.", _INDEX,
                  *changed("dJ_dW_1[0, 2] *= -1.0")),
        _in_prime("one entry off by 1 %", "One entry of dJ_dW_1 is 1 % too large.", _INDEX,
                  *changed("dJ_dW_1[1, 1] *= 1.01")),
        _in_prime("returned in the wrong order", "dJ_dW_2 is returned before dJ_dW_1.",
                  "Which array does the code that calls this method expect first?",
                  *_returned("return dJ_dW_2, dJ_dW_1")),
        _in_prime("gradient not returned", "The method computes both arrays but does not return them.",
                  "What does a function return that ends without saying so?",
                  *_returned("self.gradients = dJ_dW_1, dJ_dW_2")),
        _in_prime("gradient joined", "The method returns one vector instead of two arrays.",
                  "The vector is made in another method; this one returns an array for each array of weights.",
                  *_returned("return np.concatenate((dJ_dW_1.ravel(), dJ_dW_2.ravel()))")),
        _in_prime("gradient not summed", "The samples are not summed by a matrix product: the shapes do not fit.",
                  _LINE_BY_LINE,
                  "self.a_2.T @ delta_3", "self.a_2 * delta_3"),
    ]  # fmt: skip


def _of_forward() -> list[ClassFault]:
    fault = ClassFault
    activation = "Which function does each layer apply to its sum? Compute one unit by hand."
    first = "        self.z_2 = X @ self.W_1\n"
    return [
        fault("output without sigmoid", "forward", "The output layer applies no sigmoid.", activation,
              "y_hat = sigmoid(self.z_3)", "y_hat = self.z_3"),
        fault("hidden layer without sigmoid", "forward", "The hidden layer applies no sigmoid.", activation,
              "self.a_2 = sigmoid(self.z_2)", "self.a_2 = self.z_2"),
        fault("tanh in the hidden layer", "forward", "The hidden layer applies tanh instead of the sigmoid.",
              activation, "self.a_2 = sigmoid(self.z_2)", "self.a_2 = np.tanh(self.z_2)"),
        fault("prediction not returned", "forward", "The prediction is computed but not returned.",
              "What does a function return that ends without saying so?",
              "        return y_hat\n", "        self.y_hat = y_hat\n"),
        fault("prediction in a tuple", "forward", "The prediction is returned together with z_3.",
              "The code that calls this method subtracts y from what it returns.",
              "        return y_hat\n", "        return y_hat, self.z_3\n"),
        fault("prediction transposed", "forward", "The prediction has its samples in columns.",
              "How many rows does X have, and how many should the prediction have?",
              "        return y_hat\n", "        return y_hat.T\n"),
        fault("prediction of one sample", "forward", "Only the prediction of the first sample is returned.",
              "How many rows does X have, and how many should the prediction have?",
              "        return y_hat\n", "        return y_hat[:1]\n"),
        fault("stale z", "forward", "z_2 is kept from the first call: later rows and weights are not seen.",
              "Call forward twice, with other weights in between, and print z_2.",
              first, "        if not hasattr(self, 'z_2'):\n            self.z_2 = X @ self.W_1\n"),
    ]  # fmt: skip


def _of_cost() -> list[ClassFault]:
    def fault(name: str, what: str, hint: str, new: str) -> ClassFault:
        return ClassFault(name, "cost_function", what, hint, "return 0.5 * np.sum(error**2)", new)

    number = "A cost is one number for all samples. Which step makes one number of many?"
    factor = (
        "The cost is wrong by a constant factor: compare its formula with yours, symbol by symbol."
    )
    return [
        fault("cost is a vector", "The squares are not summed over the samples.", number, "return 0.5 * error**2"),
        fault("cost is a mean", "The cost is the mean over the samples instead of their sum.", factor,
              "return 0.5 * np.mean(error**2)"),
        fault("half missing", "The cost lacks its factor 1/2.", factor, "return np.sum(error**2)"),
        fault("mean without half", "The cost is the mean of the squares, without the factor 1/2.", factor,
              "return np.mean(error**2)"),
        fault("cost with a wrong sign", "The cost has the wrong sign.", "Can a sum of squares be negative?",
              "return -0.5 * np.sum(error**2)"),
        fault("errors not squared", "The errors are summed without their squares.",
              "What should an error of -1 and an error of +1 contribute together?",
              "return 0.5 * np.sum(error)"),
        fault("square of the sum", "The sum is squared instead of each error.",
              "In which order are the sum and the square taken?", "return 0.5 * np.sum(error) ** 2"),
        fault("root of the cost", "The cost is the root of the sum of squares.", factor,
              "return np.sqrt(np.sum(error**2))"),
        fault("cost not returned", "The cost is computed but not returned.",
              "What does a function return that ends without saying so?",
              "self.J = 0.5 * np.sum(error**2)"),
        ClassFault("cost of a stale prediction", "cost_function",
                   "The cost uses the prediction of an earlier forward pass.",
                   "Which weights did the prediction in your cost see?",
                   "error = self.forward(X) - y",
                   "self.y_hat = self.y_hat if hasattr(self, 'y_hat') else self.forward(X)\n"
                   "        error = self.y_hat - y"),
    ]  # fmt: skip


def _of_parameters() -> list[ClassFault]:
    fault = ClassFault
    order = "Set the vector 0, 1, 2, ... and print W_1, W_2 and what get_params returns."
    get = "np.concatenate((self.W_1.ravel(), self.W_2.ravel()))"
    joined = "np.concatenate((dJ_dW_1.ravel(), dJ_dW_2.ravel()))"
    vector = "A method of SciPy needs one vector."
    return [
        fault("parameters in the wrong order", "get_params", "get_params joins W_2 before W_1, set_params does not.",
              order, get, "np.concatenate((self.W_2.ravel(), self.W_1.ravel()))"),
        fault("parameters not joined", "get_params", "get_params returns two arrays instead of one vector.", vector,
              get, "self.W_1, self.W_2"),
        fault("parameters without W_2", "get_params", "get_params returns W_1 only.",
              "Count the weights of the network and the entries of the vector.", get, "self.W_1.ravel()"),
        fault("parameters transposed", "set_params", "set_params fills W_1 column by column, get_params row by row.",
              order, "params[:end].reshape(self.W_1.shape)", "params[:end].reshape(self.W_1.shape[::-1]).T"),
        fault("parameters not set", "set_params", "set_params changes a local variable instead of the network.",
              "After set_params, print the weights of the network.",
              "self.W_2 = params[end:]", "W_2 = params[end:]"),
        fault("parameters not reshaped", "set_params", "set_params does not restore the shape of W_1.",
              "Print the shapes of both arrays before and after set_params.",
              "params[:end].reshape(self.W_1.shape)", "params[:end]"),
        fault("wrong slice", "set_params", "set_params takes W_2 from the start of the vector.", order,
              "params[end:].reshape", "params[: self.W_2.size].reshape"),
        fault("gradient in the wrong order", "compute_gradients", "The vector has dJ_dW_2 before dJ_dW_1.",
              "The entries of the gradient must have the order of the parameters.", joined,
              "np.concatenate((dJ_dW_2.ravel(), dJ_dW_1.ravel()))"),
        fault("gradients not joined", "compute_gradients", "compute_gradients returns two arrays.", vector, joined,
              "dJ_dW_1, dJ_dW_2"),
        fault("gradient raveled by columns", "compute_gradients", "dJ_dW_1 is raveled column by column.",
              "The entries of the gradient must have the order of the parameters.", joined,
              "np.concatenate((dJ_dW_1.ravel(order='F'), dJ_dW_2.ravel()))"),
    ]  # fmt: skip


def _of_numerical_gradient() -> list[ClassFault]:
    def fault(name: str, what: str, hint: str, old: str, new: str) -> ClassFault:
        return ClassFault(name, "compute_numerical_gradient", what, hint, old, new)

    step = "        step = np.zeros(start.size)\n"
    loop = "    for p in range(start.size):\n"
    return [
        fault("factor 2 of the step missing", "The difference is divided by epsilon instead of 2 epsilon.",
              "How far apart are the two points at which the cost is evaluated?", "(2.0 * epsilon)", "epsilon"),
        fault("difference to one side", "The difference uses the cost at the start instead of the cost below.",
              "The error of your difference is proportional to the step. Use points on both sides.",
              "N.set_params(start - step)\n        below = N.cost_function(X, y)\n"
              "        gradient[p] = (above - below) / (2.0 * epsilon)",
              "N.set_params(start)\n        here = N.cost_function(X, y)\n"
              "        gradient[p] = (above - here) / epsilon"),
        fault("step not reset", "Each step is added to those before: many weights are moved at once.",
              "Print the parameters that the cost sees in the third pass of the loop.", loop + step,
              "    step = np.zeros(start.size)\n" + loop),
        fault("weights not restored", "The weights are not restored at the end.",
              "Compare the weights of the network before and after the call.",
              "    N.set_params(start)\n    return gradient", "    return gradient"),
        fault("numerical sign", "The difference has the wrong sign.",
              "Which of the two costs is that of the larger weight?", "above - below", "below - above"),
        fault("step too large", "The step is so large that the difference is not a derivative.",
              "Try other values of epsilon and watch how the numbers change.", "epsilon = 1e-4", "epsilon = 0.5"),
        fault("step too small", "The step is so small that the difference is only rounding.",
              "Try other values of epsilon and watch how the numbers change.", "epsilon = 1e-4", "epsilon = 1e-14"),
        fault("one weight missing", "The loop ends one weight too early.",
              "Which entries are right, and which are still zero?", loop, "    for p in range(start.size - 1):\n"),
        fault("numerical gradient not returned", "The gradient is computed but not returned.",
              "What does a function return that ends without saying so?", "    return gradient\n", ""),
    ]  # fmt: skip


def _of_trainer() -> list[ClassFault]:
    def fault(name: str, what: str, hint: str, old: str, new: str) -> ClassFault:
        return ClassFault(name, "Trainer", what, hint, old, new)

    end = "        self.N.set_params(result.x)\n"
    return [
        fault("optimum not set", "At the end, the weights of the network differ from those of the optimum.",
              "Compare the weights of the network with those that the optimizer returns.",
              end, "        self.N.set_params(0.0 * result.x)\n"),
        fault("stopped early", "Training stops long before the optimum.",
              "Print the cost at the end for more and more iterations.", '"maxiter": 200', '"maxiter": 2'),
        fault("weights not passed on", "The cost is evaluated without setting the parameters.",
              "Which weights does the cost see when the optimizer asks for it at another point?",
              "        self.N.set_params(params)\n        return self.N.cost_function(X, y), ",
              "        return self.N.cost_function(X, y), "),
        fault("costs not recorded", "The costs of the iterations are not recorded.",
              "Which function is called once per iteration, and what calls it?", ", callback=record", ""),
    ]  # fmt: skip


FAULTS = [
    *_of_the_whole_gradient(), *_of_deltas(), *_of_blocks(), *_of_forward(), *_of_cost(), *_of_parameters(),
    *_of_numerical_gradient(), *_of_trainer(),
]  # fmt: skip
"""Mistakes in the notebook's class."""
