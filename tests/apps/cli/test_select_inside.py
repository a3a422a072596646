"""As test_select.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

import sheernet as sn
from apps.cli.test_select import SELECT
from command_lines import Run


def test_an_interrupt_keeps_what_is_complete(run: Run, tmp_path: Path, monkeypatch) -> None:
    from sheernet.models.fitting import left_out_fits

    calls, whole = [], left_out_fits.fit_jobs

    def pressed(*arguments: object, **given: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(*arguments, **given)

    monkeypatch.setattr(left_out_fits, "fit_jobs", pressed)
    said = run(*SELECT, "--json")
    assert said.code == said.document["exit_code"] == 130
    assert len(said.document["result"]["selection"]) == 2
    assert sn.load(tmp_path / "scores-select" / "model.json").training_fit.rows == 40
