"""The client of Monday.com: what it sends, what it waits for, and when it gives up."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from hypothesis import given, settings
from hypothesis import strategies as st

from canaries import TOKEN as VALUE
from conftest import HOME, examples
from scripted_http import Play, Scripted
from winloss import __version__
from winloss.core.filing.request import SERVICE, Request
from winloss.core.filing.token import Token
from winloss.core.problem import CannotGoOn
from winloss.edge.monday import Limits, Monday, Stopped
from winloss.edge.reply import Reply, judged

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = HOME / "src" / "winloss" / "edge" / "graphql"
ITEM = Request("WinlossCreateItem", {"board": "1", "name": "N", "values": "{}"}, once="k" * 64)
UNSAFE = Request("WinlossCreateItem", ITEM.variables)
QUESTION = Request("WinlossWhoAmI", {})
DONE = Play(body={"data": {"create_item": {"id": "7"}}})
GAVE_UP = "gave up after"
QUICK = Limits(connect=2, read=0.2, whole=0.5, most_bytes=10_000)


@dataclass
class Asked:
    """A client of a scripted server, and what it said and waited for."""

    server: Scripted
    waits: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)

    def client(self, patience: float = 300, url: str = "") -> Monday:
        """Return a client that waits for nothing, and notes how long it would have."""
        where = url or self.server.url
        waits = {"wait": self.waits.append, "clock": lambda: 0.0, "jitter": lambda: 1.0}
        return Monday(where, Token(VALUE), patience, self.told.append, **waits, limits=self.limits)  # type: ignore[arg-type] # three kinds of calls

    def stopped(self, request: Request = ITEM, patience: float = 300) -> Stopped:
        """Ask, and return why nothing more can be asked."""
        with pytest.raises(Stopped) as caught:
            self.client(patience).ask(request)
        return caught.value


@pytest.fixture
def asked() -> Iterator[Asked]:
    """Return a client and the server that it asks, without a script yet."""
    with Scripted([]) as server:
        yield Asked(server)


def refusing(code: str, status: int = 200, **more: object) -> Play:
    """Return a reply with one error of this code."""
    error = {"message": "Words of theirs", "extensions": {"code": code, **more}}
    return Play(status, {"errors": [error], "extensions": {"request_id": "r-1"}})


def test_a_request_is_sent_as_monday_com_wants_it(asked: Asked) -> None:
    """The raw token, the version of the API, the key and who asks are headers of one POST."""
    asked.server.script = [DONE, Play(body={"data": {"me": {"id": "1"}}})]
    client = asked.client()
    answer = client.ask(ITEM)
    assert answer.data["create_item"]["id"] == "7"
    assert (answer.refusal, answer.is_replayed) == (None, False)
    client.ask(QUESTION)
    first, second = asked.server.heard
    assert first.line == "POST /v2 HTTP/1.1"
    assert first.headers["authorization"] == VALUE
    assert first.headers["api-version"] == "2026-10"
    assert first.headers["content-type"] == "application/json"
    assert first.headers["user-agent"] == f"winloss/{__version__}"
    assert first.headers["idempotency-key"] == ITEM.once
    assert "idempotency-key" not in second.headers
    assert first.asked["variables"] == dict(ITEM.variables)
    assert first.asked["operationName"] == "WinlossCreateItem"
    assert asked.waits == []


def test_an_answer_that_was_given_before_says_so(asked: Asked) -> None:
    """Monday.com replays what it answered to a key, and the answer says that it did."""
    asked.server.script = [Play(body=DONE.body, headers={"Idempotency-Replayed": "true"})]
    assert asked.client().ask(ITEM).is_replayed


TEXTS = st.text(st.characters(exclude_categories=())) | st.sampled_from(
    ['"}) { id } }', "${name}", "\\", '"""', "#", "<script>", "\ud800", "\0", "{{ x }}"]
)


