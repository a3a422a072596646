"""Pictures in a Jupyter notebook that is executed in a fresh kernel, and in a program that calls plt.show()."""

from __future__ import annotations

import subprocess
import sys

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")

SETUP = """
import sheernet as sn
X, y = sn.datasets.load_sleep_study().scaled
net = sn.Network.random(sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False), seed=0)
training = sn.train(net, X, y, keep_path=True)
"""
CELLS = {
    "the value of a cell": "sn.plots.cost(training)",
    "a name": "ax = sn.plots.activation('sigmoid')",
    "several panels": "sn.plots.response_surface(training.network, X)",
    "own axes": "import matplotlib.pyplot as plt\nfigure, ax = plt.subplots()\nsn.plots.activation('tanh', ax=ax)",
}


@pytest.mark.parametrize("first", ["", "%matplotlib inline\n"], ids=["fresh", "inline"])
def test_each_cell_shows_one_picture_and_prints_no_axes(first: str, monkeypatch) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel would inherit it
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code) for code in (first + SETUP, *CELLS.values())]
    )
    nbclient.NotebookClient(book, timeout=600, startup_timeout=600, kernel_name="python3").execute()
    assert not book.cells[0].outputs
    for name, cell in zip(CELLS, book.cells[1:], strict=True):
        pictures = [output for output in cell.outputs if "image/png" in output.get("data", {})]
        assert len(pictures) == 1, name
        if name != "own axes":  # those of the user are printed as by other packages
            assert len(cell.outputs) == 1, name


def test_plt_show_shows_a_picture() -> None:
    program = """
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import sheernet as sn

ax = sn.plots.activation("sigmoid")
print([plt.figure(number) is ax.figure for number in plt.get_fignums()])
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[True]"
