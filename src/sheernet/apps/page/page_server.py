"""`PageServer`: the HTTP server of the page, for browsers on this computer only.

- It listens on 127.0.0.1 only, and refuses a Host other than 127.0.0.1 and localhost, so that a foreign name that
  resolves to this address (DNS rebinding) gets no data.
- It refuses requests with the Origin of another page, and requests for data without the token of the address, before it
  reads their bodies.
- A body has at most 5 MB, a whole request takes at most 10 seconds, and at most 32 connections are open at a time.
- The page cannot load content from other servers (Content-Security-Policy).
"""

from __future__ import annotations

import hmac
import io
import os
import re
import secrets
import socket
import socketserver
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from sheernet.apps.page import protocol
from sheernet.apps.page.downloads import download
from sheernet.apps.page.event_stream import stream
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_table import LARGEST_FILE, size_sentence
from sheernet.apps.page.session import Session
from sheernet.foundation.errors import InvalidInput, SheernetError

ADDRESS = "127.0.0.1"
MOST_PORTS = 50
"""Number of ports that are tried."""
MOST_SESSIONS = 12
GRACE = 2.0
"""Seconds after which the run of a closed page is ended, unless the page is opened again."""
MOST_CONNECTIONS = 32
"""Number of open connections, each of which has a thread; a browser opens up to 6."""
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
LONGEST_END = 0.7
"""Maximum number of seconds that the server waits for runs and requests when it closes."""
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors "
)
"""The content security policy, without the pages that may show this page in a frame, which are appended."""
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
NOWHERE, THIS_COMPUTER = "'none'", f"http://{ADDRESS}:* http://localhost:*"
"""Pages that may show this page in a frame: none, or pages of servers on this computer, such as a notebook."""
_STATIC = re.compile(r"[a-z0-9_]+\.(js|css|svg|html)")
_MEDIA_TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
}


class Refused(Exception):
    """A refused request, with its HTTP status and a message."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class PageServer(ThreadingHTTPServer):
    """The server, bound to a port.

    Parameters
    ----------
    exercise : Exercise
        The initial exercise of a page.
    port : int
        The port to try first.

    Raises
    ------
    InvalidInput
        If no port is free.

    Examples
    --------
    >>> from sheernet.apps.page.page_exercise import Exercise
    >>> from sheernet.apps.page.page_server import PageServer
    >>> server = PageServer(Exercise(), port=0)
    >>> server.url.startswith(f"http://127.0.0.1:{server.port}/?token=")
    True
    >>> _ = server.close()
    """

    frames = NOWHERE
    """Return the pages that may show this page in a frame."""
    patience = 10.0
    """Maximum number of seconds that a client may take to send a whole request, or to receive a part of an answer."""
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name != "nt"  # otherwise two servers could share the port on Windows

    def __init__(self, exercise: Exercise, port: int) -> None:
        self.exercise = exercise
        self.token = secrets.token_urlsafe(24)
        self.sessions: dict[str, Session] = {}
        self._streams: dict[str, int] = {}
        self._lock = threading.Lock()
        self._idle, self._works = threading.Condition(), 0
        self._places = threading.Semaphore(MOST_CONNECTIONS)
        self._bind(port)

    def _bind(self, wanted: int) -> None:
        last = wanted if wanted == 0 else min(wanted + MOST_PORTS, 65536) - 1
        for port in range(wanted, last + 1):
            try:
                super().__init__((ADDRESS, port), _Handler)
                return
            except OSError:
                continue
        raise InvalidInput(f"no port from {wanted} to {last} is free; give another with --port")

    def server_bind(self) -> None:
        """Bind without looking up the host name, which may take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, self.server_address[1]

    @property
    def port(self) -> int:
        """The port."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """The address of the page, with the token."""
        return f"http://{ADDRESS}:{self.port}/?token={self.token}"

    def open_session(self, opening: protocol.Opening) -> Session:
        """Open a session.

        Raises
        ------
        InvalidInput
            If the exercise cannot be used, or there are too many sessions.
        """
        exercise = self.exercise
        if opening.query:
            exercise = Exercise.from_query(opening.query)
            # An address has only the name of the table.
            if (
                not exercise.table
                and exercise.data == self.exercise.data
                and (exercise.table_name == self.exercise.table_name)
            ):
                exercise = msgspec.structs.replace(exercise, table=self.exercise.table)
        session = Session(exercise)
        with self._lock:
            idle = [name for name in self.sessions if not self._streams.get(name)]
            ended = [
                self.sessions.pop(name)
                for name in idle[: max(len(self.sessions) + 1 - MOST_SESSIONS, 0)]
            ]
            if len(self.sessions) < MOST_SESSIONS:
                self.sessions[session.name] = session
        for each in ended:
            each.close()
        if session.name not in self.sessions:
            session.close()
            raise InvalidInput(f"{MOST_SESSIONS} pages are open already; close one of them")
        return session

    def attach(self, session: Session) -> None:
        """Register a stream of a session."""
        with self._lock:
            self._streams[session.name] = self._streams.get(session.name, 0) + 1

    def detach(self, session: Session) -> None:
        """Unregister a stream that has ended; end the session if no other stream is opened in time."""
        with self._lock:
            self._streams[session.name] -= 1
        session.closed.wait(GRACE)
        with self._lock:
            is_left = not self._streams.get(session.name)
            if is_left:
                self.sessions.pop(session.name, None)
        if is_left:
            session.close()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Register work that `close` waits for."""
        with self._idle:
            self._works += 1
        try:
            yield
        finally:
            with self._idle:
                self._works -= 1
                self._idle.notify_all()

    def close(self, patience: float = LONGEST_END) -> bool:
        """End all sessions and close the port.

        Parameters
        ----------
        patience : float
            Maximum number of seconds to wait for runs and requests.

        Returns
        -------
        bool
            Whether all runs and requests have ended in this time.  If not, a thread may be executing
            compiled code, and the interpreter must not be finalized meanwhile.
        """
        with self._lock:
            sessions = list(self.sessions.values())
            self.sessions.clear()
        for session in sessions:
            session.closed.set()
            threading.Thread(target=self._end, args=(session,), daemon=True).start()
        self.server_close()
        with self._idle:
            return self._idle.wait_for(
                lambda: not self._works and all(s.has_ended for s in sessions), patience
            )

    def _end(self, session: Session) -> None:
        session.close()
        with self._idle:
            self._idle.notify_all()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a new thread, or refuse it if too many are open or no thread can be started."""
        if self._places.acquire(blocking=False):
            try:
                super().process_request(request, client_address)
                return
            except RuntimeError:
                self._places.release()
        with suppress(OSError):
            request.sendall(BUSY)
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a connection until it is closed."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing, because a client may disconnect at any time."""


class _Incoming(io.RawIOBase):
    """What a client sends, until the end of the time for a request; afterwards, only what has arrived already."""

    def __init__(self, connection: socket.socket, patience: float) -> None:
        self.connection, self.patience = connection, patience
        self.begin()

    def begin(self) -> None:
        """Begin to wait for a request."""
        self.ends = time.monotonic() + self.patience

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what arrives next; raise TimeoutError if nothing arrives in time."""
        self.connection.settimeout(max(self.ends - time.monotonic(), 0.0))
        try:
            return self.connection.recv_into(buffer)
        except BlockingIOError:
            raise TimeoutError from None
        finally:
            self.connection.settimeout(self.patience)


class _Handler(BaseHTTPRequestHandler):
    """The requests of a connection."""

    server: PageServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # 49 -> 60 frames a second
    server_version, sys_version = "sheernet", ""

    def setup(self) -> None:
        """Limit the time of each request."""
        super().setup()
        self.rfile.close()
        self._incoming = _Incoming(self.connection, self.server.patience)
        self.rfile = io.BufferedReader(self._incoming)

    def handle_one_request(self) -> None:
        """Wait for a request and answer it."""
        self._incoming.begin()
        super().handle_one_request()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Print nothing, because the address in a log would reveal the token."""

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def _answer(self, handle: Any) -> None:
        """Handle a request; convert errors to messages."""
        self._unread = 0  # bytes of the body
        try:
            self._url = urlsplit(self.path)
            self._query = parse_qs(self._url.query, max_num_fields=20)
            with self.server.working():
                handle()
        except Refused as refused:
            self._refuse(refused.status, str(refused))
        except (SheernetError, MemoryError) as error:
            self._refuse(HTTPStatus.BAD_REQUEST, str(error) or "there is not enough memory")
        except ValueError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, f"the request cannot be read: {error!s:.200}")
        except OSError:  # the client has gone
            self.close_connection = True
        except Exception as error:
            traceback.print_exc()
            self._refuse(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                f"{type(error).__name__}: this is a defect of sheernet; please report it and the lines in the terminal",
            )

    # --- authorization of requests ---

    def _require_local(self) -> None:
        """Raise for requests that do not come from this page."""
        hosts = {f"{name}:{self.server.port}" for name in (ADDRESS, "localhost")}
        if self.headers.get("Host") not in hosts:
            raise Refused(
                HTTPStatus.FORBIDDEN,
                f"this server answers to http://{ADDRESS}:{self.server.port} only",
            )
        origin = self.headers.get("Origin")
        is_foreign = origin is not None and origin not in {f"http://{host}" for host in hosts}
        # A link in an e-mail or on a website may open the page itself.
        if self.command != "GET" or self._url.path != "/":
            is_foreign |= self.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")
        if is_foreign:
            raise Refused(HTTPStatus.FORBIDDEN, "a page from elsewhere may not use this server")

    def _require_token(self) -> None:
        given = self.headers.get("X-Sheernet-Token") or self._one("token")
        if not hmac.compare_digest(given.encode(), self.server.token.encode()):
            raise Refused(
                HTTPStatus.FORBIDDEN,
                "the token is missing or old; open the address that the command printed",
            )

    def _one(self, name: str) -> str:
        """Return a value of the query; "" if it is absent."""
        return self._query.get(name, [""])[0]

    def _session(self) -> Session:
        found = self.server.sessions.get(self._one("session"))
        if found is None:
            raise Refused(HTTPStatus.NOT_FOUND, "this session has ended; load the page again")
        return found

    # --- requests ---

    def _get(self) -> None:
        self._require_local()
        path = self._url.path
        if path.startswith("/view/"):
            self._send_static(path.removeprefix("/view/"))
            return
        if path not in ("/", "/api/events", "/api/download"):
            raise Refused(HTTPStatus.NOT_FOUND, "there is nothing at this address")
        self._require_token()
        if path == "/":
            self._send_static("index.html")
        elif path == "/api/events":
            self._send_stream(self._session())
        else:
            kind = self._one("kind")
            content = download(self._session(), kind)
            disposition = {"Content-Disposition": f'attachment; filename="{kind}.json"'}
            self._send(content, "application/json", disposition)

    def _post(self) -> None:
        length = self.headers.get("Content-Length", "")
        is_known = length.isdecimal() and not self.headers.get("Transfer-Encoding")
        self._unread = int(length) if is_known else sys.maxsize
        self._require_local()
        self._require_token()
        if not is_known:
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "a request must state the length of its body")
        body = self._body()
        path = self._url.path
        if path == "/api/sessions":
            session = self.server.open_session(_decoded(body or b"{}", protocol.Opening))
            self._send_message(protocol.Opened(session=session.name, state=session.state()))
        elif path == "/api/commands":
            self._send_message(self._session().command(_decoded(body, protocol.AnyCommand)))
        elif path == "/api/table":
            self._send_message(self._session().take_table(body, self._one("name")))
        else:
            raise Refused(HTTPStatus.NOT_FOUND, "there is nothing at this address")

    def _body(self) -> bytes:
        """Return the body of a request, at most 5 MB."""
        if self._unread > LARGEST_FILE:
            sentence = size_sentence("the file", self._unread)
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
        body = self.rfile.read(self._unread)
        if len(body) < self._unread:
            raise OSError
        self._unread = 0
        return body

    # --- responses ---

    def _send_static(self, name: str) -> None:
        file = files(__package__) / "view" / name
        if not _STATIC.fullmatch(name) or not file.is_file():
            raise Refused(HTTPStatus.NOT_FOUND, "there is nothing at this address")
        self._send(file.read_bytes(), _MEDIA_TYPES[name.rpartition(".")[2]])

    def _send_stream(self, session: Session) -> None:
        self.send_response(HTTPStatus.OK)
        self._send_headers(
            {"Content-Type": "text/event-stream; charset=utf-8", "Connection": "close"}
        )
        self.close_connection = True
        self.server.attach(session)
        try:
            stream(session, self.wfile.write)
        except Exception as error:
            if not isinstance(error, OSError):  # the client has gone
                traceback.print_exc()
        finally:
            self.server.detach(session)

    def _send_message(self, message: msgspec.Struct) -> None:
        self._send(msgspec.json.encode(message), "application/json")

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        """Send a message; an unread body, which would be parsed as the next request, ends the connection."""
        content = msgspec.json.encode(protocol.Answer(error=sentence))
        self.close_connection |= self._unread > 0
        try:
            self._send(content, "application/json", status=status)
            while self._unread > 0 and (part := self.rfile.read1(65536)):
                self._unread -= len(part)  # otherwise the client might not receive the message
        except OSError:
            self.close_connection = True

    def _send(
        self, content: bytes, media_type: str, more: dict[str, str] | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> None:  # fmt: skip
        self.send_response(status)
        closing = {"Connection": "close"} if self.close_connection else {}
        self._send_headers(
            {
                "Content-Type": media_type,
                "Content-Length": str(len(content)),
                **closing,
                **(more or {}),
            }
        )
        self.wfile.write(content)

    def _send_headers(self, headers: dict[str, str]) -> None:
        for name, value in {**headers, **SECURITY}.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", POLICY + self.server.frames)
        self.end_headers()


def _decoded(body: bytes, kind: Any) -> Any:
    """Decode a command from the view."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise InvalidInput(f"the command cannot be read: {error!s:.200}") from None
