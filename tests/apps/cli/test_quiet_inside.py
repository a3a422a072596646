"""As test_quiet.py, by names that are not published."""

from __future__ import annotations

import re

import pytest

from command_lines import Run
from sheernet.apps.cli.app import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_is_an_option_of_every_command(run: Run, name: str) -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", run(name, "--help").out)
    assert re.search(r"--quiet +-q ", shown)
