"""sheernet demo: its folder, and its files after an interrupt."""

from __future__ import annotations

from pathlib import Path

from command_lines import Run, contents
from sheernet.teaching import demo


def writing(
    monkeypatch, *, names=("activation.png", "sleep_study/model.json"), ends: object = True
):
    """Replace the notebook by one that writes these files and ends as given."""

    def run(folder: Path, say, progress: bool) -> bool:
        for name in names:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).touch()
        (folder / "ozone").mkdir()
        say(f"progress {progress}")
        if isinstance(ends, type):
            raise ends
        return bool(ends)

    monkeypatch.setattr(demo, "run", run)


def test_runs_in_a_new_folder_each_time(run: Run, tmp_path: Path, monkeypatch) -> None:
    writing(monkeypatch)
    assert run("demo", "-q") == (0, "progress False\n", "")
    assert run("demo") == (0, "progress True\n", "")
    assert run("demo", "-o", "my dir/mine").code == 0
    for name in ("sheernet-demo", "sheernet-demo-1", "my dir/mine"):
        assert (tmp_path / name / "activation.png").is_file()


def test_json_names_its_files(run: Run, monkeypatch) -> None:
    writing(monkeypatch)
    said = run("demo", "--json")
    assert said.document["result"] == {
        "folder": "sheernet-demo",
        "files": ["activation.png", "sleep_study/model.json"],
        "finished": True,
    }


def test_an_interrupt_names_the_files_that_are_kept(run: Run, monkeypatch) -> None:
    for ends in (False, KeyboardInterrupt):
        writing(monkeypatch, ends=ends)
        said = run("demo", "-o", "mine", "-q")
        folder = "mine" if ends is False else "mine-1"
        assert (said.code, said.out) == (130, "progress False\n")
        assert said.err == (
            f"sheernet: notice: interrupted; the files written so far are kept in {folder}: "
            "activation.png, sleep_study/model.json\n"
        )
        said = run("demo", "--json")
        assert said.code == said.document["exit_code"] == 130
        assert said.document["result"]["finished"] is False


def test_an_interrupt_before_the_first_file_leaves_nothing(
    run: Run, tmp_path: Path, monkeypatch
) -> None:
    before = contents(tmp_path)
    writing(monkeypatch, names=(), ends=KeyboardInterrupt)
    said = run("demo", "-q")
    assert said.code == 130
    assert said.err == "sheernet: interrupted before there were any results\n"
    assert contents(tmp_path) == before