@settings(max_examples=examples(100))
@given(
    st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS)), st.sampled_from(sorted(DOCUMENTS.glob("*")))
)
def test_text_is_a_variable_and_never_a_part_of_a_document(variables: Any, place: Any) -> None:
    """Whatever the variables hold, the document is its file's, byte for byte."""
    sent: list[bytes] = []
    client = Monday(SERVICE, Token(VALUE), 0, print)
    reply = Reply(200, {}, b'{"data": {}}')
    client._pool = object()  # noqa: SLF001 - no network: only what would be sent is looked at

    def send(_: Monday, body: bytes, *__: object) -> Reply:
        sent.append(body)
        return reply

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Monday, "_reply", send)
        client.ask(Request(place.stem, variables, "k"))
    body = json.loads(sent[0])
    assert body["query"].encode() == place.read_bytes()
    assert body["variables"] == variables
    assert body.keys() == {"query", "variables", "operationName"}


BUSY = refusing("COMPLEXITY_BUDGET_EXHAUSTED", retry_in_seconds=17)
WAITED = {
    "the same key": (Play(409, {}, {"Retry-After": "3"}), 3),
    "in use": (Play(423), 1),
    "too many": (Play(429, "", {"Retry-After": "7"}), 7),
    "too many, no word": (Play(429, "<html>"), 1),
    "a date": (
        Play(
            429,
            "",
            {
                "Date": "Sat, 21 Nov 2026 11:59:50 GMT",
                "Retry-After": "Sat, 21 Nov 2026 12:01:00 GMT",
            },
        ),
        70,
    ),
    "a date that has passed": (
        Play(
            503,
            "",
            {
                "Date": "Sat, 21 Nov 2026 11:59:50 GMT",
                "Retry-After": "Fri, 20 Nov 2026 12:01:00 GMT",
            },
        ),
        0,
    ),
    "a date that is none": (Play(503, "", {"Retry-After": "Sat, 41 Foo 2026 12:01:00 GMT"}), 1),
    "no wait": (Play(429, "", {"Retry-After": "0"}), 1),
    "a negative wait": (Play(429, "", {"Retry-After": "-5"}), 1),
    "budget": (BUSY, 17),
    "budget, no word": (refusing("COMPLEXITY_BUDGET_EXHAUSTED"), 1),
    "budget, no number": (refusing("COMPLEXITY_BUDGET_EXHAUSTED", retry_in_seconds="x"), 1),
    "budget, no end": (
        Play(
            body='{"errors":[{"extensions":{"code":"COMPLEXITY_BUDGET_EXHAUSTED",'
            '"retry_in_seconds":Infinity}}]}'
        ),
        1,
    ),
    "too many, at 200": (refusing("RATE_LIMIT_EXCEEDED", status_code=429, retry_in_seconds=6), 6),
    "too many, of old": (Play(body={"error_code": "ComplexityException", "status_code": 429}), 1),
    "in use, at 200": (refusing("ResourceLocked", status_code=423), 1),
    "broken, at 200": (refusing("INTERNAL_SERVER_ERROR", status_code=500), 1),
    "broken, by who stands before it": (Play(522, "<html>"), 1),
    "broken": (Play(500, {"errors": [{"message": "x"}]}), 1),
    "HTML": (Play(502, "<html>Bad gateway</html>"), 1),
    "away": (Play(503, "", {"Retry-After": "9"}), 9),
    "slow": (Play(504), 1),
    "dropped": (Play(how="drop"), 1),
    "garbage": (Play(how="garbage"), 1),
    "cut JSON": (Play(body='{"data": {"create_it', how="cut"), 1),
    "cut JSON, as if whole": (Play(body='{"data": {"create_it'), 1),
    "no last chunk": (Play(body='{"data": {}}', how="chunks"), 1),
    "no body": (Play(), 1),
    "packed": (Play(body=b"\x1f\x8b\x08\0", headers={"Content-Encoding": "gzip"}), 1),
}


