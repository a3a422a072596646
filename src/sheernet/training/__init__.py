"""Train networks, and minimize other objectives, from one or more starts.

training.py         `train`: from an initial network and data to the best network
objective_fit.py    `fit_objective`: the same for any objective
jobs/               `fit_jobs`: many fits in one call, in C++ or by the Python optimizers
starts.py           initial weights of many starts, and the result of each start
training_checks.py  warnings about data and initial weights, and checks of the gradient
progress.py         the progress bar
checkpoint_file.py  the state of a run in a file, written after each iteration, to resume it after a crash
remaining_error.py  the error that remains after a run from one start, and whether it ended at a minimum
training_html.py    a training run as HTML for notebooks
evaluation_time.py  time of an evaluation over all rows, estimated from some of the rows
"""

from sheernet.training.checkpoint_file import CheckpointFile, load_checkpoint, save_checkpoint
from sheernet.training.objective_fit import fit_objective
from sheernet.training.starts import Starts
from sheernet.training.training import Training, train

__all__ = [
    "CheckpointFile",
    "Starts",
    "Training",
    "fit_objective",
    "load_checkpoint",
    "save_checkpoint",
    "train",
]
