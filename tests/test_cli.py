"""The command line: exit codes, what goes where, what is written and what is never overwritten."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import sheernet as sn
from sheernet import cli

PICTURES = {"cost.png", "network.png", "predicted_against_true.png", "residuals.png", "starts.png"}


class Said(NamedTuple):
    """What a command ended with and said."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys, tmp_path: Path, monkeypatch):
    """Run a command line in an empty folder that holds scores.csv."""
    monkeypatch.chdir(tmp_path)
    write_scores(tmp_path / "scores.csv")

    def run(*arguments: str) -> Said:
        code = cli.run(arguments)
        return Said(code, *capsys.readouterr())

    return run


def write_scores(path: Path, rows: int = 40) -> None:
    rng = np.random.default_rng(0)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["asleep", "studying", "score"])
        for _ in range(rows):
            a, s = rng.uniform(3, 10), rng.uniform(0, 6)
            writer.writerow([a, s, 50 + 3 * a + 2 * s - 0.1 * a * s + rng.normal(0, 0.1)])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


FIT = (
    "fit",
    "scores.csv",
    "--target",
    "score",
    "--hidden",
    "2",
    "--starts",
    "2",
    "--max-iter",
    "20",
    "--quiet",
)


@pytest.fixture
def without_pictures(monkeypatch) -> None:
    """Leave the pictures out where a test is not about them: they take most of the time."""
    monkeypatch.setattr(cli, "_draw_fit", lambda *_: None)


@pytest.fixture
def fitted(run) -> None:
    """A fitted model in scores-fit/model.json."""
    Path("scores-fit").mkdir()
    sn.fit("scores.csv", "score", hidden=2, starts=1, max_iter=20).save("scores-fit/model.json")


