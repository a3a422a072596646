"""Several methods on one problem."""

from __future__ import annotations

import json
from importlib.util import find_spec

import numpy as np
import pytest

import sheernet as sn

RNG = np.random.default_rng(0)
TABLE = {"a": RNG.normal(size=40), "b": RNG.normal(size=40)}
TABLE["y"] = np.sin(TABLE["a"]) + TABLE["b"]
SMALL = {"hidden": 3, "starts": 3, "max_iter": 30}


@pytest.fixture(scope="module")
def trained() -> sn.Comparison:
    return sn.compare(TABLE, "y", methods=("lm", "bfgs", "gd"), **SMALL)


class TestTraining:
    def test_all_begin_at_the_same_starts_and_rows(self, trained) -> None:
        first = {model.record.objective[0] for model in trained.models.values()}
        best = {model.starts.best for model in trained.models.values()}
        assert len(first) == len(best)
        assert len({model.provenance.data_sha256 for model in trained.models.values()}) == 1

    def test_each_is_what_fit_gives(self, trained) -> None:
        for method, model in trained.models.items():
            alone = sn.fit(TABLE, "y", method=method, **SMALL)
            assert np.array_equal(model.network.theta, alone.network.theta)
            assert model.held_out_fit == alone.held_out_fit

    def test_each_is_one_network_also_by_the_default_method(self) -> None:
        comparison = sn.compare(TABLE, "y", methods=("auto", "bfgs"), hidden=2, starts=1)
        for model in comparison.models.values():
            assert (len(model.members), model.settings["decay"]) == (1, 1e-4)
            assert model.training_fit.rows + model.held_out_fit.rows == len(TABLE["y"])

    def test_methods_keep_their_order(self, trained) -> None:
        assert list(trained.models) == list(trained.methods) == ["lm", "bfgs", "gd"]
        assert [row["method"] for row in trained.rows()] == ["lm", "bfgs", "gd"]
        assert not trained.interrupted

    def test_options_go_to_the_methods_that_have_them(self) -> None:
        comparison = sn.compare(TABLE, "y", methods=("lm", "gd"), learning_rate=1e-3, **SMALL)
        assert "learning_rate" not in comparison.models["lm"].settings["options"]
        assert comparison.models["gd"].settings["options"]["learning_rate"] == 1e-3

    def test_options_of_columns_and_of_training_are_taken(self) -> None:
        comparison = sn.compare(
            TABLE, "y", methods="lm", inputs=["a"], held_out=0.5, seed=3, decay=0.1, **SMALL
        )
        model = comparison.models["lm"]
        assert model.inputs.names == ("a",)
        assert (model.training_fit.rows, model.provenance.seed) == (20, 3)

    def test_auto_says_what_it_chose(self) -> None:
        comparison = sn.compare(TABLE, "y", methods=("auto",), **SMALL)
        assert comparison.rows()[0]["ran"] == "hybrid"
        assert comparison.label("auto") == "auto (hybrid)"

    def test_classes_are_judged_by_their_accuracy(self) -> None:
        table = {**TABLE, "y": np.where(TABLE["y"] > 0, "high", "low")}
        comparison = sn.compare(table, "y", methods=("bfgs",), **SMALL)
        (row,) = comparison.rows()
        assert row["held_out"] == comparison.models["bfgs"].held_out_fit.accuracy
        assert comparison.measure == "accuracy"
        assert "accuracy" in comparison.text()


class TestRows:
    def test_they_hold_plain_numbers(self, trained) -> None:
        assert json.loads(json.dumps(trained.rows(), allow_nan=False)) == trained.rows()

    def test_what_each_took_is_counted(self, trained) -> None:
        row, model = trained.rows()[0], trained.models["lm"]
        assert row["objective"] == model.starts.objectives[model.starts.best]
        assert row["median"] == np.median(model.starts.objectives)
        assert row["evaluations"] == model.record.value_evaluations[-1]
        assert row["seconds"] == model.starts.elapsed
        assert row["held_out"] == model.held_out_fit.r2[0]

    @pytest.mark.skipif(find_spec("pandas") is None, reason="pandas is not installed")
    def test_a_frame_has_a_line_for_each(self, trained) -> None:
        frame = trained.to_frame()
        assert frame["method"].tolist() == ["lm", "bfgs", "gd"]
        assert list(frame.columns) == list(trained.rows()[0])


class TestText:
    def test_its_cautions_do_not_advise_to_omit_methods(self) -> None:
        x, y = np.random.default_rng(0).normal(size=(2, 40))
        given = {"hidden": 9, "starts": 1, "seed": 3, "max_iter": 200}
        said = " ".join(sn.compare({"x": x, "y": y}, "y", methods=("lm",), **given).text().split())
        assert "the network has learned noise; use fewer hidden units or more decay" in said

    def test_it_says_what_was_used_as_the_report_of_a_fit_does(self) -> None:
        model = sn.fit(TABLE, "y", method="lm", **SMALL)
        said = sn.compare(TABLE, "y", methods=("lm", "bfgs"), **SMALL).text()
        report = model.report(verbose=True)
        for label in ("Data", "Inputs", "Target", "Network", "Defaults"):
            (line,) = [line for line in report.splitlines() if line.startswith(f"{label} ")]
            assert line.replace("cost_tolerance 0", "") in said
        assert "\nGiven       hidden 3; starts 3; max_iter 30\n" in said
        assert (
            f"\nMethods     lm, bfgs on {sn.engines.resolve('auto')} engine; mean of squared_error, "
            "decay 0.0001 on 9 of 13 parameters\n"
        ) in said

    def test_it_says_of_each_method_what_was_chosen_for_it_alone(self) -> None:
        methods = ("lm", "adam", "gd")
        comparison = sn.compare(TABLE, "y", methods=methods, learning_rate=1e-3, **SMALL)
        said = comparison.text()
        assert (
            "\nGiven       hidden 3; starts 3; max_iter 30\n"
            "            adam: learning_rate 0.001\n"
            "            gd: learning_rate 0.001\n"
        ) in said
        assert comparison.settings["hidden"] == [3]
        assert comparison.settings["held_out"] == 0.25
        assert "method" not in comparison.settings
        assert comparison.settings["options"]["lm"] == {}
        assert comparison.settings["options"]["gd"]["learning_rate"] == 1e-3


class TestRefused:
    """Before anything is trained: the table does not even exist."""

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"methods": ("lm", "bfg")}, "method 'bfg' is not recognized; did you mean 'bfgs'"),
            ({"methods": ()}, "methods is empty; give at least one of lm, bfgs, lbfgs, adam and gd"),
            ({"methods": ("lm", "gd", "lm")}, "methods contains 'lm' twice; give each method once"),
            ({"methods": ("scipy:bfgs", "scipy:BFGS")}, "methods contains 'scipy:BFGS' twice"),
            ({"method": "lm"}, "compare takes methods instead of method"),
            ({"decay": "evidence"}, "compare cannot use decay='evidence'; give decay as a number"),
            ({"decay": "cv"}, "compare cannot use decay='cv'; give decay as a number"),
            ({"lerning_rate": 1.0}, "option 'lerning_rate' is not recognized; did you mean 'learning_rate'"),
            (
                {"methods": ("lm", "bfgs"), "learning_rate": 1.0},
                "option 'learning_rate' belongs to gd and adam, but .* compare are lm and bfgs; omit it",
            ),
        ],
    )  # fmt: skip
    def test_what_cannot_be_compared(self, options, message) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.compare("missing.csv", "y", **options)

    def test_a_table_that_is_not_there(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"missing\.csv"):
            sn.compare("missing.csv", "y")
