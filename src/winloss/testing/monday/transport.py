"""The HTTP around the service: tokens, versions, idempotency keys, and what may go wrong there."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from winloss.testing.monday import service
from winloss.testing.monday.faults import BEFORE, Fault, Faults
from winloss.testing.monday.page import page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from winloss.testing.monday.account import Account

HOST = "127.0.0.1"
TOKEN = "rehearsal"  # noqa: S105 - it opens nothing but the rehearsal
KEPT = 30 * 60.0  # how many seconds an answer is kept under its idempotency key
JSON = "application/json; charset=utf-8"
LIMITS = {
    "RateLimit-Policy": '"minute";q=5000;w=60',
    "RateLimit": '"minute";r=4999;t=60',
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came, without its token, and the status answered: 0 when it was dropped."""

    operation: str
    variables: Mapping[str, Any]
    headers: Mapping[str, str]
    status: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of HTTP."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Kept:
    """What is known of an idempotency key; there is no reply while it is in flight."""

    since: float
    reply: Reply | None = None


class Peer:
    """The service behind its address; ``clock`` tells seconds, and only keys grow old by it."""

    def __init__(self, account: Account, clock: Callable[[], float], token: str) -> None:
        self.account = account
        self.token = token
        self.faults = Faults(account)
        self.calls: list[Call] = []
        self.url = ""
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._requests = itertools.count(1)

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Reply | None, Fault | None]:
        """Answer a request; the fault is what the network still has to do to the answer."""
        if headers.get("authorization") != self.token:  # also a token after the word Bearer
            return self._noted("", {}, headers, self._refusal(401, "NotAuthenticated")), None
        asked = _read(body) if _is_json(headers) else None
        if asked is None:
            return self._noted("", {}, headers, self._refusal(400, "BadRequest")), None
        fault = self.faults.take(asked.operation)
        if fault and fault.kind in BEFORE:
            reply = Reply(fault.code, fault.body, fault.headers) if fault.kind == "status" else None
        else:
            reply = self._once(asked, headers, fault)
        self._noted(asked.operation, asked.variables, headers, reply, fault)
        if fault and fault.kind == "duplicate":
            again = self._once(asked, headers, None)
            self._noted(asked.operation, asked.variables, headers, again)
        return (None if fault and fault.kind == "drop_after" else reply), fault

    def _once(self, asked: service.Asked, headers: Mapping[str, str], fault: Fault | None) -> Reply:
        """Execute a request, unless its idempotency key has been seen in the last 30 minutes."""
        is_change = asked.is_mutation and not asked.faults
        key = headers.get("idempotency-key", "") if is_change else ""
        if not key:
            return self._executed(asked, headers, fault)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept.reply is None:
                refusal = self._refusal(409, "Conflict")
                return replace(refusal, headers={**refusal.headers, "Retry-After": "1"})
            if kept is not None and kept.reply and self._clock() - kept.since <= KEPT:
                return _replayed(kept.reply)
            self._kept[key] = _Kept(self._clock())
        reply = self._executed(asked, headers, fault)
        self._kept[key].reply = reply
        return reply

    def _executed(
        self, asked: service.Asked, headers: Mapping[str, str], fault: Fault | None
    ) -> Reply:
        version = service.version_of(headers.get("api-version"))
        said = service.answer(self.account, asked, version)
        if fault and fault.kind == "slow":
            fault.done.set()
            fault.until.wait(fault.seconds)  # done, and its key still in flight
        return Reply(200, self._json(said), {"API-Version": version, "Content-Type": JSON})

    def _refusal(self, status: int, code: str) -> Reply:
        told = {"message": code, "extensions": {"code": code, "status_code": status}}
        return Reply(status, self._json({"errors": [told]}), {"Content-Type": JSON})

    def _json(self, said: dict[str, Any]) -> bytes:
        said["extensions"] = {"request_id": f"peer-{next(self._requests)}"}
        return json.dumps(said).encode()

    def _noted(
        self,
        operation: str,
        variables: Mapping[str, Any],
        headers: Mapping[str, str],
        reply: Reply | None,
        fault: Fault | None = None,
    ) -> Reply | None:
        shown = {name: value for name, value in headers.items() if name != "authorization"}
        is_dropped = reply is None or (fault is not None and fault.kind == "drop_after")
        status = 0 if is_dropped or reply is None else reply.status
        self.calls.append(Call(operation, variables, shown, status))
        return reply


def _is_json(headers: Mapping[str, str]) -> bool:
    kind = headers.get("content-type", "").partition(";")[0]
    return kind.strip().lower() == "application/json"


def _read(body: bytes) -> service.Asked | None:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return service.read(sent) if isinstance(sent, dict) and "query" in sent else None


def _replayed(reply: Reply) -> Reply:
    return replace(reply, headers={**reply.headers, "Idempotency-Replayed": "true"})


class _Server(ThreadingHTTPServer):
    """Listens on this machine only."""

    def __init__(self, peer: Peer, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.peer = peer
        peer.url = f"http://{HOST}:{self.server_port}/v2"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer waits 40 ms for a packet of the client's
    server: _Server

    def handle(self) -> None:
        """Serve a connection until either end has had enough."""
        try:
            super().handle()
        except OSError:  # the client has gone
            self.close_connection = True

    def do_GET(self) -> None:
        """Show what the account holds."""
        is_here = self.headers.get("Host", "").partition(":")[0] in {HOST, "localhost"}
        if self.path != "/" or not is_here:  # no other site's name may lead a browser here
            self._send(Reply(404, b"", {}))
            return
        body = page(self.server.peer.account).encode()
        self._send(Reply(200, body, {"Content-Type": "text/plain; charset=utf-8"}))

    def do_POST(self) -> None:
        """Take a document."""
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(int(length) if length.isdecimal() else 0)
        if self.path.rstrip("/") != "/v2":
            self._send(Reply(404, b"", {}))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply, fault = self.server.peer.receive(headers, body)
        if reply is None:
            self._drop()
        elif fault and fault.kind == "truncated":
            half = reply.body[: len(reply.body) // 2]
            self._send(replace(reply, body=half), len(reply.body) if fault.is_noticed else None)
        else:
            self._send(reply)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: a test reads calls, and a person the page."""

    def _send(self, reply: Reply, length: int | None = None) -> None:
        self.send_response(reply.status)
        for name, value in {**LIMITS, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) if length is None else length))
        self.end_headers()
        self.wfile.write(reply.body)
        if length is not None:
            self._drop()

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(
    account: Account,
    *,
    clock: Callable[[], float] = time.monotonic,
    token: str = TOKEN,
    port: int = 0,
) -> Iterator[Peer]:
    """Serve an account on this machine for as long as the block lasts; port 0 takes a free one."""
    peer = Peer(account, clock, token)
    with _Server(peer, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield peer
        finally:
            server.shutdown()
            thread.join()