class TestFit:
    def test_writes_model_and_pictures_and_prints_the_report(self, run, tmp_path: Path) -> None:
        said = run(*FIT)
        assert said.code == 0
        assert said.err == ""
        assert {p.name for p in (tmp_path / "scores-fit").iterdir()} == PICTURES | {"model.json"}
        model = sn.load("scores-fit/model.json")
        assert said.out.startswith(model.report())
        assert said.out.endswith("\nModel and pictures: scores-fit\n")
        assert model.held_out_fit.rows == 10

    @pytest.mark.usefixtures("without_pictures")
    def test_makes_a_new_folder_each_time(self, run, tmp_path: Path) -> None:
        assert run(*FIT).code == 0
        before = contents(tmp_path)
        assert run(*FIT).out.endswith("Model and pictures: scores-fit-2\n")
        after = contents(tmp_path)
        assert {name: after[name] for name in before} == before
        assert set(after) - set(before) == {"scores-fit-2/model.json"}

    @pytest.mark.usefixtures("without_pictures")
    def test_passes_its_options_on(self, run) -> None:
        said = run(
            "fit", "scores.csv", "-t", "score", "-t", "studying", "--hidden", "3,2", "--activation", "sigmoid",
            "--decay", "0.5", "--method", "bfgs", "--starts", "3", "--max-iter", "7", "--time-limit", "60",
            "--held-out", "0.5", "--seed", "11", "-o", "mine", "-q",
        )  # fmt: skip
        assert said.code == 0
        model = sn.load("mine/model.json")
        assert model.targets.names == ("score", "studying")
        assert str(model.network.architecture) == "1-3-2-2, sigmoid, identity output"
        assert set(model.decay) == {0.0, 0.5}
        assert model.held_out_fit.rows == 20
        expected = {"method": "bfgs", "starts": 3, "max_iter": 7, "time_limit": 60.0, "seed": 11}
        assert {name: model.settings[name] for name in expected} == expected

    @pytest.mark.usefixtures("without_pictures")
    def test_of_no_hidden_units_is_linear(self, run) -> None:
        assert run(*FIT[:4], "--hidden", "0", "-q").code == 0
        assert sn.load("scores-fit/model.json").network.architecture.sizes == (2, 1)

    @pytest.mark.usefixtures("without_pictures")
    def test_shows_progress_on_the_error_stream_only(self, run) -> None:
        said = run(*FIT[:-1])
        assert said.err.startswith("start 1 of 2: iteration 0, objective ")
        assert "iteration 0" not in said.out

    @pytest.mark.usefixtures("without_pictures")
    def test_interrupted_keeps_the_best_so_far_and_exits_with_130(self, run, monkeypatch) -> None:
        from sheernet import fitting

        def pressed(step, row) -> None:
            if step.iteration == 3:
                raise KeyboardInterrupt

        original = fitting.train
        monkeypatch.setattr(
            fitting, "train", lambda *a, **k: original(*a, observers=[pressed], **k)
        )
        said = run(*FIT)
        assert said.code == 130
        assert said.err == "sheernet: note: interrupted; what was found is kept\n"
        model = sn.load("scores-fit/model.json")
        assert model.termination.reason == "interrupted"
        assert "not converged, interrupted" in said.out

    @pytest.mark.usefixtures("without_pictures")
    def test_interrupted_in_a_later_start_exits_with_130_too(self, run, monkeypatch) -> None:
        from sheernet import fitting

        calls = []

        def pressed(step, row) -> None:
            calls.append(step)
            if len(calls) > 1 and step.iteration == 0:
                raise KeyboardInterrupt

        original = fitting.train
        monkeypatch.setattr(
            fitting, "train", lambda *a, **k: original(*a, observers=[pressed], **k)
        )
        said = run(*FIT)
        assert said.code == 130
        assert said.err == "sheernet: note: interrupted; what was found is kept\n"
        assert "2 of 2 starts, then interrupted" in said.out
        assert sn.load("scores-fit/model.json").starts.reasons == ("max_iterations", "interrupted")

    def test_interrupted_before_there_is_anything_says_so(
        self, run, tmp_path: Path, monkeypatch
    ) -> None:
        from sheernet import fitting

        def pressed(*arguments: object, **more: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(fitting, "train", pressed)
        said = run(*FIT)
        assert (said.code, said.out) == (130, "")
        assert said.err == "sheernet: interrupted before there was anything to keep\n"
        assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]

    @pytest.mark.usefixtures("without_pictures")
    def test_tells_a_warning_as_a_note_of_one_line(self, run, tmp_path: Path) -> None:
        (tmp_path / "flat.csv").write_text("x,y\n1,5\n2,5\n3,5\n")
        said = run("fit", "flat.csv", "-t", "y", "--starts", "1", "-q")
        assert said.code == 0
        assert said.err == (
            "sheernet: note: all targets are equal: the network can only learn that constant; check the target column\n"
        )

    @pytest.mark.usefixtures("without_pictures")
    def test_a_full_disk_is_told_in_a_sentence(self, run, tmp_path: Path, monkeypatch) -> None:
        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        said = run(*FIT)
        assert said.code == 2
        assert re.fullmatch(r"sheernet: .* cannot be written: No space left on device\n", said.err)
        assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]

    @pytest.mark.parametrize("output", [(), ("-o", "mine")], ids=["default", "given"])
    def test_a_place_that_cannot_be_written_to_is_found_before_the_training(
        self, run, tmp_path: Path, monkeypatch, output: tuple[str, ...]
    ) -> None:
        from sheernet import fitting

        def refuse(self: Path, *arguments: object, **more: object) -> None:
            raise PermissionError(13, "Permission denied", str(self))

        trained: list[object] = []
        monkeypatch.setattr(fitting, "train", lambda *a, **k: trained.append(a))
        monkeypatch.setattr(Path, "mkdir", refuse)
        said = run(*FIT, *output)
        assert (said.code, said.out) == (2, "")
        name = output[-1] if output else "scores-fit"
        assert said.err == f"sheernet: {name} cannot be written: Permission denied\n"
        assert trained == []

    @pytest.mark.usefixtures("without_pictures")
    def test_the_folder_is_there_during_the_training(self, run, monkeypatch) -> None:
        from sheernet import fitting

        seen: list[bool] = []
        original = fitting.train

        def watched(*arguments, **more):
            seen.append(Path("mine").is_dir())
            return original(*arguments, **more)

        monkeypatch.setattr(fitting, "train", watched)
        assert run(*FIT, "-o", "mine").code == 0
        assert seen == [True]


@pytest.mark.usefixtures("fitted")
class TestPredict:
    def test_prints_csv_that_brings_back_the_bits(self, run) -> None:
        said = run("predict", "scores-fit/model.json", "scores.csv")
        assert (said.code, said.err) == (0, "")
        header, *rows = csv.reader(io.StringIO(said.out))
        assert header == ["score"]
        expected = sn.load("scores-fit/model.json").predict("scores.csv")
        assert [float(row[0]) for row in rows] == expected.tolist()

    def test_writes_a_file_and_refuses_to_overwrite_it(self, run, tmp_path: Path) -> None:
        said = run("predict", "scores-fit/model.json", "scores.csv", "--output", "predicted.csv")
        assert (said.code, said.out, said.err) == (0, "40 predictions: predicted.csv\n", "")
        before = contents(tmp_path)
        assert (
            before["predicted.csv"].decode()
            == run("predict", "scores-fit/model.json", "scores.csv").out
        )
        said = run("predict", "scores-fit/model.json", "scores.csv", "-o", "predicted.csv")
        assert (said.code, said.out) == (2, "")
        assert (
            said.err
            == "sheernet: 'predicted.csv' exists already and is not overwritten; give another name\n"
        )
        assert contents(tmp_path) == before

    def test_needs_no_target_and_no_order_of_columns(self, run, tmp_path: Path) -> None:
        lines = list(csv.DictReader((tmp_path / "scores.csv").read_text().splitlines()))
        with (tmp_path / "new.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, ["studying", "asleep"], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(lines)
        said = [
            run("predict", "scores-fit/model.json", name).out for name in ("new.csv", "scores.csv")
        ]
        assert said[0] == said[1]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("asleep\n1\n", "new.csv has no column 'studying'; its columns are asleep"),
            ("asleep,studying\n1,\n", "column 'studying' of new.csv has 1 values that are missing"),
            (
                "asleep,studying\n1,much\n",
                "column 'studying' of new.csv must hold a number in each row, but data row 1 has",
            ),
            ("", "'new.csv' is empty"),
        ],
    )
    def test_bad_rows_are_refused_and_nothing_written(
        self, run, tmp_path: Path, content: str, message: str
    ) -> None:
        (tmp_path / "new.csv").write_text(content)
        before = contents(tmp_path)
        said = run("predict", "scores-fit/model.json", "new.csv", "-o", "predicted.csv")
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(f"sheernet: {message}")
        assert said.err.count("\n") == 1
        assert contents(tmp_path) == before

    def test_a_bad_model_is_refused(self, run, tmp_path: Path) -> None:
        (tmp_path / "bad.json").write_bytes(
            (tmp_path / "scores-fit" / "model.json").read_bytes()[:500]
        )
        for name, message in (("bad.json", "'bad.json' is not a sheernet model"),
                              ("no.json", "there is no file 'no.json'"),
                              ("scores.csv", "'scores.csv' is not a sheernet model")):  # fmt: skip
            said = run("predict", name, "scores.csv")
            assert (said.code, said.out) == (2, "")
            assert said.err.startswith(f"sheernet: {message}")
            assert said.err.count("\n") == 1


