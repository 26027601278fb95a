"""A small HTTP server on a real socket that answers as a test's script says, reply by reply."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


_REASON = "Whatever"


@dataclass(frozen=True)
class Play:
    """One reply.

    ``how`` is what becomes of it: ``whole``; ``drop`` says nothing; ``cut`` promises more than it
    sends; ``chunks`` sends no end; ``silent`` waits until the other leaves; ``drip`` sends a byte
    at a time for ever, ``slow-head`` likewise before the headers end; ``garbage`` is no HTTP.
    """

    status: int = 200
    body: bytes | str | object = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    how: str = "whole"

    @property
    def content(self) -> bytes:
        """The body's bytes; what is neither bytes nor text is sent as JSON."""
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass
class Heard:
    """One request as it came: its first line, its headers by lower-case names, its body."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def asked(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Scripted:
    """The server; every connection is closed after its reply."""

    script: list[Play]
    heard: list[Heard] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The address to ask."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/v2"

    def _serve(self) -> None:
        while not self._is_over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self._answer(connection)
                except OSError:  # the other has left
                    continue

    def _answer(self, connection: socket.socket) -> None:
        if connection.recv(1, socket.MSG_PEEK) == b"\x16":  # TLS, which this server does not speak
            connection.sendall(b"HTTP/1.1 400 Speak plainly\r\n\r\n")
            return
        with connection.makefile("rb") as file:
            line = file.readline().decode().strip()
            if not line:
                return
            named = [each.decode("latin-1").strip() for each in iter(file.readline, b"\r\n")]
            headers = {
                each.partition(":")[0].lower(): each.partition(":")[2].strip() for each in named
            }
            body = file.read(int(headers.get("content-length", "0")))
        self.heard.append(Heard(line, headers, body))
        self._send(connection, self.script.pop(0) if self.script else Play(500, "no more"))

    def _send(self, connection: socket.socket, play: Play) -> None:
        if play.how == "drop":
            return
        if play.how == "silent":
            self._until_left(connection)
            return
        if play.how == "garbage":
            connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
            return
        length = len(play.content) + (
            10 if play.how == "cut" else 10**6 if play.how == "drip" else 0
        )
        lines = {"Content-Length": str(length), "Connection": "close", **play.headers}
        if play.how == "chunks":
            del lines["Content-Length"]
            lines["Transfer-Encoding"] = "chunked"
        head = f"HTTP/1.1 {play.status} {_REASON}\r\n".encode()
        head += "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode("latin-1")
        if play.how == "slow-head":
            connection.sendall(head)
            self._drip(connection, b"X-More: 1\r\n")
        connection.sendall(head + b"\r\n")
        if play.how == "drip":
            self._drip(connection, b" ")
        elif play.how == "chunks":
            connection.sendall(b"%x\r\n%s\r\n" % (len(play.content), play.content))
        else:
            connection.sendall(play.content)

    def _drip(self, connection: socket.socket, piece: bytes) -> None:
        while not self._is_over.wait(0.005):
            connection.sendall(piece)

    def _until_left(self, connection: socket.socket) -> None:
        connection.settimeout(0.05)
        while not self._is_over.is_set():
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue
