"""As test_notebook_page.py, by names that are not published."""

from __future__ import annotations

import http.client
import threading
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np
import pytest

import sheernet as sn
from apps.page.test_notebook_page import port_of
from sheernet.apps.page.notebook_page import NotebookPage, _beginning_with
from sheernet.apps.page.page_presets import beginning
from sheernet.apps.page.page_server import PageServer
from sheernet.apps.page.page_table import LARGEST_FILE

TABLE = {"x": np.linspace(0.0, 1.0, 20) / 3, "y": np.linspace(0.0, 1.0, 20) ** 2}


@pytest.fixture
def shown():
    page = sn.page(TABLE)
    yield page
    page.close()


class TestWhatItBeginsWith:
    def test_without_data_it_is_the_page_of_the_command(self) -> None:
        assert _beginning_with(None) == beginning()

    @pytest.mark.parametrize("kind", [dict, sn.read_table, "frame"])
    def test_a_table_keeps_its_bits(self, kind) -> None:
        table = sn.read_table(TABLE).frame if kind == "frame" else kind(TABLE)
        exercise = _beginning_with(table)
        lines = [line.split(",") for line in exercise.table.splitlines()]
        assert lines[0] == ["x", "y"]
        assert [float(line[0]) for line in lines[1:]] == TABLE["x"].tolist()

    def test_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "points.csv"
        file.write_text("x,y\n1,2\n3,4\n")
        for path in (file, str(file)):
            exercise = _beginning_with(path)
            assert (exercise.table_name, exercise.table) == ("points.csv", "x,y\n1,2\n3,4\n")

    def test_a_table_that_is_too_large_is_refused(self) -> None:
        wide = {"x": np.full(LARGEST_FILE // 4, 0.1), "y": np.full(LARGEST_FILE // 4, 0.1)}
        with pytest.raises(sn.InvalidInput, match="the page takes up to 5 MB"):
            sn.page(wide)


class TestWhoMayShowIt:
    def policy(self, url: str) -> str:
        with urlopen(url) as answer:
            return answer.headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2]

    def test_pages_of_this_computer(self, shown: NotebookPage) -> None:
        assert self.policy(shown.url) == "http://127.0.0.1:* http://localhost:*"

    def test_other_pages_are_in_no_frame(self) -> None:
        server = PageServer(beginning(), port=0)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        assert self.policy(server.url) == "'none'"
        server.shutdown()
        server.close()
        thread.join()

    def test_requests_are_refused_as_by_the_command(self, shown: NotebookPage) -> None:
        url = urlsplit(shown.url)
        for path, headers in (
            ("/", {}),
            (f"/?{url.query}", {"Host": f"evil.example:{url.port}"}),
            (f"/?{url.query}", {"Origin": "http://127.0.0.1:1"}),
            (f"/api/events?session=x&{url.query}", {"Sec-Fetch-Site": "same-site"}),
        ):
            connection = http.client.HTTPConnection("127.0.0.1", port_of(shown.url))
            connection.request("GET", path, headers=headers)
            assert connection.getresponse().status == 403, (path, headers)
            connection.close()