@pytest.mark.parametrize("name", WAITED)
def test_what_may_pass_is_waited_for_and_asked_again(asked: Asked, name: str) -> None:
    """Each row of the retry table: the wait that is asked for, and then the same key again."""
    play, seconds = WAITED[name]
    asked.server.script = [play, DONE]
    assert asked.client().ask(ITEM).data["create_item"]["id"] == "7"
    assert asked.waits == [seconds]
    assert len(asked.told) == 1
    assert f"again in {seconds} s" in asked.told[0]
    assert {each.headers["idempotency-key"] for each in asked.server.heard} == {ITEM.once}
    assert len({each.body for each in asked.server.heard}) == 1


@pytest.mark.parametrize("play", [Play(502, "<html>"), Play(how="drop"), Play(423)])
def test_what_breaks_is_tried_four_times(asked: Asked, play: Play) -> None:
    """Waits grow, 1, 2 and 4 seconds, and the fourth fault ends it."""
    asked.server.script = [play] * 9
    why = asked.stopped()
    assert asked.waits == [1, 2, 4]
    assert len(asked.server.heard) == 4
    assert str(why).startswith("gave up after 7 s: ")
    assert GAVE_UP in str(why)
    assert "tried 4 times" in str(why)


def test_a_limit_is_waited_for_as_long_as_patience_lasts(asked: Asked) -> None:
    """Rate limits have no count of tries; the wait that would not fit is not begun."""
    asked.server.script = [Play(429)] * 99
    why = asked.stopped(patience=40)
    assert asked.waits == [1, 2, 4, 8, 8, 8, 8]
    assert str(why).startswith("gave up after 39 s: ")
    assert "8 s more, and 40 s are waited in all" in str(why)
    assert GAVE_UP in str(why)


def test_a_wait_that_is_too_long_is_not_begun(asked: Asked) -> None:
    """When Monday.com asks for more than is left, it ends at once, with its id of the request."""
    asked.server.script = [refusing("COMPLEXITY_BUDGET_EXHAUSTED", retry_in_seconds=301)]
    why = asked.stopped()
    assert (asked.waits, asked.told) == ([], [])
    assert why.refusal.request_id == "r-1"
    assert why.refusal.code == "COMPLEXITY_BUDGET_EXHAUSTED"
    assert why.hint


def test_a_wait_beyond_all_measure_is_not_begun(asked: Asked) -> None:
    """Thirty thousand years are no word to be passed over."""
    asked.server.script = [Play(429, "", {"Retry-After": "1000000000000"})]
    assert "Monday.com asks for 1,000,000,000 s more" in str(asked.stopped())
    assert asked.waits == []


REPLAYED = {
    "not allowed": refusing("UserUnauthorizedException", status_code=403),
    "not allowed, by status": refusing("UserUnauthorizedException", 403),
    "the day was over": refusing("DAILY_LIMIT_EXCEEDED", 429),
    "budget": BUSY,
    "not understood": refusing("GRAPHQL_VALIDATION_FAILED"),
    "broken": Play(503, "<html>"),
}


@pytest.mark.parametrize("name", REPLAYED)
def test_a_refusal_of_before_is_left_to_who_asked(asked: Asked, name: str) -> None:
    """It says nothing of now: what was forbidden may be allowed, and under this key it stays so."""
    play = REPLAYED[name]
    headers = {**play.headers, "Idempotency-Replayed": "true"}
    asked.server.script = [Play(play.status, play.body, headers), DONE]
    answer = asked.client().ask(ITEM)
    assert answer.is_replayed
    assert answer.refusal is not None
    assert (len(asked.server.heard), asked.waits) == (1, [])


def test_patience_is_one_for_all_questions_of_a_push(asked: Asked) -> None:
    """What one question has waited for is gone for the next."""
    asked.server.script = [Play(429, "", {"Retry-After": "9"}), DONE] * 2
    client = asked.client(patience=15)
    client.ask(ITEM)
    with pytest.raises(Stopped, match="gave up after 9 s"):
        client.ask(ITEM)


def test_a_slow_failure_uses_up_patience(asked: Asked) -> None:
    """The time that a failed try took counts, too."""
    asked.server.script = [Play(500), Play(500)]
    client = asked.client(patience=30)
    ticks = iter([0.0, 20.0, 20.0, 40.0])
    client.clock = lambda: next(ticks)
    with pytest.raises(Stopped, match="gave up after 41 s"):
        client.ask(ITEM)
    assert asked.waits == [1]


