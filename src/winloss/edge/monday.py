"""Ask Monday.com, over the network. The only module that does, and the only one that urllib3 knows.

What is asked is a document of ``graphql/``, byte for byte, with variables beside it; no text of a
record's ever becomes a part of a document. The token leaves in one header, to one address: no
redirect is followed. urllib3 is imported when the first question is asked.
"""

from __future__ import annotations

import json
import math
import queue
import random
import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winloss import __version__
from winloss.core.filing.request import MOST_PATIENCE, SERVICE, VERSION, Refusal
from winloss.core.filing.token import said
from winloss.core.problem import stop
from winloss.edge.reply import TRY_LATER, Reply, Verdict, judged

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from winloss.core.filing.request import Answer, Request
    from winloss.core.filing.token import Token

_DOCUMENTS = Path(__file__).parent / "graphql"
_ADDRESS = re.compile(
    r"(https?)://([A-Za-z0-9.-]+|\[::1\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?", re.ASCII
)
_LOOPBACK = {"127.0.0.1", "[::1]", "localhost"}
# Tries of what breaks; what is only to wait for may be asked as long as patience lasts.
_MOST_FAULTS = 4
_AT_ONCE = 65_536  # bytes


class Stopped(Exception):  # noqa: N818 - the name is the sentence that the reader needs
    """Nothing further can be asked of Monday.com now: why, and what a person can do."""

    def __init__(self, refusal: Refusal, hint: str) -> None:
        self.refusal = refusal
        self.hint = hint
        super().__init__(refusal.message)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a connection, a silence and a whole answer may take, in seconds; and how large."""

    connect: float = 5
    read: float = 20
    whole: float = 60
    most_bytes: int = 4 * 1024 * 1024


@dataclass(slots=True)
class Monday:
    """Monday.com at an address, asked as the token's owner.

    ``patience`` is how many seconds are waited in all, over every question. ``tell`` says to the
    person what is waited for, once for each wait. A bad address or patience ends the command.
    """

    url: str
    token: Token
    patience: float
    tell: Callable[[str], None]
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = lambda: random.uniform(0.8, 1.2)  # noqa: S311 - no secret
    limits: Limits = field(default_factory=Limits)
    _spent: float = field(default=0, init=False)
    _pool: Any = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        found = _ADDRESS.fullmatch(self.url)
        if found is None or (found[1] == "http" and found[2] not in _LOOPBACK):
            message = "the address of Monday.com cannot be used: the token would not be safe there"
            hint = f"it begins with https://, as {SERVICE} does, or with http://127.0.0.1"
            raise stop(message, hint)
        if not 0 <= self.patience <= MOST_PATIENCE:
            raise stop(f"nobody waits {self.patience} s", f"wait 0 to {MOST_PATIENCE:,} seconds")

    def ask(self, request: Request) -> Answer:
        """Ask, and wait as Monday.com asks, within what is left of the patience.

        What it refuses is in the answer, beside what it did. Raises ``Stopped`` when nothing more
        can be asked: a wrong token, the day's limit, no connection, a patience that is used up.
        """
        self._open()
        document = _document(request.document)
        is_once = not document.lstrip().startswith("mutation") or bool(request.once)
        asked = {"query": document, "variables": dict(request.variables)}
        body = json.dumps({**asked, "operationName": request.document}).encode()
        tries = faults = 0
        while True:
            begun = self.clock()
            verdict = self._verdict(body, request.once)
            if verdict.kind == "answer":
                return verdict.answer
            if verdict.kind == "stop":
                raise Stopped(verdict.refusal, verdict.hint)
            self._spent += max(0.0, self.clock() - begun)
            tries, faults = tries + 1, faults + (verdict.kind == "fault")
            if not is_once:
                raise self._given_up(verdict, "it may have been done, and is not asked for twice")
            if faults == _MOST_FAULTS:
                raise self._given_up(verdict, f"it was tried {tries} times")
            self._pause(verdict, tries)

    def _pause(self, verdict: Verdict, tries: int) -> None:
        """Wait before the next try; give up at once when that is longer than the patience."""
        seconds = verdict.seconds
        if seconds is None:
            seconds = 2 ** min(tries - 1, 3) * self.jitter()
        if verdict.kind == "wait":  # else nothing would end a server that asks for no wait at all
            seconds = max(1.0, seconds)
        shown = f"{math.ceil(seconds):,} s"
        if self._spent + seconds > self.patience:
            asks = "Monday.com asks for" if verdict.seconds is not None else "the next try takes"
            why = f"{asks} {shown} more, and {self.patience:g} s are waited in all"
            raise self._given_up(verdict, why)
        self.tell(f"Monday.com is asked again in {shown}: {verdict.refusal.message}.")
        self.wait(seconds)
        self._spent += seconds

    def _given_up(self, verdict: Verdict, why: str) -> Stopped:
        told = verdict.refusal
        message = f"gave up after {self._spent:.0f} s: {told.message}; {why}"
        return Stopped(Refusal(told.code, message, told.request_id), verdict.hint)

    def _verdict(self, body: bytes, once: str) -> Verdict:
        """Ask one time, on a thread of its own: the whole of it ends in time, whatever it does."""
        headers = {
            "Authorization": self.token.reveal(),
            "API-Version": VERSION,
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": f"winloss/{__version__}",
            **({"Idempotency-Key": once} if once else {}),
        }
        done: queue.SimpleQueue[Verdict] = queue.SimpleQueue()
        is_over = threading.Event()
        asking = threading.Thread(
            target=lambda: done.put(self._talk(body, headers, is_over)), daemon=True
        )
        asking.start()
        try:
            return done.get(timeout=self.limits.whole)
        except queue.Empty:
            is_over.set()
            return _fault("too-slow", f"no whole answer came within {self.limits.whole:g} s")

    def _talk(self, body: bytes, headers: dict[str, str], is_over: threading.Event) -> Verdict:
        # Whatever breaks is told in words of ours: what urllib3 says may hold what was sent.
        try:
            return judged(self._reply(body, headers, is_over), self.token)
        except _TooLarge:
            what = f"the answer has more than {self.limits.most_bytes:,} bytes"
            return Verdict("stop", Refusal("too-large", what), TRY_LATER)
        except Exception as cause:  # noqa: BLE001 - a thread has nobody who would catch it
            return self._broken(cause)

    def _reply(self, body: bytes, headers: dict[str, str], is_over: threading.Event) -> Reply:
        import urllib3  # noqa: PLC0415 - of an optional extra

        response = self._pool.request(
            "POST",
            self.url,
            body=body,
            headers=headers,
            redirect=False,
            retries=False,
            timeout=urllib3.Timeout(connect=self.limits.connect, read=self.limits.read),
            preload_content=False,
            decode_content=False,
        )
        content = bytearray()
        try:
            while not is_over.is_set() and (part := response.read1(_AT_ONCE)):
                content += self._fitting(part, len(content))
        except BaseException:
            response.close()
            raise
        if is_over.is_set():
            response.close()
        response.release_conn()
        named = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, named, bytes(content))

    def _fitting(self, part: bytes, before: int) -> bytes:
        if before + len(part) > self.limits.most_bytes:
            raise _TooLarge
        return part

    def _broken(self, cause: Exception) -> Verdict:
        """Return what a person can make of a connection that failed."""
        from urllib3 import exceptions  # noqa: PLC0415 - of an optional extra

        host = self.url.split("/")[2]
        if isinstance(cause, exceptions.ProxyError):
            hint = "see HTTPS_PROXY, or ask who looks after your network"
            return _fault("proxy", "the proxy on the way to Monday.com refused or failed", hint)
        if isinstance(cause, exceptions.SSLError):
            why = getattr(next(iter(cause.args), None), "verify_message", "")
            if why:
                hint = "ask who looks after your network; SSL_CERT_FILE names what else is trusted"
                what = f"the certificate of {host} is not trusted: {said(why, self.token)}"
                return Verdict("stop", Refusal("certificate", what), hint)
            return _fault("not-secure", f"no secure connection to {host} could be made")
        if isinstance(cause, exceptions.LocationValueError | UnicodeError):
            what = f"{host} is no host's name, or has no such port"
            return Verdict("stop", Refusal("no-host", what), f"the address is {SERVICE}")
        online = "see that you are online"
        if self.url.startswith("http:"):
            online = "see that the rehearsal runs: python -m winloss.testing.monday"
        if isinstance(cause, exceptions.NameResolutionError):
            return _fault("no-name", f"the name {host} was not found", online)
        if isinstance(cause, exceptions.ConnectTimeoutError):
            return _fault("no-connection", f"no connection to {host}", online)
        if isinstance(cause, exceptions.ReadTimeoutError):
            return _fault("too-slow", f"no answer came within {self.limits.read:g} s")
        return _fault("broken-off", "the connection broke off before the answer was whole")

    def _open(self) -> None:
        """Make what keeps connections, through the proxy of the environment, if it names one."""
        if self._pool is not None:
            return
        import urllib.request  # noqa: PLC0415 - slow to import, and few verbs ask

        urllib3 = _urllib3()
        host = self.url.split("/")[2]
        proxy = urllib.request.getproxies().get("https", "")
        if self.url.startswith("http:") or not proxy or urllib.request.proxy_bypass(host):
            self._pool = urllib3.PoolManager(num_pools=1, maxsize=1)
            return
        try:
            where = urllib3.util.parse_url(proxy if "://" in proxy else f"http://{proxy}")
            known = urllib3.make_headers(proxy_basic_auth=where.auth) if where.auth else None
            self._pool = urllib3.ProxyManager(
                where._replace(auth=None).url, num_pools=1, maxsize=1, proxy_headers=known
            )
        except (urllib3.exceptions.HTTPError, ValueError, AssertionError):
            hint = "write it as http://HOST:PORT"
            raise stop("the proxy that HTTPS_PROXY names cannot be used", hint) from None


def _urllib3() -> ModuleType:
    """Return the package, of a version that can be asked to read what is there."""
    try:
        import urllib3  # noqa: PLC0415 - of an optional extra
    except ImportError:
        is_new = False
    else:
        is_new = hasattr(urllib3.HTTPResponse, "read1")
    if not is_new:
        message = "asking Monday.com needs a package that is not installed, or is too old"
        raise stop(message, "pip install 'winloss[monday]'")
    return urllib3


class _TooLarge(Exception):  # noqa: N818 - private, and caught above
    """An answer that is larger than any of Monday.com's."""


def _fault(code: str, what: str, hint: str = TRY_LATER) -> Verdict:
    return Verdict("fault", Refusal(code, what), hint)


def _document(name: str) -> str:
    """Return a document as it stands in its file."""
    assert name.isalnum()  # noqa: S101 - a name of ours, and no path
    return (_DOCUMENTS / f"{name}.graphql").read_bytes().decode()
