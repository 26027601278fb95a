"""``winloss demo``: a repository with a year of history, to try the tool on."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from winloss.core.auditing.approval import NAMESPACE
from winloss.core.demonstration.demo import CRO, END, WAITING, demo_story
from winloss.edge import files, history, signing

_KEY = ".git/winloss-demo/cro"  # in no commit, and gone with the folder


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def demo(folder: Path) -> None:
    """Build a repository with a year of history, to try the tool on.

    A firm that does not exist: deals from handoff to review, pages filed and restated, a proposal
    that was rejected, one that was approved and signed, one that waits on a branch, and a change of
    the model that nobody approved. In it you are the CRO, and hold her key.

    \b
    Example:
      winloss demo try-winloss
    """  # noqa: D301 - click reads the sign
    files.make_empty(folder)
    with tempfile.TemporaryDirectory() as safe:
        key = Path(safe, "cro")
        public = signing.make_key(key, CRO.email)
        story = demo_story(
            files.shipped_rules(), public, lambda said: signing.sign(said, key, NAMESPACE)
        )
        place = (folder / _KEY).resolve()
        me = {"user.name": CRO.name, "user.email": CRO.email, "user.signingkey": str(place)}
        history.build(folder, story.stream(), story.main, me)
        files.move_key(key, place)
    click.echo(f"Built {folder}: {len(story.told)} commits, up to {END}. Try, in that folder:")
    for command, what in (
        ("winloss audit", "one change of the model that nobody approved"),
        ("winloss log 7004", "how a deal's records came to be"),
        (f"winloss --today {END} due", "who owes what"),
        (f"git switch {WAITING}", "a proposal that waits for you, the CRO"),
        ("winloss evidence", "what it rests on, and what it would have done"),
        (f"winloss approve {WAITING}", "your decision, signed"),
    ):
        click.echo(f"  {command:52} # {what}")
