"""The server: who may ask, what is refused, streams, and the end of sessions."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

import sheernet as sn
from sheernet.apps.page import page_server
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_server import MOST_CONNECTIONS, MOST_SESSIONS, PageServer
from sheernet.apps.page.page_table import LARGEST_FILE

PATIENCE = 60.0  # seconds, on a computer that does much else


class Said(NamedTuple):
    """Status, headers and body of an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


class Client:
    """A browser, or a program that pretends to be one."""

    def __init__(self, server: PageServer) -> None:
        self.server = server

    def ask(
        self, method: str, path: str, body: Any = None, *, token: bool = True, **headers: str
    ) -> Said:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        if token:
            path += ("&" if "?" in path else "?") + f"token={self.server.token}"
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection.request(
            method, path, raw, {name.replace("_", "-"): v for name, v in headers.items()}
        )
        answer = connection.getresponse()
        said = Said(answer.status, dict(answer.getheaders()), answer.read())
        connection.close()
        return said

    def open(self, **opening: Any) -> str:
        return self.ask("POST", "/api/sessions", opening).document["session"]

    def command(self, session: str, command: str, **arguments: Any) -> Said:
        return self.ask(
            "POST", f"/api/commands?session={session}", {"command": command, **arguments}
        )

    def stream(self, session: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        connection.request("GET", f"/api/events?session={session}&token={self.server.token}")
        return connection, connection.getresponse()


def next_event(stream: http.client.HTTPResponse, wanted: str) -> Any:
    """The data of the next event of a name."""
    name = ""
    while line := stream.readline().decode():
        if line.startswith("event: "):
            name = line[7:].strip()
        elif line.startswith("data: ") and name == wanted:
            return json.loads(line[6:])
    raise AssertionError("the stream has ended")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr(page_server, "GRACE", 0.05)
    server = PageServer(Exercise(data="xor"), port=0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield Client(server)
    server.shutdown()
    server.close()
    thread.join()


def test_the_page_and_its_files_have_a_strict_policy(client: Client) -> None:
    page = client.ask("GET", "/")
    assert page.status == 200
    for path in ("/", "/view/main.js", "/view/style.css", "/nothing"):
        said = client.ask("GET", path)
        policy = said.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy
        assert "http" not in policy
        assert said.headers["Referrer-Policy"] == "no-referrer"
        assert said.headers["X-Content-Type-Options"] == "nosniff"
        assert said.headers["Cache-Control"] == "no-store"
    assert client.ask("GET", "/view/main.js").headers["Content-Type"].startswith("text/javascript")
    assert b"<script" not in page.body.replace(b'<script type="module" src=', b"")


def test_it_listens_on_this_computer_only(client: Client) -> None:
    assert client.server.server_address[0] == "127.0.0.1"


REQUESTS = [
    ("GET", "/"), ("GET", "/api/events?session=x"), ("GET", "/api/download?session=x&kind=model"),
    ("POST", "/api/sessions"), ("POST", "/api/commands?session=x"), ("POST", "/api/table?session=x&name=a"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_without_the_token_nothing_is_answered(client: Client, method: str, path: str) -> None:
    for bad in ("", "?token=", "?token=wrong", f"?token={client.server.token}x", "?token=%C3%A9"):
        said = client.ask(
            method, path + bad.replace("?", "&" if "?" in path else "?"), {}, token=False
        )
        assert said.status == 403, bad
        assert "token" in said.document["error"]
    right = client.ask(method, path, {}, token=False, X_Sheernet_Token=client.server.token)
    assert right.status != 403


@pytest.mark.parametrize(("method", "path"), [*REQUESTS, ("GET", "/view/main.js")])
def test_a_foreign_name_that_leads_here_is_refused(client: Client, method: str, path: str) -> None:
    for host in (
        "evil.example",
        f"evil.example:{client.server.port}",
        "127.0.0.1",
        "localhost:1",
        "[::1]",
    ):
        assert client.ask(method, path, {}, Host=host).status == 403, host
    assert client.ask("GET", "/", Host=f"localhost:{client.server.port}").status == 200


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_a_page_from_elsewhere_is_refused(client: Client, method: str, path: str) -> None:
    for origin in (
        "http://evil.example",
        "null",
        "http://127.0.0.1",
        f"https://127.0.0.1:{client.server.port}",
    ):
        assert client.ask(method, path, {}, Origin=origin).status == 403, origin
    if path != "/":  # a link to the page itself may stand anywhere
        assert client.ask(method, path, {}, Sec_Fetch_Site="cross-site").status == 403
    own = client.ask("POST", "/api/sessions", {}, Origin=f"http://127.0.0.1:{client.server.port}")
    assert own.status == 200


@pytest.mark.parametrize(
    ("wrong", "status"),
    [("Host: evil.example", 403), ("Origin: http://evil.example", 403), ("X-Sheernet-Token: wrong", 403),
     (f"Content-Length: {LARGEST_FILE + 1}", 413), ("Transfer-Encoding: chunked", 411)],
)  # fmt: skip
def test_what_is_refused_is_refused_before_its_body_is_read(
    client: Client, wrong: str, status: int
) -> None:
    with socket.create_connection(("127.0.0.1", client.server.port), timeout=PATIENCE) as raw:
        raw.sendall(head_of_post(client, wrong))
        assert raw.recv(1000).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_request_that_drips_is_ended(client: Client, part: str) -> None:
    client.server.patience = 0.2
    with socket.create_connection(("127.0.0.1", client.server.port), timeout=0.01) as raw:
        raw.sendall(head_of_post(client, "Content-Length: 5000") if part == "body" else b"GET /")
        for _ in range(400):
            if has_ended(raw):
                break
        else:
            raise AssertionError("a client that sends a byte at a time holds its connection")
    assert client.ask("GET", "/").status == 200


def test_connections_are_bounded(client: Client) -> None:
    address = ("127.0.0.1", client.server.port)
    held = [socket.create_connection(address, timeout=PATIENCE) for _ in range(MOST_CONNECTIONS)]
    assert is_refused(client)
    assert is_refused(client)
    for each in held:
        each.close()
    ends = time.monotonic() + PATIENCE
    while is_refused(client):
        assert time.monotonic() < ends


def test_a_connection_without_a_thread_gives_its_place_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("threading.Thread.start", no_thread)
        assert all(is_refused(client) for _ in range(MOST_CONNECTIONS + 1))
    assert not is_refused(client)


def no_thread(thread: Any) -> None:
    raise RuntimeError("can't start new thread")


def is_refused(client: Client) -> bool:
    try:
        return client.ask("GET", "/").status == 503
    except ConnectionError:  # closed before the request was read, which some systems tell first
        return True


def head_of_post(client: Client, header: str) -> bytes:
    """The head of a request with a header that replaces the right one."""
    headers = {
        "Host": f"127.0.0.1:{client.server.port}", "X-Sheernet-Token": client.server.token, "Content-Length": "1000"
    }  # fmt: skip
    name, _, value = header.partition(": ")
    lines = [f"{name}: {value}" for name, value in (headers | {name: value}).items()]
    return "\r\n".join(["POST /api/sessions HTTP/1.1", *lines, "\r\n"]).encode()


def has_ended(raw: socket.socket) -> bool:
    """Send a byte, and return whether the server has closed the connection."""
    try:
        raw.sendall(b"x")
        return raw.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_the_body_of_a_refused_request_is_not_the_next_request(client: Client) -> None:
    address = f"/?token={client.server.token}"
    connection = http.client.HTTPConnection("127.0.0.1", client.server.port, timeout=PATIENCE)
    connection.request(
        "POST", "/api/sessions", b"GET / HTTP/1.1", {"Origin": "http://evil.example"}
    )
    refused = connection.getresponse()
    assert (refused.status, b"from elsewhere" in refused.read()) == (403, True)
    connection.request("GET", address)
    assert connection.getresponse().status == 200
    connection.close()


@pytest.mark.parametrize(
    "path",
    ["/view/../page_server.py", "/view/%2e%2e/page_server.py", "/view/../../../../etc/passwd", "/view/", "/view/x.js",
     "/view//etc/passwd.js", "/view/page_server.py", "/etc/passwd", "/api/nothing", "/view/main.js%00.css"],
)  # fmt: skip
def test_nothing_but_the_view_is_served(client: Client, path: str) -> None:
    assert client.ask("GET", path).status == 404


def test_a_body_above_the_cap_is_refused_with_a_sentence(client: Client) -> None:
    session = client.open()
    said = client.ask(
        "POST", f"/api/table?session={session}&name=big.csv", b"1" * (LARGEST_FILE + 1)
    )
    assert said.status == 413
    assert said.document["error"].startswith("the file has 5.0 MB, but the page takes up to 5 MB")
    assert client.command(session, "pause").status == 200


def test_a_body_of_unknown_or_impossible_length_is_refused(client: Client) -> None:
    address = ("127.0.0.1", client.server.port)
    target = f"POST /api/sessions?token={client.server.token} HTTP/1.1\r\nHost: 127.0.0.1:{client.server.port}\r\n"
    for more in (
        "",
        "Content-Length: -1\r\n",
        "Content-Length: x\r\n",
        "Transfer-Encoding: chunked\r\n",
    ):
        with socket.create_connection(address, timeout=PATIENCE) as raw:
            raw.sendall((target + more + "\r\n").encode())
            assert raw.recv(1000).startswith(b"HTTP/1.1 411")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"command": "explode"}', b'{"command": "play", "extra": 1}', b"\xff\xfe", b"null",
     b'{"command": "weight", "index": "a", "value": 1}', b'{"command": "weight", "index": 0, "value": 1e999}',
     b'{"command": "settings", "values": {"data": "nothing"}}', b"[" * 100_000],
)  # fmt: skip
def test_a_command_that_cannot_be_read_is_refused_with_a_sentence(
    client: Client, body: bytes
) -> None:
    session = client.open()
    said = client.ask("POST", f"/api/commands?session={session}", body)
    assert said.status == 400
    assert said.document["error"]


def test_a_command_answers_with_the_state(client: Client) -> None:
    session = client.open(query="data=xor&hidden=2&seed=5")
    said = client.command(session, "settings", values={"hidden": [3, 2]})
    assert said.status == 200
    state = said.document["state"]
    assert state["network"]["summary"].startswith("2-3-2-1")
    assert state["exercise"]["seed"] == 5
    assert [unit["id"] for unit in state["network"]["units"][:5]] == [
        "x1",
        "x2",
        "h1.1",
        "h1.2",
        "h1.3",
    ]
    assert client.command(session, "settings", values={"hidden": [0]}).document["error"]


def test_the_files_of_a_person_are_taken_or_refused(client: Client) -> None:
    session = client.open()
    path = f"/api/table?session={session}&name=%3Cimg%20src%3Dx%3E.csv"
    said = client.ask("POST", path, b"<b>,y\n1,2\n3,4\n5,7\n")
    assert said.document["state"]["data"]["name"] == "<img src=x>.csv"
    assert said.document["state"]["data"]["columns"][0]["name"] == "<b>"
    assert said.headers["Content-Type"] == "application/json"
    refused = client.ask("POST", path, b"\x00\x01\x02")
    assert (refused.status, "error" in refused.document) == (400, True)


def test_a_stream_has_states_and_frames(client: Client) -> None:
    session = client.open()
    connection, stream = client.stream(session)
    assert stream.getheader("Content-Type") == "text/event-stream; charset=utf-8"
    assert next_event(stream, "state")["revision"] == 1
    first = next_event(stream, "frame")
    assert (first["iteration"], first["curves"]["replace"]) == (0, True)
    client.command(session, "step", n=3)
    seen = list(first["curves"]["iteration"])
    while seen[-1] < 3:
        frame = next_event(stream, "frame")
        assert not frame["curves"]["replace"]
        seen += frame["curves"]["iteration"]
    assert seen == [0, 1, 2, 3]
    client.command(session, "settings", values={"title": "XOR"})
    assert next_event(stream, "state")["revision"] == 2
    curves = next_event(stream, "frame")["curves"]
    assert (curves["replace"], curves["iteration"]) == (True, [0, 1, 2, 3])
    client.command(session, "settings", values={"hidden": [2]})
    assert next_event(stream, "state")["revision"] == 3
    assert len(next_event(stream, "frame")["theta"]) == 9
    stream.close()
    connection.close()


def test_a_closed_tab_ends_its_run_and_not_that_of_another(client: Client) -> None:
    sessions = [
        client.open(query="data=two%20spirals&method=gd&max_iter=10000000") for _ in range(2)
    ]
    streams = [client.stream(session) for session in sessions]
    runs = []
    for session, (_, stream) in zip(sessions, streams, strict=True):
        next_event(stream, "frame")
        client.command(session, "play")
        runs.append(client.server.sessions[session])
    for part in reversed(streams[0]):
        part.close()
    assert runs[0].closed.wait(PATIENCE)
    assert client.command(sessions[0], "play").status == 404
    assert runs[1].status == "running"
    for part in reversed(streams[1]):
        part.close()
    assert runs[1].closed.wait(PATIENCE)


def test_sessions_are_bounded(client: Client) -> None:
    names = [client.open() for _ in range(MOST_SESSIONS + 3)]
    assert len(client.server.sessions) == MOST_SESSIONS
    assert client.command(names[0], "pause").status == 404
    assert client.command(names[-1], "pause").status == 200


@pytest.mark.parametrize(
    "opening",
    [
        {"query": "seed=x"},
        {"query": "hidden=3,b"},
        {"query": "data=table&table_name=a.csv"},
        {"a": 1},
    ],
)
def test_a_page_that_cannot_be_opened_says_why(client: Client, opening: dict[str, Any]) -> None:
    said = client.ask("POST", "/api/sessions", opening)
    assert said.status == 400
    assert said.document["error"]
    assert not client.server.sessions


def test_closing_the_server_ends_its_runs_and_requests(client: Client) -> None:
    session = client.open(query="data=two%20spirals&method=gd&max_iter=10000000")
    connection, stream = client.stream(session)
    client.command(session, "play")
    next_event(stream, "frame")
    run = client.server.sessions[session].run
    assert run is not None
    assert client.server.close(PATIENCE)
    assert run.wait(0.0)
    stream.close()
    connection.close()


def test_a_thread_that_does_not_end_is_told(client: Client) -> None:
    with client.server.working():
        assert not client.server.close(0.01)
    assert client.server.close()


def test_downloads_have_names_and_types(client: Client) -> None:
    session = client.open()
    said = client.ask("GET", f"/api/download?session={session}&kind=exercise")
    assert said.headers["Content-Disposition"] == 'attachment; filename="exercise.json"'
    assert said.document == {"format": "sheernet-exercise", "version": 1, "data": "xor"}
    assert b"token" not in said.body
    assert client.ask("GET", f"/api/download?session={session}&kind=x").status == 400


def test_a_busy_port_is_left_to_its_owner() -> None:
    first = PageServer(Exercise(), port=0)
    second = PageServer(Exercise(), port=first.port)
    assert second.port > first.port
    first.close()
    second.close()


def test_if_no_port_is_free_the_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    first = PageServer(Exercise(), port=0)
    monkeypatch.setattr(page_server, "MOST_PORTS", 1)
    with pytest.raises(sn.InvalidInput, match=f"no port from {first.port} to {first.port} is free"):
        PageServer(Exercise(), port=first.port)
    first.close()
