"""As test_bad_input.py, by names that are not published."""

from __future__ import annotations

from command_lines import Run


def test_a_network_that_does_not_fit_in_memory_is_named_by_its_weights(
    run: Run, monkeypatch
) -> None:
    from sheernet.foundation import memory

    monkeypatch.setattr(memory, "available", lambda: memory.Memory(8e9, "{} are free"))
    said = run("fit", "scores.csv", "-t", "score", "--hidden", "1000000000")
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "sheernet: a network of 4000000001 weights does not fit in memory; lower --hidden\n"
    )
