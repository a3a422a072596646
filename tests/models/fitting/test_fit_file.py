"""A fit goes on from its file after its process was killed, and ends with the same bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

pytest.importorskip("pyarrow")
pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")

SEVERAL: dict[str, Any] = {"hidden": 2, "starts": 3, "max_iter": 8, "decay": 1e-3, "method": "bfgs"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for k in range(3):
        rng = np.random.default_rng(k)
        x = rng.normal(size=(50, 2))
        y = np.sin(2 * x[:, 0]) + x[:, 1] + rng.normal(0.0, 0.3, 50)
        frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": y})
        frame.to_parquet(folder / f"part-{k}.parquet")
    return folder


def require_same(resumed: sn.Model, whole: sn.Model) -> None:
    assert np.array_equal(resumed.network.theta, whole.network.theta)
    assert np.array_equal(resumed.leading.factor, whole.leading.factor)
    assert np.array_equal(resumed.starts.objectives, whole.starts.objectives)
    assert np.array_equal(resumed.starts.iterations, whole.starts.iterations)
    assert resumed.starts.reasons == whole.starts.reasons
    assert resumed.starts.floor == whole.starts.floor
    assert resumed.termination == whole.termination
    assert resumed.held_out_fit == whole.held_out_fit
    for column in ("iteration", "objective", "gradient_norm", "step_length", "validation_cost"):
        np.testing.assert_array_equal(resumed.record[column], whole.record[column])


def test_a_fit_that_ended_is_read(folder: Path, tmp_path: Path) -> None:
    given = {**SEVERAL, "checkpoint": tmp_path / "fit.npz"}
    first = sn.fit(folder, "y", **given)

    def none(step: Any, row: Any) -> None:
        raise AssertionError("an ended start was trained again")

    require_same(sn.fit(folder, "y", observers=[none], **given), first)


def test_more_starts_go_on_with_the_others(folder: Path, tmp_path: Path) -> None:
    given = {**SEVERAL, "checkpoint": tmp_path / "fit.npz"}
    sn.fit(folder, "y", **{**given, "starts": 2})
    require_same(sn.fit(folder, "y", **given), sn.fit(folder, "y", **SEVERAL))


def test_more_iterations_are_for_the_latest_start(folder: Path, tmp_path: Path) -> None:
    given = {**SEVERAL, "checkpoint": tmp_path / "fit.npz"}
    sn.fit(folder, "y", **{**given, "starts": 1})
    longer = {**SEVERAL, "max_iter": 12}
    require_same(
        sn.fit(folder, "y", **{**given, "starts": 1, "max_iter": 12}),
        sn.fit(folder, "y", **{**longer, "starts": 1}),
    )
    sn.fit(folder, "y", **{**given, "max_iter": 12})
    with pytest.raises(sn.InvalidInput, match=r"start 1 of .* ended with max_iter=12"):
        sn.fit(folder, "y", **{**given, "max_iter": 20})


@pytest.mark.parametrize(
    "other", [{"seed": 1}, {"hidden": 3}, {"decay": 1e-2}, {"method": "lbfgs"}, {"decay": "evidence"}],
    ids=str,
)  # fmt: skip
def test_a_file_of_another_fit_is_refused(
    folder: Path, tmp_path: Path, other: dict[str, Any]
) -> None:
    given = {**SEVERAL, "checkpoint": tmp_path / "fit.npz"}
    sn.fit(folder, "y", **given)
    given |= other
    if given["decay"] == "evidence":
        given = {name: given[name] for name in ("checkpoint", "hidden", "starts", "decay")}
    with pytest.raises(sn.InvalidInput, match=r"fit\.npz' belongs to another fit"):
        sn.fit(folder, "y", **given)


def test_a_damaged_file_is_refused(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "fit.npz"
    sn.fit(folder, "y", checkpoint=path, **SEVERAL)
    content = path.read_bytes()
    for damaged in (content[:-300], b"", content.replace(b"ended.objectives", b"ended.objectifs!")):
        path.write_bytes(damaged)
        with pytest.raises(sn.InvalidInput, match=r"fit\.npz' is damaged or not a checkpoint"):
            sn.fit(folder, "y", checkpoint=path, **SEVERAL)
