"""The page in a notebook: what it begins with, who may show it in a frame, and its end with the kernel."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

import sheernet as sn


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port


def is_open(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


class TestWhatItBeginsWith:
    @pytest.mark.parametrize("height", [0, 1.5, "tall"])
    def test_a_height_that_is_none_is_refused(self, height) -> None:
        with pytest.raises(sn.InvalidInput, match="height"):
            sn.page(height=height)


def test_closing_ends_the_page_and_its_port() -> None:
    page = sn.page()
    port = port_of(page.url)
    assert is_open(port)
    page.close()
    page.close()
    assert not is_open(port)
    assert (page.url, repr(page), page._repr_html_()) == (
        "", "<page, closed>", "<p>This page is closed.</p>"
    )  # fmt: skip


def test_a_cell_shows_the_page_which_ends_with_the_kernel() -> None:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    cells = [
        "import sheernet as sn\nfrom urllib.request import urlopen",
        "page = sn.page()\npage",
        "print(page.url, urlopen(page.url).status)",
        "other = sn.page()\nother.close()\nother",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(book, timeout=600, startup_timeout=600, kernel_name="python3").execute()
    url, status = book.cells[2].outputs[0]["text"].split()
    assert status == "200"
    (output,) = book.cells[1].outputs
    assert f"<iframe src='{url}'" in output["data"]["text/html"]
    assert output["data"]["text/plain"] == f"<page at {url}>"
    assert book.cells[3].outputs[0]["data"]["text/html"] == "<p>This page is closed.</p>"
    assert not is_open(port_of(url))
