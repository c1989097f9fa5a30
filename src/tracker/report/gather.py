"""Reading for a report that needs only a line of cases at rest: the weekly one.

Each workbook is read, or its line is taken from an earlier report where its bytes are the same. Both give the same
answer, in one process or in many: what is at rest is always told from its line alone.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from tracker import __version__
from tracker.parallel import in_order
from tracker.procedure.load import sets_digest
from tracker.reconcile.model import case_identity
from tracker.reconcile.run import here, read_file, settled
from tracker.report.earlier import SCHEMA
from tracker.report.json_output import case_line
from tracker.report.lines import case_rows
from tracker.report.resting import Resting, pack, resting_of
from tracker.report.standing import closed_on
from tracker.workbook.preflight import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.parallel import Died
    from tracker.reconcile.model import Reconciliation
    from tracker.reconcile.run import FileRead, MergeCopies, Settings
    from tracker.report.earlier import Earlier

    Read = FileRead | Resting


@dataclass(frozen=True, slots=True)
class Gathered:
    """What workbooks say: the cases that somebody must look at, and those at rest.

    `lines` are the packed lines of those cases that are as they were read, by their workbook's path.
    """

    reconciliation: Reconciliation
    at_rest: tuple[Resting, ...]
    lines: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Looked:
    """A workbook that was read, and the packed line of its case; none where it gave no case."""

    read: FileRead
    line: bytes = b""


@dataclass(frozen=True, slots=True)
class Glance:
    """Reads a workbook, and keeps no more than its line where its case is at rest and is as it was.

    `before` are the digests of the lines of an earlier report, by case.
    """

    settings: Settings
    since: date
    before: Mapping[str, bytes] = field(default_factory=dict)

    def __call__(self, path: Path) -> Looked | Resting:
        """The case, or why there is none."""
        read = read_file(path, self.settings)
        if read.state is None:
            return Looked(read)
        line = case_line(case_rows(read.state, 1))
        found = resting_of(line, json.loads(line), str(path)) if closed_on(read.state) else None
        packed = found.packed if found else pack(line)
        if found is None or not found.by(self.settings.as_at, self.since):
            return Looked(read, packed)
        return found if self.before.get(found.uuid) in {None, _digest(packed)} else Looked(read, packed)


@dataclass(frozen=True, slots=True)
class Known:
    """Earlier reports: the one to compare with, and the one whose lines may stand for workbooks."""

    earlier: Earlier | None = None
    lines: Mapping[str, Resting] | None = None


def made_with(procedure_name: str) -> str:
    """A digest of everything but the workbook that a line follows from."""
    parts = (SCHEMA, __version__, version("holidays"), sets_digest(procedure_name))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def lines_of(earlier: Earlier | None, as_at: date, digest: str) -> Mapping[str, Resting]:
    """The lines of an earlier report that hold good on a day; none where something else judged them."""
    if earlier is None or earlier.made_with != digest or earlier.as_at > as_at:
        return {}
    return earlier.at_rest


def gather(
    paths: Sequence[Path],
    settings: Settings,
    since: date,
    *,
    known: Known,
    merge: MergeCopies,
    workers: int = 1,
    step: Callable[[], object] = lambda: None,
) -> Gathered:
    """Read workbooks for a report as at a day that tells what was done since another."""
    reads = [_from_earlier(path, known, settings.as_at, since) for path in paths]
    missing = [place for place, read in enumerate(reads) if read is None]
    for _ in range(len(paths) - len(missing)):
        step()
    found = in_order(
        Glance(settings, since, _before(known.earlier)), [paths[place] for place in missing], workers
    )
    lines: dict[str, bytes] = {}
    for place, looked in zip(missing, found, strict=True):
        if isinstance(looked, Looked) and looked.line:
            lines[looked.read.path] = looked.line
        reads[place] = _read(paths[place], looked, settings)
        step()
    whole = _looked_at(paths, [read for read in reads if read], settings, known.earlier, workers)
    full = [read for read in whole if not isinstance(read, Resting)]
    at_rest = tuple(read for read in whole if isinstance(read, Resting))
    outcome = settled(full, settings, merge)
    as_read = {id(read.state) for read in full}
    kept = (case.workbooks[0].path for case in outcome.cases if id(case) in as_read)
    return Gathered(outcome, at_rest, {path: lines[path] for path in kept if path in lines})


def _read(path: Path, looked: Looked | Resting | Died[Path], settings: Settings) -> Read:
    if isinstance(looked, Resting):
        return looked
    return here(path, looked.read if isinstance(looked, Looked) else looked, settings)


def _before(earlier: Earlier | None) -> dict[str, bytes]:
    """The digest of what an earlier report said of each case; none where it counted two workbooks of one."""
    cases = earlier.cases.items() if earlier else ()
    return {uuid: _digest(case.packed[0]) if len(case.packed) == 1 else b"" for uuid, case in cases}


def _digest(packed: bytes) -> bytes:
    return hashlib.sha256(packed).digest()


def _from_earlier(path: Path, known: Known, as_at: date, since: date) -> Read | None:
    """A case at rest as an earlier report had it, where the workbook's bytes are the same."""
    if not known.lines:
        return None
    content, problems = read_bytes(path)
    if problems:
        return None
    found = known.lines.get(hashlib.sha256(content).hexdigest())
    return replace(found, path=str(path)) if found and found.by(as_at, since) else None


def _looked_at(
    paths: Sequence[Path], reads: Sequence[Read], settings: Settings, earlier: Earlier | None, workers: int
) -> list[Read]:
    """The workbooks; a case at rest of which there is another, or which is not as it was, is read like any other."""
    times = Counter(identity for read in reads if (identity := _identity(read)))
    sources = {digest for read in reads for digest in _made_from(read)}
    present = {digest for read in reads for digest in _digests(read)}

    def apart(read: Read) -> bool:
        if not isinstance(read, Resting):
            return False
        before = earlier.cases.get(read.uuid) if earlier else None
        linked = read.sha256 in sources or not present.isdisjoint(read.made_from)
        return times[read.uuid] > 1 or linked or (before is not None and not before.same(read.packed))

    again = [place for place, read in enumerate(reads) if apart(read)]
    whole = list(reads)
    job = partial(read_file, settings=settings)
    found = in_order(job, [paths[place] for place in again], workers)
    for place, read in zip(again, found, strict=True):
        whole[place] = here(paths[place], read, settings)
    return whole


def _identity(read: Read) -> str:
    if isinstance(read, Resting):
        return read.uuid
    return case_identity(read.state) if read.state else ""


def _digests(read: Read) -> Iterable[str]:
    if isinstance(read, Resting):
        return (read.sha256,)
    return [each.sha256 for each in read.state.workbooks] if read.state else ()


def _made_from(read: Read) -> Iterable[str]:
    if isinstance(read, Resting):
        return read.made_from
    return read.state.made_from if read.state else ()
