"""Benchmark: how often the page shows another iteration, its memory over minutes, and how soon Ctrl-C ends it.

    python benchmarks/page_speed.py --minutes 5 >> benchmarks/results.md

`sheernet page` trains a 2-8-8-1 network by gradient descent on the two spirals, in a headless Chromium.  An update is
an animation frame of the browser in which the number of the iteration is another one than in the frame before.  Memory
is the resident memory of the server, and the heap of the page after its garbage was collected.  At the end, while the
page receives its stream, the server gets the signal of Ctrl-C.  Needs Playwright (dependency group `test`), Chromium or
Chrome, and Linux.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from _measuring import heading

import sheernet as sn

sys.path.append(str(Path(__file__).parents[1] / "scripts"))
import chromium

SETTINGS = "data=two%20spirals&hidden=8,8&method=gd&max_iter=10000000"
SPANS, SECONDS = 2, 10
SAMPLES = 10
PATIENCE = 60_000  # milliseconds
COUNT = """seconds => new Promise(resolve => {
    const figure = document.querySelector("#transport .figure");
    const end = performance.now() + 1000 * seconds;
    let seen = figure.textContent;
    let updates = 0;
    const look = now => {
        if (figure.textContent !== seen) updates += 1;
        seen = figure.textContent;
        if (now < end) requestAnimationFrame(look);
        else resolve(updates);
    };
    requestAnimationFrame(look);
})"""


@contextmanager
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process of `sheernet page`, and its address."""
    # A shell ignores the signal of Ctrl-C in programs that it starts in the background, and so would the server.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-u", "-m", "sheernet", "page", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server, server.stdout.readline().split()[-1]
        finally:
            server.kill()


def opened(browser: Any, address: str) -> Any:
    """The page, while it trains."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}#{SETTINGS}")
    page.get_by_text("2-8-8-1").first.wait_for()
    page.get_by_role("button", name="Play").click()
    page.locator("#transport .figure", has_text="iteration 1").first.wait_for()
    return page


def server_memory(process: int) -> float:
    """Resident memory in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1000


def page_memory(session: Any) -> float:
    """The used heap in MB, after a collection of garbage."""
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize") / 1e6


def print_memory(page: Any, process: int, minutes: float) -> None:
    """The table of the memory of server and page."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    print("| minutes | iteration | server, MB | page, MB |")
    print("|---|---|---|---|")
    began = time.perf_counter()
    for k in range(SAMPLES + 1):
        left = began + 60 * minutes * k / SAMPLES - time.perf_counter()
        page.wait_for_timeout(1000 * max(left, 0.0))
        iteration = page.locator("#transport .figure").first.inner_text().split()[-1]
        passed = (time.perf_counter() - began) / 60
        memories = f"{server_memory(process):.1f} | {page_memory(session):.2f}"
        print(f"| {passed:.1f} | {iteration} | {memories} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5.0, help="for which memory is looked at")
    given = parser.parse_args()
    print(heading(sn.engines.describe(), "playwright"))
    print(f"Load of the machine before: {os.getloadavg()[0]:.1f}")
    with served() as (server, address), chromium.started() as browser:
        page = opened(browser, address)
        rates = [page.evaluate(COUNT, SECONDS) / SECONDS for _ in range(SPANS)]
        told = " and ".join(f"{rate:.1f}" for rate in rates)
        print(f"Chromium {browser.version}; updates a second over {SECONDS} s each: {told}\n")
        print_memory(page, server.pid, given.minutes)
        began = time.perf_counter()
        server.send_signal(signal.SIGINT)
        code = server.wait(PATIENCE / 1000)
        print(f"\nCtrl-C ends it in {time.perf_counter() - began:.2f} s, exit code {code}")
    print(f"Load of the machine afterwards: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