@pytest.mark.parametrize("play", [Play(429), Play(500), Play(how="drop"), Play(409), BUSY])
def test_a_change_without_a_key_is_tried_once(asked: Asked, play: Play) -> None:
    """Nobody could tell whether it was done, so it is not asked for again."""
    asked.server.script = [play, DONE]
    assert "it may have been done" in str(asked.stopped(UNSAFE))
    assert len(asked.server.heard) == 1


def test_a_question_needs_no_key_to_be_asked_again(asked: Asked) -> None:
    """A question changes nothing."""
    asked.server.script = [Play(500), Play(body={"data": {"me": None}})]
    assert asked.client().ask(QUESTION).data == {"me": None}


OLD = {"error_code": "UserUnauthorizedException", "error_message": "no", "status_code": 403}
ENDS = {
    "the day is over": (refusing("DAILY_LIMIT_EXCEEDED"), "midnight UTC"),
    "the day is over, by status": (refusing("DAILY_LIMIT_EXCEEDED", 429), "midnight UTC"),
    "wrong token": (Play(401, {"errors": ["Not Authenticated"]}), "My access tokens"),
    "wrong token, in HTML": (Play(401, "<html>"), "My access tokens"),
    "not allowed": (refusing("UserUnauthorizedException", 403), "allowed to edit the board"),
    "not allowed, at 200": (refusing("UserUnauthorizedException"), "allowed to edit the board"),
    "not allowed, by a code of theirs": (refusing("X", status_code=403), "My access tokens"),
    "not allowed, of old": (Play(body=OLD), "allowed to edit the board"),
    "not known": (refusing("NotAuthenticated"), "My access tokens"),
    "not known, at 200": (refusing("UNAUTHORIZED", status_code=401), "My access tokens"),
    "not understood": (refusing("GRAPHQL_VALIDATION_FAILED"), "update winloss"),
    "not understood, by status": (refusing("GRAPHQL_VALIDATION_FAILED", 400), "update winloss"),
    "elsewhere": (Play(302, "", {"Location": "http://127.0.0.1:1/"}), "sign-in page"),
    "elsewhere for good": (Play(308, "", {"Location": "/v3"}), "sign-in page"),
    "a sign-in page": (Play(200, "<html>Welcome to our hotel</html>"), "sign-in page"),
    "no such place": (Play(404, "nothing"), "sign-in page"),
    "no answer in it": (Play(200, {}), "sign-in page"),
    "a list": (Play(200, {"data": [1]}), "sign-in page"),
    "no data": (Play(200, {"data": None}), "sign-in page"),
}


@pytest.mark.parametrize("name", ENDS)
def test_what_no_wait_mends_ends_at_once(asked: Asked, name: str) -> None:
    """It is asked once, and says what to do, with Monday.com's code and id of the request."""
    play, hint = ENDS[name]
    asked.server.script = [play, DONE]
    why = asked.stopped()
    assert len(asked.server.heard) == 1
    assert asked.waits == []
    assert hint in why.hint
    assert why.refusal.code
    if b"r-1" in play.content:
        assert why.refusal.request_id == "r-1"


