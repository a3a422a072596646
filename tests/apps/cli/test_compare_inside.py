"""As test_compare.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

from apps.cli.test_compare import COMPARE
from command_lines import OLD_PICTURE, Run, contents


def test_an_interrupt_keeps_the_results_so_far(run: Run, tmp_path: Path, monkeypatch) -> None:
    from sheernet.models.fitting import table_fit

    calls = []

    def pressed(step, row) -> None:
        calls.append(step)
        if len(calls) == 4:
            raise KeyboardInterrupt

    original = table_fit.train
    observed = lambda *a, **k: original(*a, **{**k, "observers": [pressed]})  # noqa: E731
    monkeypatch.setattr(table_fit, "train", observed)
    said = run(*COMPARE, "--json")
    assert said.code == said.document["exit_code"] == 130
    assert said.document["result"]["methods"][0]["method"] == "lm"
    assert (tmp_path / "scores-compare" / "comparison.csv").is_file()


def test_force_leaves_the_results_of_a_fit_alone(run: Run, tmp_path: Path, monkeypatch) -> None:
    from sheernet import plots
    from sheernet.apps.cli.pictures import ALL

    def broken(*_: object) -> None:
        raise ValueError("why")

    monkeypatch.setattr(plots, "cost", broken)
    folder = tmp_path / "scores-fit"
    folder.mkdir()
    fitted = {"model.json", *(f"{name}.png" for name in ALL)}
    for name in (*fitted, "comparison.csv", "comparison.png"):
        (folder / name).write_text(OLD_PICTURE)
    said = run(*COMPARE, "--output", "scores-fit", "--force")
    assert said.code == 0
    assert said.err.endswith(
        f"{Path('scores-fit/comparison.png')} from an earlier run was removed\n"
    )
    left = {path.name: path.read_text() for path in folder.iterdir()}
    assert left.pop("comparison.csv").startswith("method,")
    assert left == dict.fromkeys(fitted, OLD_PICTURE)


def test_a_full_disk_prints_and_writes_nothing(run: Run, tmp_path: Path, monkeypatch) -> None:
    import errno

    from sheernet.foundation import atomic_files

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = contents(tmp_path)
    monkeypatch.setattr(atomic_files, "_write", full)
    said = run(*COMPARE)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert "comparison.csv' cannot be written: No space left on device; free some" in said.err
    assert contents(tmp_path) == before


def test_a_disk_that_is_full_after_the_table_gives_an_error_that_names_the_table(
    run: Run, tmp_path: Path, monkeypatch
) -> None:
    import errno

    from sheernet.foundation import atomic_files

    original = atomic_files._write

    def full(target: Path, *arguments: object, **more: object) -> None:
        if target.suffix == ".png":
            raise OSError(errno.ENOSPC, "No space left on device")
        original(target, *arguments, **more)

    monkeypatch.setattr(atomic_files, "_write", full)
    said = run(*COMPARE)
    assert said.code == 2
    assert said.err.startswith("sheernet: 'scores-compare' lacks comparison.png: ")
    assert said.err.endswith(f"; complete: {Path('scores-compare/comparison.csv')}\n")
    assert said.err.count("\n") == 1
    assert [p.name for p in (tmp_path / "scores-compare").iterdir()] == ["comparison.csv"]
