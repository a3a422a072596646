"""--json: one document of one shape on standard output, also for errors and interrupts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from command_lines import FIT, QUICK, Run, Said
from random_models import random_model, replaced
from sheernet.apps.cli.running import output_for
from sheernet.data.targets import RegressionFit
from sheernet.foundation.plain_data import plain

MODEL = "scores-fit/model.json"


def holds_the_law(said: Said, command: str | None) -> dict:
    document = said.document
    assert list(document) == ["command", "exit_code", "result", "notes", "error"]
    assert document["command"] == command
    assert document["exit_code"] == said.code
    assert (document["result"] is None) != (document["error"] is None)
    assert all(isinstance(note, str) for note in document["notes"])
    if document["error"] is not None:
        assert list(document["error"]) == ["kind", "message"]
        assert document["error"]["message"]
        assert "\n" not in document["error"]["message"]
    assert said.out.endswith("}\n")
    assert said.out.isascii()
    assert said.err == ""
    return document


@pytest.mark.usefixtures("without_pictures", "fitted")
class TestTheShape:
    @pytest.mark.parametrize(
        "arguments",
        [
            (*FIT, "--json"),
            (*("--json", *FIT)[1:], "--json"),
            ("fit", "--json", "flowers.csv", "-t", "species", *QUICK),
            ("predict", MODEL, "scores.csv", "--json"),
            ("predict", MODEL, "scores.csv", "--json", "-o", "new.csv"),
            ("check", MODEL, "scores.csv", "--json"),
            ("info", "--json"),
            ("info", MODEL, "--json"),
        ],
        ids=" ".join,
    )
    def test_of_results(self, run: Run, arguments: tuple[str, ...]) -> None:
        document = holds_the_law(run(*arguments), arguments[0])
        assert document["exit_code"] == 0
        assert document["notes"] == []

    @pytest.mark.parametrize(
        ("arguments", "kind"),
        [
            (("fit", "no.csv", "-t", "score"), "InvalidInput"),
            (("fit", "scores.csv", "-t", "scor"), "InvalidInput"),
            (("fit", "scores.csv"), "UsageError"),
            (("fit", "scores.csv", "-t", "score", "--epochs", "3"), "UsageError"),
            (("fit", "scores.csv", "-t", "score", "--starts", "many"), "InvalidInput"),
            (("fit",), "UsageError"),
            (("predict", "no.json", "scores.csv"), "InvalidInput"),
            (("predict", MODEL), "UsageError"),
            (("check", MODEL, "no.csv"), "InvalidInput"),
            (("compare", "no.csv", "-t", "score"), "InvalidInput"),
            (("compare", "scores.csv"), "UsageError"),
            (("demo", "-o", ".."), "InvalidInput"),
            (("demo", "more"), "UsageError"),
            (("info", "model.json", "more"), "UsageError"),
            (("info", "no.json"), "InvalidInput"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
    )
    def test_of_errors(self, run: Run, arguments: tuple[str, ...], kind: str) -> None:
        document = holds_the_law(run(*arguments, "--json"), arguments[0])
        assert document["exit_code"] == 2
        assert document["error"]["kind"] == kind
        spoken = run(*arguments)
        assert spoken.err == f"sheernet: {document['error']['message']}\n"
        assert (spoken.code, spoken.out) == (2, "")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--json",), "--json belongs after the command: sheernet fit --json ..."),
            (("train", "--json"), "; see sheernet --help"),
            (("--colour", "--json"), "; see sheernet --help"),
        ],
    )
    def test_of_no_command(self, run: Run, arguments: tuple[str, ...], message: str) -> None:
        document = holds_the_law(run(*arguments), None)
        assert document["error"]["kind"] == "UsageError"
        assert document["error"]["message"].endswith(message)

    def test_of_errors_of_the_system(self, run: Run, monkeypatch) -> None:
        def refuse(self: Path, *arguments: object, **more: object) -> None:
            raise PermissionError(13, "Permission denied", str(self))

        monkeypatch.setattr(Path, "mkdir", refuse)
        document = holds_the_law(run(*FIT, "--json"), "fit")
        assert document["error"]["kind"] == "PermissionError"

    def test_of_an_interrupt_without_results(self, run: Run, monkeypatch) -> None:
        from sheernet.models.fitting import table_fit

        def pressed(*arguments: object, **more: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(table_fit, "train", pressed)
        document = holds_the_law(run(*FIT, "--json"), "fit")
        assert document["exit_code"] == 130
        assert document["error"]["kind"] == "Interrupted"

    def test_of_an_interrupt_with_a_usable_model(self, run: Run, monkeypatch) -> None:
        from sheernet.models.fitting import table_fit

        def pressed(step, row) -> None:
            if step.iteration == 2:
                raise KeyboardInterrupt

        original = table_fit.train
        observed = lambda *a, **k: original(*a, **{**k, "observers": [pressed]})  # noqa: E731
        monkeypatch.setattr(table_fit, "train", observed)
        document = holds_the_law(run(*FIT, "--json"), "fit")
        assert document["exit_code"] == 130
        assert document["result"]["termination"]["reason"] == "interrupted"
        assert document["notes"] == ["interrupted; the results so far are kept"]
        assert sn.load(Path(document["result"]["folder"]) / "model.json").predict(
            "scores.csv"
        ).shape == (40,)


class TestContent:
    def test_of_a_fit_has_the_facts_of_its_report(self, run: Run, tmp_path: Path) -> None:
        lines = (tmp_path / "scores.csv").read_text().splitlines()
        constant = [f"{lines[0]},one", *(f"{line},1" for line in lines[1:])]
        (tmp_path / "scores.csv").write_text("\n".join(constant) + "\n")
        result = run(*FIT, "--method", "lm", "--json", "-o", "größe x").document["result"]
        model = sn.load("größe x/model.json")
        assert result["folder"] == "größe x"
        assert set(result["files"]) == {path.name for path in Path("größe x").iterdir()}
        assert result["files"][0] == "model.json"
        assert result["task"] == "regression"
        assert result["rows"] == {"training": 30, "held_out": 10, "validation": 0}
        assert result["inputs"] == result["features"] == ["asleep", "studying"]
        assert result["targets"] == ["score"]
        assert result["classes"] is None
        assert result["network"] == {
            "architecture": "2-2-1, tanh, identity output", "sizes": [2, 2, 1], "weights": 9,
        }  # fmt: skip
        assert result["members"] == [
            {
                "share": 1.0, "architecture": "2-2-1, tanh, identity output", "weights": 9, "cost": "squared_error",
                "noise_variance": model.leading.noise_variance, "reason": "max_iterations",
                "change_left": model.leading.change_left,
            }
        ]  # fmt: skip
        assert result["evaluation"] == "held out"
        assert result["comparisons"] == plain(model.comparisons)
        assert {*model.comparisons} == {"linear model", "mean of target"}
        assert result["verdict"] == "Nearly exact."
        for name, fit in (("training", model.training_fit), ("held_out", model.held_out_fit)):
            assert result["fits"][name] == plain(fit)
            assert result["fits"][name]["r2"] == list(fit.r2)
        assert result["gradient"]["verdict"] == "pass"
        assert result["termination"] == {
            "converged": model.termination.converged, "reason": model.termination.reason,
            "message": model.termination.message.replace("max_iter", "--max-iter"),
        }  # fmt: skip
        assert result["objective"]["best"] == model.starts.objectives[model.starts.best]
        assert result["starts"]["objectives"] == model.starts.objectives.tolist()
        assert result["settings"] == plain(model.settings)
        assert result["settings"]["max_iter"] == 20
        assert [n.replace("--inputs", "inputs") for n in result["notices"]] == list(model.notices)
        assert len(result["notices"]) == 1

    def test_of_a_stored_model_has_its_facts_and_verdict(self, run: Run) -> None:
        model = random_model(sn.Architecture((1, 1)))
        fits = [RegressionFit(1000, (rmse,), (1 - rmse**2,)) for rmse in (0.5, 0.75, 1.0)]
        names = ("linear model", "mean of target")
        compared = dict(zip(names, fits[1:], strict=True))
        replaced(model, held_out_fit=fits[0], comparisons=compared).save("model.json")
        result = run("info", "model.json", "--json").document["result"]
        assert result["comparisons"] == plain(compared)
        assert result["verdict"] == "Better than the linear model: RMSE 33 % lower."

    @pytest.mark.usefixtures("without_pictures")
    def test_has_decisions_in_notices_and_warnings_in_notes(self, run: Run, tmp_path: Path) -> None:
        lines = (tmp_path / "scores.csv").read_text().splitlines()
        constant = [f"{lines[0]},one", *(f"{line},1" for line in lines[1:])]
        (tmp_path / "scores.csv").write_text("\n".join(constant) + "\n")
        document = run(*FIT, "--json").document
        assert ["'one'" in notice for notice in document["result"]["notices"]] == [True]
        assert document["notes"] == []
        (tmp_path / "new.csv").write_text("asleep,studying\n100,2\n")
        document = run("predict", "scores-fit/model.json", "new.csv", "--json").document
        assert ["asleep" in note for note in document["notes"]] == [True]

    @pytest.mark.usefixtures("without_pictures")
    def test_of_a_fit_with_patience_has_the_objective_of_the_kept_iterate(
        self, run: Run, tmp_path: Path
    ) -> None:
        rng = np.random.default_rng(3)
        for name in ("noise.csv", "other.csv"):
            cells = (f"{x},{y}" for x, y in rng.normal(size=(30, 2)))
            (tmp_path / name).write_text("\n".join(["x,y", *cells]) + "\n")
        result = run(
            "fit", "noise.csv", "-t", "y", "--validation", "other.csv", "--patience", "3", "--held-out", "0",
            "--method", "bfgs", "--starts", "1", "-q", "--json",
        ).document["result"]  # fmt: skip
        model = sn.load("noise-fit/model.json")
        assert result["objective"]["best"] == model.starts.objectives[0]
        assert result["objective"]["best"] > model.record.objective.min()
        row = int(np.argmin(model.record.validation_cost))
        assert result["kept"] == {
            "iteration": row,
            "validation_cost": model.record.validation_cost[row],
        }
        assert result["rows"]["validation"] == 30

    @pytest.mark.usefixtures("without_pictures")
    def test_of_a_classification_has_its_classes(self, run: Run) -> None:
        result = run("fit", "flowers.csv", "-t", "species", *QUICK, "--json").document["result"]
        assert result["classes"] == ["iris", "rose", "tulip"]
        assert np.array(result["fits"]["training"]["confusion"]).shape == (3, 3)

    @pytest.mark.usefixtures("fitted")
    def test_of_predictions_is_exact(self, run: Run) -> None:
        result = run("predict", MODEL, "scores.csv", "--json").document["result"]
        assert result["rows"] == 40
        assert result["columns"] == ["score"]
        assert result["file"] is None
        assert result["predictions"] == {"score": sn.load(MODEL).predict("scores.csv").tolist()}

    @pytest.mark.usefixtures("fitted")
    def test_of_predictions_in_a_file_names_it(self, run: Run) -> None:
        result = run("predict", MODEL, "scores.csv", "--json", "-o", "é.csv").document["result"]
        assert result == {
            "rows": 40, "without_prediction": 0, "columns": ["score"], "file": "é.csv", "predictions": None
        }  # fmt: skip

    @pytest.mark.usefixtures("fitted")
    def test_of_appended_predictions_has_missing_values_as_null(
        self, run: Run, tmp_path: Path
    ) -> None:
        (tmp_path / "new.csv").write_text("asleep,studying,name,n\n7,2,a,\n8,3,,4\n")
        result = run("predict", MODEL, "new.csv", "--json", "--append").document["result"]
        assert result["predictions"]["name"] == ["a", None]
        assert result["predictions"]["n"] == [None, 4]

    @pytest.mark.usefixtures("fitted")
    def test_of_notes_are_in_the_document(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text("asleep,studying\n100,2\n")
        said = run("predict", MODEL, "new.csv", "--json")
        assert said.err == ""
        (note,) = said.document["notes"]
        assert note.startswith("asleep: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_plain_data_is_json_and_unchanged(value: object) -> None:
    import json

    text = json.dumps(plain(value), allow_nan=False)
    assert plain(json.loads(text)) == plain(value)


def test_plain_converts_all_types_of_results() -> None:
    from sheernet.training import Starts  # noqa: F401  # a dataclass of arrays is one of them

    assert plain(np.array([[1.5, np.nan], [np.inf, 0.0]])) == [[1.5, None], [None, 0.0]]
    assert plain((np.float64(0.1), np.int64(3), np.bool_(True))) == [0.1, 3, True]
    assert plain({1: Path("a")}) == {"1": "a"}


def test_json_is_an_option_only_before_two_dashes() -> None:
    assert output_for(["fit", "--json"]).json
    assert not output_for(["fit", "--", "--json"]).json
