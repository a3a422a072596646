"""scikit-learn is loaded by the estimators only, and a message says how to install it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import sheernet

WITHOUT = "import sys; sys.modules['sklearn'] = None\n"


def output_of(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(Path(sheernet.__file__).parents[1])},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def test_a_fit_does_not_load_it() -> None:
    program = (
        "import sys, sheernet as sn\n"
        "model = sn.fit([[0.0], [1.0], [3.0]], [0.0, 1.0, 2.0], hidden=0, decay=0.1)\n"
        "model.predict([[0.0]])\n"
        "print('sklearn' in sys.modules)\n"
    )
    assert output_of(program) == "False\n"


def test_without_it_an_estimator_says_how_to_install_it() -> None:
    program = WITHOUT + (
        "import sheernet as sn\n"
        "for name in ('NetRegressor', 'NetClassifier'):\n"
        "    try:\n"
        "        getattr(sn, name)\n"
        "    except sn.MissingDependency as error:\n"
        "        print(error)\n"
    )
    message = (
        'the estimators need sklearn, which is not installed: pip install "sheernet[sklearn]", '
        'or in a checkout pip install ".[sklearn]"\n'
    )
    assert output_of(program) == 2 * message


def test_without_it_a_star_import_brings_all_other_names() -> None:
    program = WITHOUT + "from sheernet import *\nprint('fit' in dir(), 'NetRegressor' in dir())\n"
    assert output_of(program) == "True False\n"