@pytest.mark.usefixtures("fitted")
class TestCheck:
    def test_passes_with_0(self, run) -> None:
        said = run("check", "scores-fit/model.json", "scores.csv")
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith("Gradient check: pass (9 pass)")

    def test_fails_with_1_where_the_gradient_is_wrong(self, run, monkeypatch) -> None:
        from sheernet.engines.reference import ReferenceEngine

        original = ReferenceEngine.value_and_gradient

        def wrong(self, theta):
            value, gradient = original(self, theta)
            gradient[0] += 0.5
            return value, gradient

        monkeypatch.setattr(ReferenceEngine, "value_and_gradient", wrong)
        said = run("check", "scores-fit/model.json", "scores.csv")
        assert said.code == 1
        assert said.out.startswith("Gradient check: FAIL (8 pass, 1 fail)")
        assert "W1[0,0]" in said.out

    def test_is_inconclusive_with_3(self, run, monkeypatch) -> None:
        from sheernet import fitting

        class Doubtful:
            verdict = "inconclusive"

            def __str__(self) -> str:
                return "Gradient check: INCONCLUSIVE"

        monkeypatch.setattr(fitting, "check_model", lambda model, table: Doubtful())
        said = run("check", "scores-fit/model.json", "scores.csv")
        assert (said.code, said.out) == (3, "Gradient check: INCONCLUSIVE\n")

    def test_needs_the_target(self, run, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text("asleep,studying\n1,2\n")
        said = run("check", "scores-fit/model.json", "new.csv")
        assert (said.code, said.out) == (2, "")
        assert "has no column 'score'" in said.err


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (
                ("fit", "score.csv", "-t", "score"),
                "there is no file 'score.csv'; did you mean 'scores.csv'?",
            ),
            (("fit", ".", "-t", "score"), "'.' is a folder; give the name of a CSV file"),
            (
                ("fit", "scores.csv", "-t", "scor"),
                "scores.csv has no column 'scor'; did you mean 'score'?",
            ),
            (
                ("fit", "scores.csv", "-t", "score", "--method", "trainlm"),
                "method 'trainlm' is called 'lm' here",
            ),
            (
                ("fit", "scores.csv", "-t", "score", "--activation", "tansig"),
                "activation 'tansig' is called 'tanh' here",
            ),
            (
                ("fit", "scores.csv", "-t", "score", "--hidden", "ten"),
                "--hidden takes whole numbers",
            ),
            (
                ("fit", "scores.csv", "-t", "score", "--hidden", "10,-1"),
                "--hidden takes whole numbers",
            ),
            (
                ("fit", "scores.csv", "-t", "score", "--hidden", "1.5"),
                "--hidden takes whole numbers",
            ),
            (
                ("fit", "scores.csv", "-t", "score", "--starts", "0"),
                "starts must be a whole number of at least 1",
            ),
            (("fit", "scores.csv", "-t", "score", "--held-out", "1"), "held_out must be a share"),
            (("fit", "scores.csv", "-t", "score", "--decay", "-1"), "decay must be finite"),
            (("fit", "scores.csv", "-t", "score", "--decay", "nan"), "decay must be finite"),
            (("fit", "scores.csv", "-t", "score", "--seed", "-1"), "seed must be a whole number"),
            (
                ("fit", "scores.csv", "-t", "score", "--time-limit", "-1"),
                "time_limit, in seconds, must be at least 0",
            ),
            (
                ("fit", "scores.csv", "-t", "score", "-o", "no/where"),
                "the folder 'no' does not exist; make it first",
            ),
            (("demo", "-o", "no/where"), "the folder 'no' does not exist; make it first"),
            (("predict", "no.json", "scores.csv"), "there is no file 'no.json'"),
            (("check", "no.json", "scores.csv"), "there is no file 'no.json'"),
            (("fit", "empty.csv", "-t", "score"), "'empty.csv' is empty"),
            (("fit", "header.csv", "-t", "b"), "header.csv has no rows below its header"),
            (
                ("fit", "text.csv", "-t", "a"),
                "column 'a' of text.csv must hold a number in each row",
            ),
            (("fit", "twice.csv", "-t", "b"), "twice.csv has more than one column named 'a'"),
            (
                ("fit", "gaps.csv", "-t", "b"),
                "column 'a' of gaps.csv has 1 values that are missing",
            ),
            (("fit", "random.csv", "-t", "b"), "'random.csv' cannot be read as CSV"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )
    def test_is_one_sentence_exit_code_2_and_nothing_written(
        self, run, tmp_path: Path, arguments: tuple[str, ...], message: str
    ) -> None:
        for name, content in (
            ("empty.csv", b""), ("header.csv", b"a,b\n"), ("text.csv", b"a,b\nx,1\n"), ("twice.csv", b"a,a,b\n1,2,3\n"),
            ("gaps.csv", b"a,b\n,1\n2,3\n"), ("random.csv", np.random.default_rng(0).bytes(5000)),
        ):  # fmt: skip
            (tmp_path / name).write_bytes(content)
        before = contents(tmp_path)
        said = run(*arguments)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(f"sheernet: {message}")
        assert said.err.count("\n") == 1
        assert contents(tmp_path) == before
        assert [p for p in tmp_path.rglob("*") if p.is_dir()] == []

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("train",), "No such command 'train'"),
            (("fit",), "Missing argument"),
            (("fit", "scores.csv"), "Missing option '--target'"),
            (("fit", "scores.csv", "-t", "score", "--epochs", "3"), "No such option"),
            (
                ("fit", "scores.csv", "-t", "score", "--starts", "many"),
                "Invalid value for '--starts'",
            ),
            (("predict", "model.json"), "Missing argument"),
            (("--colour",), "No such option"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )
    def test_of_usage_is_told_in_a_sentence_with_2(
        self, run, arguments: tuple[str, ...], message: str
    ) -> None:
        said = run(*arguments)
        assert (said.code, said.out) == (2, "")
        assert re.fullmatch(
            rf"sheernet: {re.escape(message)}.*; see sheernet --help\n", said.err, re.DOTALL
        )
        assert ".;" not in said.err


