"""The folder at hand: where a records repository may begin, what stands there, what it lacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from winloss import __version__
from winloss.core.founding import adoption, upgrade
from winloss.core.founding.adoption import CODEOWNERS, REQUIREMENT, SHIPPED, Plan, Standing
from winloss.core.problem import stop
from winloss.core.repository.tree import FOLDERS, POLICY, Tree
from winloss.core.rulebook.people import ROLES
from winloss.core.wording import shell_word, visible
from winloss.edge import files, founding, git, history

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in which records may begin; ``known`` are the paths that git knows there."""

    root: Path
    is_repository: bool
    known: Collection[str] = ()
    named_by: str = "sha1"

    @property
    def has_begun(self) -> bool:
        """Whether winloss made this a records repository before."""
        return SHIPPED in self.known

    def standing(self, path: str) -> Standing:
        """Return what stands at a path, on the disk and in git."""
        there = files.standing(self.root, path)
        content = there if isinstance(there, bytes) else None
        what = there if isinstance(there, str) else ""
        modules = [str(above) for above in PurePosixPath(path).parents if str(above) in self.known]
        if modules and not what:
            what = f"git has {modules[0]} as a repository of its own"
        return Standing(content, what, path in self.known)


def place_at(folder: Path) -> Place:
    """Return the place that a folder is: an empty one, one to be made, or a repository's top.

    Raises CannotGoOn for any other: nothing is written beside what somebody else keeps there.
    """
    top = Path(folder.absolute())
    above = _there(top)
    if not above.is_dir():
        raise stop(f"{visible(str(above))} is a file", "name a folder")
    if git.is_bare(above):
        hint = "clone it, and run winloss init in the clone"
        raise stop(f"{visible(str(above))} is a bare repository, which holds no files", hint)
    found = history.root(above)
    if found is None:
        if above == top and any(top.iterdir()):
            message = f"{visible(str(folder))} holds files, and is no git repository"
            raise stop(
                message, f"name an empty folder, or run first: git init {shell_word(str(folder))}"
            )
        return Place(top, is_repository=False)
    root, named_by = found
    if root.resolve() != top.resolve():
        message = f"{visible(str(folder))} lies inside the repository {visible(str(root))}"
        hint = f"name a folder outside it, or its top: winloss init {shell_word(str(root))}"
        raise stop(f"{message}; records have one of their own", hint)
    return Place(root, is_repository=True, known=founding.known(root), named_by=named_by)


def _there(folder: Path) -> Path:
    """Return a folder, or the nearest above it that exists."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def plan_for(place: Place, persons: Sequence[str], spec: str) -> Plan:
    """Return what is to be written and committed, so that a repository of records begins here.

    Raises CannotGoOn where nothing could be committed now.
    """
    founding.refuse_nameless(_there(place.root))
    if place.is_repository:
        founding.refuse_unfinished(place.root)
    rules = files.shipped_rules()
    wanted = adoption.as_shipped(adoption.with_people(rules, persons), files.starter(), spec)
    standing = {path: place.standing(path) for path in wanted}
    if persons and not standing[ROLES].is_nothing and standing[ROLES].content != wanted[ROLES]:
        raise stop(f"--person: {ROLES} is there already", "add the row there")
    made = adoption.generated(_rules_then(place, wanted, standing))
    theirs = adoption.codeowners_elsewhere(place.known)
    if theirs:
        del made[CODEOWNERS]
    # A firm makes the policy its own in this very commit, so no commit might hold what was shipped.
    copies = {upgrade.COPIES + path: rules[path] for path in rules if path.startswith(POLICY)}
    wanted |= made | copies
    standing |= {path: place.standing(path) for path in (*made, *copies)}
    first = adoption.plan(wanted, standing)
    own = [path for path in first.taken if path not in copies]
    shipped = {path: {**wanted, ROLES: rules[ROLES]}[path] for path in own}
    text = adoption.shipped_text(__version__, adoption.ids_of(shipped, place.named_by))
    last = adoption.plan({SHIPPED: text}, {SHIPPED: place.standing(SHIPPED)})
    write, commit = {**first.write, **last.write}, [*first.commit, *last.commit]
    kept = {**first.kept, **({theirs: "a host reads only one"} if theirs else {})}
    return replace(first, write=write, commit=commit, kept=kept)


def carry_out(place: Place, plan: Plan) -> str:
    """Write the files and commit them; return the commit's short id.

    Whatever stops it half-way, the next call goes on from there.
    """
    if not place.is_repository:
        files.make_empty(place.root)
    founding.begin(place.root)
    for path, content in plan.write.items():
        files.create(place.root, path, content.decode())
    return founding.commit(place.root, plan.commit, _MESSAGE)


_MESSAGE = f"""Begin a repository of win/loss records

Forms, policy and checks as winloss {__version__} ships them. The audit takes this state as found:
every later change of templates/ and records/policy/ needs a proposal and the CRO's approval."""


def has_main(place: Place) -> bool:
    """Whether the repository has a main branch by a name that the audit looks for."""
    return history.main_branch(place.root) is not None


def upgrade_of(place: Place) -> upgrade.Upgrade:
    """Compare what winloss shipped here with what it ships now."""
    shipped = upgrade.read_shipped(files.read(place.root, SHIPPED))
    new = adoption.as_shipped(files.shipped_rules(), files.starter(), "")
    if (spec := place.standing(REQUIREMENT).content) is not None:
        new[REQUIREMENT] = upgrade.next_requirement(shipped, spec, __version__)
    else:
        shipped = shipped.without(REQUIREMENT)
        del new[REQUIREMENT]
    unedited = {path: new[path] for path in new if _is_as_shipped(place, path, shipped)}
    made = adoption.generated(_rules_then(place, unedited, {}))
    if not made:
        raise stop("the forms and the policy cannot be read", "see what is wrong: winloss check")
    if CODEOWNERS not in shipped.ids and adoption.codeowners_elsewhere(place.known):
        del made[CODEOWNERS]
    new |= made
    paths = {*new, *(upgrade.COPIES + path for path in new), SHIPPED}
    found = {path: place.standing(path).content for path in paths}
    kept = git.kinds(place.root, sorted({*shipped.ids.values()}))
    now = upgrade.Present(
        {path: _with_lf(content) for path, content in found.items() if content is not None},
        history.blobs(place.root, [each for each, kind in kept.items() if kind == "blob"]),
        place.named_by,
    )
    return upgrade.upgrade(shipped, now, new, __version__)


def _is_as_shipped(place: Place, path: str, shipped: upgrade.Shipped) -> bool:
    content = place.standing(path).content
    if content is None:
        # A new file is taken, one that was deleted is not, and what is needed comes back.
        return path not in shipped.ids or path in upgrade.NEEDED_FILES
    ids = adoption.ids_of({path: _with_lf(content)}, place.named_by)
    return ids[path] == shipped.ids.get(path)


def _with_lf(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _rules_then(
    place: Place, wanted: Mapping[str, bytes], standing: Mapping[str, Standing]
) -> Tree:
    """Return the forms and policy as they will stand: those that are there, and the wanted ones."""
    there = {}
    if place.is_repository:
        paths = history.listed(place.root, FOLDERS) or []
        there = dict(files.read_tree(place.root, paths).files)
    kept = {path for path in there if path in standing}
    return Tree({**there, **{path: wanted[path] for path in wanted if path not in kept}})
