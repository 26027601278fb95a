"""Sign and verify with SSH keys, through ``ssh-keygen``. The only module that runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from winloss.core.problem import stop

if TYPE_CHECKING:
    from collections.abc import Collection

_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"


def sign(statement: bytes, key: Path, namespace: str) -> str:
    """Return the signature of a statement, on one line, made with a key's file.

    The file is the private key's, or a public one whose private key an agent holds.
    """
    asked = ("-Y", "sign", "-q", "-f", str(key), "-n", namespace)
    done = _run(*asked, given=statement)
    if done.returncode:
        hint = "see that the file is your private key, or that an agent holds it"
        raise stop(f"{key} cannot sign: {done.stderr.decode(errors='replace').strip()}", hint)
    lines = done.stdout.decode().split()
    return "".join(lines[lines.index("SIGNATURE-----") + 1 : lines.index("-----END")])


def is_signed_by(statement: bytes, signature: str, public_key: str, namespace: str) -> bool:
    """Tell whether a signature is this key's, over this statement, for this purpose."""
    with tempfile.TemporaryDirectory() as folder:
        allowed, made = Path(folder, "allowed"), Path(folder, "signature")
        allowed.write_text(f'holder namespaces="{namespace}" {public_key}\n', encoding="utf-8")
        made.write_text(f"{_BEGIN}\n{_wrapped(signature)}\n{_END}\n", encoding="utf-8")
        asked = ("-Y", "verify", "-f", str(allowed), "-I", "holder", "-n", namespace)
        return _run(*asked, "-s", str(made), given=statement).returncode == 0


def make_key(place: Path, comment: str) -> str:
    """Make a new key without a passphrase, and return its public half."""
    done = _run("-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(place))
    if done.returncode:
        raise stop(f"no key could be made: {done.stderr.decode(errors='replace').strip()}")
    return public_half(place)


def public_half(place: Path) -> str:
    """Return the public key that belongs to a key's file; empty when it cannot be read."""
    public = place if place.suffix == ".pub" else place.with_name(f"{place.name}.pub")
    try:
        return " ".join(public.read_text(encoding="utf-8").split()[:2])
    except (OSError, UnicodeDecodeError):
        return ""


def keys_at_home() -> list[Path]:
    """Return the keys that a person has where SSH keeps them."""
    public = sorted((Path.home() / ".ssh").glob("*.pub"))
    return [half if (half := each.with_suffix("")).exists() else each for each in public]


def key_file(keys: Collection[str], named: str) -> Path | None:
    """Return the file of one of these public keys: the one that is named, or one kept at home."""
    places = [*([Path(named).expanduser()] if named else []), *keys_at_home()]
    return next((each for each in places if public_half(each) in keys), None)


def trouble_with(place: Path) -> str:
    """Return why a key's file cannot sign: ``absent``, ``open`` to others, ``closed`` to its owner.

    Empty when it can. ``absent`` is a public half alone: an agent may hold the other.
    """
    private = place.with_suffix("") if place.suffix == ".pub" else place
    if not private.is_file():
        return "absent"
    if os.name == "posix" and private.stat().st_mode & 0o077:
        return "open"  # ssh-keygen refuses such a file
    return "" if os.access(private, os.R_OK) else "closed"


def openssh() -> str | None:
    """Return what OpenSSH says of its version; empty when nothing, None without ssh-keygen."""
    if shutil.which("ssh-keygen") is None:
        return None
    ssh = shutil.which("ssh")
    if ssh is None:
        return ""
    done = subprocess.run([ssh, "-V"], capture_output=True, check=False)  # noqa: S603 - as below
    return done.stderr.decode(errors="replace").strip()


def _wrapped(signature: str) -> str:
    return "\n".join(signature[at : at + 70] for at in range(0, len(signature), 70))


def _run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise stop("signatures need the program ssh-keygen", "install OpenSSH 8.1 or newer")
    kept = {name: each for name, each in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(  # noqa: S603 - no shell, and nothing of a record's among the arguments
        [program, *arguments], input=given, capture_output=True, check=False, env=kept
    )