class TestFacts:
    def test_info_tells_versions_and_what_runs(self, run) -> None:
        said = run("info")
        assert (said.code, said.err) == (0, "")
        facts = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in said.out.splitlines())
        assert facts["sheernet"] == sn.__version__
        assert facts["numpy"] == np.__version__
        assert facts["engine"] == sn.engines.resolve("auto")
        assert {"python", "machine"} <= set(facts)

    def test_version(self, run) -> None:
        assert run("--version") == (0, f"sheernet {sn.__version__}\n", "")

    def test_help_names_the_commands(self, run) -> None:
        for arguments in (("--help",), ("-h",)):
            said = run(*arguments)
            assert (said.code, said.err) == (0, "")
            assert all(name in said.out for name in ("demo", "fit", "predict", "check", "info"))

    def test_nothing_at_all_is_answered_with_help(self, run) -> None:
        said = run()
        assert said.code == 2
        assert "Usage" in said.out + said.err
        assert "sheernet: ;" not in said.err

    @pytest.mark.parametrize("command", ["demo", "fit", "predict", "check", "info"])
    def test_each_command_has_help(self, run, command: str) -> None:
        said = run(command, "--help")
        assert (said.code, said.err) == (0, "")
        assert "Usage: sheernet" in said.out
        if command != "info":
            assert f"Example: sheernet {command}" in " ".join(said.out.replace("│", " ").split())

    def test_the_demonstration_is_run_in_a_new_folder(self, run, monkeypatch) -> None:
        from sheernet import demo

        seen = []
        monkeypatch.setattr(
            demo,
            "run",
            lambda folder, say, progress: not seen.append((folder.name, folder.is_dir(), progress)),
        )
        assert [run("demo", "-q").code, run("demo").code, run("demo", "-o", "mine").code] == [
            0,
            0,
            0,
        ]
        assert seen == [
            ("sheernet-demo", True, False),
            ("sheernet-demo-2", True, True),
            ("mine", True, True),
        ]


def command(*arguments: str, folder: Path, **more) -> subprocess.Popen:
    source = str(Path(sn.__file__).parents[1])
    environment = (
        os.environ
        | {
            "PYTHONPATH": source,
            "PYTHONWARNINGS": "error,ignore::DeprecationWarning",  # old releases call what others deprecate
            "OPENBLAS_NUM_THREADS": "1",
        }
    )
    return subprocess.Popen(
        [sys.executable, "-m", "sheernet", *arguments],
        cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
    )  # fmt: skip


class TestAsAProcess:
    def test_python_m_sheernet(self, tmp_path: Path) -> None:
        process = command("--version", folder=tmp_path)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (0, f"sheernet {sn.__version__}\n", "")

    @pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole groups")
    def test_ctrl_c_during_a_fit_leaves_a_usable_model_and_130(self, tmp_path: Path) -> None:
        write_scores(tmp_path / "scores.csv", rows=400)
        process = command(
            "fit", "scores.csv", "-t", "score", "--method", "gd", "--starts", "1000", "--max-iter", "1000000",
            folder=tmp_path,
        )  # fmt: skip
        first = process.stderr.readline()
        assert first.startswith("start 1 of 1000: iteration 0, "), first
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 130, err
        assert "Traceback" not in err
        assert err.endswith("sheernet: note: interrupted; what was found is kept\n")
        assert "not converged, interrupted" in out
        model = sn.load(tmp_path / "scores-fit" / "model.json")
        assert model.starts.reasons == ("interrupted",)
        assert np.isfinite(model.predict(tmp_path / "scores.csv")).all()
        assert (
            json.loads((tmp_path / "scores-fit" / "model.json").read_text())["termination"][
                "reason"
            ]
            == "interrupted"
        )