REFUSED = {
    "today's": (refusing("ColumnValueException", status_code=400), "ColumnValueException"),
    "by status": (refusing("InvalidBoardIdException", 400), "InvalidBoardIdException"),
    "of old": (Play(body={"error_code": "ItemX", "error_message": "Words of theirs"}), "ItemX"),
    "bare": (Play(body={"errors": ["Words of theirs"]}), "HTTP 200"),
    "one": (Play(body={"errors": "Words of theirs"}), "HTTP 200"),
    "no code": (Play(body={"errors": [{"message": "Words of theirs"}]}), "HTTP 200"),
    "odd": (
        Play(body={"errors": [{"message": "Words of theirs", "extensions": [1]}]}),
        "HTTP 200",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_an_answer(asked: Asked, name: str) -> None:
    """What Monday.com refuses to do comes back with its code and words, in each shape."""
    play, code = REFUSED[name]
    asked.server.script = [play]
    refusal = asked.client().ask(ITEM).refusal
    assert refusal is not None
    assert (refusal.code, refusal.message) == (code, "Words of theirs")
    assert refusal.request_id == ("r-1" if b"r-1" in play.content else "")


def test_what_was_done_in_part_is_told_beside_the_refusal(asked: Asked) -> None:
    """An answer has its data also when it has errors; the id may stand in a header."""
    body = {"data": {"create_item": {"id": "7"}}, "errors": [{"message": "half"}]}
    asked.server.script = [Play(body=body, headers={"X-Request-Id": "r-9"})]
    answer = asked.client().ask(ITEM)
    assert answer.data["create_item"]["id"] == "7"
    assert answer.refusal is not None
    assert answer.refusal.request_id == "r-9"


@pytest.mark.parametrize("how", ["silent", "drip", "slow-head"])
def test_an_answer_that_does_not_end_is_given_up(asked: Asked, how: str) -> None:
    """A server that says nothing, or one byte after the other for ever, holds nobody up."""
    asked.limits = QUICK
    asked.server.script = [Play(how=how)] * 9
    why = asked.stopped(UNSAFE)
    assert "within 0." in str(why)


def test_an_answer_that_is_too_large_is_not_read(asked: Asked) -> None:
    """It ends at the limit, and is not asked for again."""
    asked.limits = QUICK
    asked.server.script = [Play(body=b'{"data": {"x": "' + b"x" * 200_000 + b'"}}')]
    assert "more than 10,000 bytes" in str(asked.stopped())


DEEP = b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
LONG = b'{"data": ' + b"1" * 10_000 + b"}"


@pytest.mark.parametrize("body", [DEEP, LONG, b"\xff\xfe", b'{"data": "\xff"}', b"nul", b"[]"])
def test_an_answer_that_nobody_can_read_breaks_nothing(body: bytes) -> None:
    """Nested without end, a number without end, no UTF-8, no JSON: each is judged."""
    assert judged(Reply(200, {}, body), Token(VALUE)).kind in {"fault", "stop"}


@pytest.fixture
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no proxy of this machine's stand between."""
    for name in ("https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.usefixtures("without_proxy")
def test_nobody_at_the_address(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a connection, or without a name, a person is told which it is."""
    with pytest.raises(Stopped, match=r"no connection to 127\.0\.0\.1:1;"):
        asked.client(url="http://127.0.0.1:1").ask(QUESTION)

    def resolve(*_: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(Stopped, match=r"the name nobody\.invalid was not found"):
        asked.client(url="https://nobody.invalid/v2").ask(QUESTION)


@pytest.mark.usefixtures("without_proxy")
def test_a_proxy_of_the_environment_is_gone_through(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It learns where to, and its own password, and never the token; one that refuses is named."""
    asked.server.script = [Play(407)] * 4
    monkeypatch.setenv("https_proxy", asked.server.url.replace("://", "://me:pw@"))
    with pytest.raises(Stopped, match="the proxy on the way to Monday"):
        asked.client(url="https://nobody.invalid/v2").ask(QUESTION)
    assert asked.server.heard[0].line.startswith("CONNECT nobody.invalid:443 ")
    assert asked.server.heard[0].headers["proxy-authorization"].startswith("Basic ")
    assert not any("authorization" in each.headers for each in asked.server.heard)
    monkeypatch.setenv("https_proxy", "socks9://127.0.0.1:1")
    with pytest.raises(CannotGoOn, match="HTTPS_PROXY names"):
        asked.client(url="https://nobody.invalid/v2").ask(QUESTION)


def test_a_proxy_may_be_named_without_its_scheme(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As other programs take it: HOST:PORT."""
    asked.server.script = [Play(407)] * 4
    monkeypatch.setenv("https_proxy", asked.server.url.removeprefix("http://").removesuffix("/v2"))
    with pytest.raises(Stopped, match="the proxy on the way to Monday"):
        asked.client(url="https://nobody.invalid/v2").ask(QUESTION)
    assert asked.server.heard[0].line.startswith("CONNECT nobody.invalid:443 ")


@pytest.mark.usefixtures("without_proxy")
@pytest.mark.parametrize("host", ["localhost:99999", "a..b", "a" * 300])
def test_an_address_that_names_no_host_is_asked_once(asked: Asked, host: str) -> None:
    """No wait mends it, and it is not called a connection that broke off."""
    with pytest.raises(Stopped, match="is no host's name") as caught:
        asked.client(url=f"https://{host}/v2").ask(QUESTION)
    assert SERVICE in caught.value.hint
    assert asked.waits == []


@pytest.mark.usefixtures("without_proxy")
def test_a_server_without_tls_is_not_trusted(asked: Asked) -> None:
    """At an address that is to be secure, nothing is sent to one that is not."""
    with pytest.raises(Stopped, match="no secure connection to 127"):
        asked.client(url=asked.server.url.replace("http:", "https:")).ask(QUESTION)
    assert asked.server.heard == []


def test_a_certificate_that_is_not_trusted_ends_it(asked: Asked) -> None:
    """No wait mends a certificate; who looks after the network may."""
    cause = ssl.SSLCertVerificationError("x")
    cause.verify_message = f"self-signed {VALUE}"
    verdict = asked.client()._broken(urllib3.exceptions.SSLError(cause))  # noqa: SLF001 - no certificate here
    assert verdict.kind == "stop"
    assert verdict.refusal.message.endswith("is not trusted: self-signed …")
    assert "SSL_CERT_FILE" in verdict.hint


BAD_URLS = (
    "http://api.monday.com/v2",
    "ftp://127.0.0.1/",
    "https://user:pw@api.monday.com/v2",
    "http://127.0.0.1@evil.example/",
    "http://127.0.0.1\\@evil.example/",
    "http://localhost.evil.example/",
    "http://[::2]/",
    "https://api.monday.com/v2\r\nX: y",
    "https://api.monday.com/v2?x=1",
    "https:///v2",
    "",
)


@pytest.mark.parametrize("url", BAD_URLS)
def test_an_address_that_is_not_secure_is_refused(url: str) -> None:
    """Only https, or http to this machine, ever sees a token."""
    with pytest.raises(CannotGoOn, match="cannot be used"):
        Monday(url, Token(VALUE), 300, print)


@pytest.mark.parametrize("url", [SERVICE, "http://[::1]:8/v2", "http://localhost/"])
def test_an_address_that_is_secure_is_taken(url: str) -> None:
    """Monday.com's own, and a rehearsal on this machine."""
    assert Monday(url, Token(VALUE), 300, print).url == url


@pytest.mark.parametrize("patience", [-1, 1201, float("nan")])
def test_patience_has_an_end(patience: float) -> None:
    """A key is remembered for 30 minutes, so nobody waits longer than 20."""
    with pytest.raises(CannotGoOn, match="wait"):
        Monday(SERVICE, Token(VALUE), patience, print)


def test_without_the_extra_the_one_line_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """urllib3 is asked for when the first question is, and only then."""
    monkeypatch.setitem(sys.modules, "urllib3", None)
    client = Monday(SERVICE, Token(VALUE), 300, print)
    with pytest.raises(CannotGoOn) as caught:
        client.ask(QUESTION)
    assert caught.value.problems[0].hint == "pip install 'winloss[monday]'"


def test_no_other_verb_imports_what_monday_com_needs() -> None:
    """The door, the other verbs and the client itself cost nothing of the extra."""
    code = (
        "import sys, importlib\n"
        "from winloss import cli\n"
        "for verb in set(cli.VERBS) - {'file'}:\n"
        "    importlib.import_module(f'winloss.commands.{verb}')\n"
        "import winloss.checkup, winloss.edge.monday, winloss.edge.token\n"
        "print({'urllib3', 'graphql', 'ssl', 'http.client'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
