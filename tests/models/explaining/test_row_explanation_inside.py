"""As test_row_explanation.py, by names that are not published."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from models.explaining.test_row_explanation import TABLE
from sheernet.models.explaining import RowExplanation
from sheernet.models.explaining.row_explanation import Neighbors, Novelty

pytestmark = pytest.mark.filterwarnings("ignore:(date|the statistics)")


@pytest.fixture(scope="module")
def line() -> sn.Model:
    return sn.fit(TABLE, "y", hidden=0, decay=1e-6, starts=1, held_out=0, missing="refuse")


EXPLAINED = RowExplanation(
    columns=("flipper", "sex", "island"),
    values=("181", "male", "Dream"),
    outputs=("mass",),
    shown=np.array([0]),
    prediction=np.array([3797.35]),
    baseline=np.array([4206.04]),
    measured_from="the mean prediction of 100 of 333 training rows",
    is_artificial=False,
    target_mean=None,
    contributions=np.array([[200.66], [-599.99], [-9.36]]),
    std=np.array([[100.0], [33.2], [0.2]]),
    change_std=np.array([88.5]),
    band="2 standard deviations among 8 networks",
    interval=(np.array([3322.6]), np.array([4273.7])),
    outside=(),
    combination=(),
    neighbors=Neighbors(
        np.array([], dtype=np.intp), np.array([8, 3]), np.array([0.61, 1.0]),
        (("mass = 1",), ("mass = 2",)), 0.337, 0.97, "training row"
    ),
    notices=(),
    novelty=Novelty(np.array([95.04]), np.array([68.0]), np.array([0.94]), (np.array([289.0]), np.array([276.0]))),
)  # fmt: skip


TEXT = """\
mass: 3797 = 4206 - 409; 90 % interval 3323 to 4274

Nearest training row: distance 0.61 in scaled inputs; between the training rows median 0.337,
smaller for 97 % of them.
Standard deviation of the prediction: 95.0, larger than for 94 % of the training rows (median 68.0);
of a new value, with its noise: 289 (median 276).
Each number is in the range of the training rows.

  column   value  contribution
  sex      male   -600 ± 66
  flipper  181    +201 ± 200
  island   Dream  -9 ± 0

4206 is the mean prediction of 100 of 333 training rows. Contributions add up from it to the
prediction.
They are Shapley values: what columns do together is divided equally among them, so a column can
contribute even if the column alone has no effect.
±: 2 standard deviations among 8 networks; of the sum of the contributions ± 177
More uncertain than the sum: flipper. How the sum is divided among these and other columns is less
certain than the sum itself.

Nearest training rows, by the distance of scaled inputs:
  row 8  0.61  mass = 1
  row 3  1  mass = 2"""


class TestText:
    def test_is_rounded_to_the_uncertainty_and_says_what_it_compares(self) -> None:
        assert str(EXPLAINED) == TEXT

    def test_of_a_notebook_has_the_lines_of_the_text(self) -> None:
        shown = EXPLAINED._repr_html_()
        lines = [*EXPLAINED._place(0), *EXPLAINED._notes(0), *EXPLAINED._nearest()]
        assert len(lines) == 10
        assert all(f"<p>{line}</p>" in shown for line in lines)

    def test_says_once_how_columns_are_divided_if_there_are_several(self) -> None:
        assert str(EXPLAINED).count("They are Shapley values") == 1
        names = ("columns", "values", "contributions", "std")
        alone = replace(EXPLAINED, **{name: getattr(EXPLAINED, name)[:1] for name in names})
        assert "They are" not in str(alone)

    def test_names_what_is_not_significant(self) -> None:
        unsure = replace(EXPLAINED, std=np.array([[50.0], [300.1], [4.8]]))
        assert "\nNot significant, smaller than their ±: sex and island.\n" in str(unsure)

    def test_of_a_training_row_names_it(self) -> None:
        near = replace(EXPLAINED.neighbors, same=np.array([5]))
        same = str(replace(EXPLAINED, neighbors=near))
        assert (
            "\n\nTraining row 5 has the same inputs.\nNearest other training row: distance 0.61"
            in same
        )
        assert "\nNearest other training rows, by" in same
        near = replace(EXPLAINED.neighbors, same=np.array([5, 9]))
        assert "\nTraining rows 5 and 9 have the same" in str(replace(EXPLAINED, neighbors=near))

    def test_of_two_targets_tells_the_distance_once(self) -> None:
        twice = {name: np.repeat(getattr(EXPLAINED, name), 2, axis=-1) for name in (
            "prediction", "baseline", "contributions", "std", "change_std",
        )}  # fmt: skip
        two = np.array([95.04, 7.0])
        novelty = Novelty(two, two, np.array([0.94, 0.5]), None)
        text = str(
            replace(
                EXPLAINED,
                outputs=("mass", "size"),
                shown=np.arange(2),
                interval=None,
                novelty=novelty,
                **twice,
            )
        )
        first, second = text.split("\n\nsize: 3797 = ")
        assert first.count("Nearest training row:") == first.count("Each number") == 1
        assert (first.count("They are"), second.count("They are")) == (1, 0)
        assert second.startswith(
            "4206 - 409\n\nStandard deviation of the prediction: 7.00, larger than for 50 % of the training rows "
            "(median 7.00).\n"
        )
        assert "Each number" not in second

    def test_without_a_table_tells_the_mean_of_the_target_and_what_is_not_checked(self) -> None:
        text = str(
            replace(
                EXPLAINED,
                measured_from="the prediction at the mean of each number (x 5)",
                target_mean=np.array([4207.06]),
                neighbors=None,
                novelty=None,
            )
        )
        start = "4206 is the prediction at the mean of each number (x 5); the mean of mass is 4207."
        assert f"\n{start}" in text
        assert "range of the training rows.\nNot checked without a table: gaps between" in text
        assert text.endswith("less\ncertain than the sum itself.")

    @pytest.mark.parametrize(
        ("scale", "shown"),
        [
            (1e-3, "3.797 = 4.206 - 0.409;"),
            (1e3, "3797350 = 4206040 - 408690;"),
            (1e-20, "3.8e-17 = 4.21e-17 - 4.09e-18;"),
            (1e20, "3.8e+23 = 4.21e+23 - 4.09e+22;"),
        ],
    )
    def test_has_numbers_of_any_size(self, scale: float, shown: str) -> None:
        change = scale * EXPLAINED.change_std
        if scale == 1e3:
            change = change / 1e6  # more digits than are shown
        text = str(
            replace(
                EXPLAINED,
                prediction=scale * EXPLAINED.prediction,
                baseline=scale * EXPLAINED.baseline,
                change_std=change,
                interval=None,
                band="",
            )
        ).replace("\n", ";\n", 1)
        assert text.startswith(f"mass: {shown}")

    def test_of_a_model_of_unknown_uncertainty_has_four_digits(self) -> None:
        text = str(replace(EXPLAINED, change_std=np.zeros(1), band=""))
        assert text.startswith("mass: 3797 = 4206 - 409;")
        assert "±" not in text
        assert "  -9\n" in text
