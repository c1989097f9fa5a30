"""The faults a procedure set can have, each made by one edit of a copy of the Dorset set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SIN, RR, LCSPR = "sin.toml", "rapid_review.toml", "lcspr.toml"
SET, ROLES, CLOCKS, BOARDS, AGENCIES = (
    "procedure.toml",
    "roles.toml",
    "clocks.toml",
    "boards.toml",
    "agencies.toml",
)


@dataclass(frozen=True)
class Edit:
    """One edit of a set: in `file`, from `after` on, the first `old` becomes `new`; and what is then found."""

    file: str
    after: str
    old: str
    new: str
    found: tuple[tuple[str, str, str], ...]

    def make(self, folder: Path) -> None:
        path = folder / self.file
        before, anchor, rest = path.read_text(encoding="utf-8").partition(self.after)
        assert self.old in rest, self
        path.write_text(before + anchor + rest.replace(self.old, self.new, 1), encoding="utf-8")


def in_step(file: str, step_id: str, old: str, new: str, *found: tuple[str, str]) -> Edit:
    """An edit of a step, with the code and the place of each problem at it."""
    return Edit(file, f'id = "{step_id}"\n', old, new, tuple((code, step_id, place) for code, place in found))


def of_file(file: str, old: str, new: str, *found: tuple[str, str, str]) -> Edit:
    """An edit of the first place in a file that says `old`."""
    return Edit(file, "\n", old, new, found)


WD = 'unit = "working days"\n'
HOQA = 'owner = "Head of QA and Partnerships"'

EDITS = {
    # T504
    "not TOML": of_file(ROLES, "\n[employers]", "\n[employers", ("T504", "", "")),
    "brackets without end": of_file(BOARDS, "\n[[board]]", "\nx = " + "[" * 9999, ("T504", "", "")),
    "a number of thousands of digits": of_file(SET, '"2023"', "9" * 9999, ("T504", "", "")),
    # T505
    "misspelt key of a step": in_step(SIN, "SIN-3.5", "unit =", "unti =", ("T505", "step.unti")),
    "misspelt key that is needed": in_step(SIN, "SIN-3.5", "basis =", "bassis =", ("T505", "step.bassis")),
    "misspelt key of a clock": of_file(CLOCKS, "note =", "notes =", ("T505", "SIN day zero", "clock.notes")),
    "misspelt name of a clock, told once": of_file(CLOCKS, "name =", "nmae =", ("T505", "", "clock[1].nmae")),
    "misspelt name of a role, told once": of_file(ROLES, "name =", "nmae =", ("T505", "", "role[1].nmae")),
    "misspelt key of the set": of_file(SET, "title =", "tilte =", ("T505", "", "tilte")),
    "unknown employer shown": of_file(
        ROLES,
        'external = "External"',
        'outside = "x"\nexternal = "External"',
        ("T505", "", "employers.outside"),
    ),
    "unknown key of a provisional rule": of_file(
        CLOCKS,
        "count = 5,",
        "count = 5, day = 1,",
        ("T505", "Rapid Review day zero", "clock.provisional.day"),
    ),
    "misspelt entries": of_file(BOARDS, "\n[[board]]", "\n[[bord]]", ("T505", "", "bord")),
    # T506
    "count in words": in_step(RR, "RR-5.7", "count = 2", 'count = "two"', ("T506", "step.count")),
    "count that is true": in_step(RR, "RR-5.7", "count = 2", "count = true", ("T506", "step.count")),
    "count past all measure": in_step(RR, "RR-5.7", "count = 2", "count = 20000", ("T506", "step.count")),
    "paragraph as a number": in_step(
        RR, "RR-5.10", 'paragraph = "5.10"', "paragraph = 5.10", ("T506", "step.paragraph")
    ),
    "key in words": in_step(RR, "RR-6.2", "key = true", 'key = "yes"', ("T506", "step.key")),
    "after that is no list": in_step(RR, "RR-5.7", '["RR-5.6"]', '"RR-5.6"', ("T506", "step.after")),
    "condition in words": in_step(
        SIN, "SIN-3.5", '{ "options.submitters_absent" = true }', '"absent"', ("T506", "step.when")
    ),
    "date in quotation marks": of_file(SET, "= 2023-05-01", '= "2023-05-01"', ("T506", "", "effective_from")),
    "date with a time": of_file(SET, "2023-05-01", "2023-05-01T10:00:00", ("T506", "", "effective_from")),
    "provisional rule in words": of_file(
        CLOCKS,
        'provisional = { from = "SIN day zero", count = 5, unit = "working days" }',
        'provisional = "five days"',
        ("T506", "Rapid Review day zero", "clock.provisional"),
    ),
    "table in double brackets": of_file(ROLES, "\n[employers]", "\n[[employers]]", ("T506", "", "employers")),
    "digest as text": of_file(
        ROLES, "digest = true", 'digest = "yes"', ("T506", "Head of QA and Partnerships", "role.digest")
    ),
    # T507
    "step without owner": in_step(
        RR, "RR-5.7", 'owner = "PDSCP Business Manager"\n', "", ("T507", "step.owner")
    ),
    "step with an empty action": in_step(
        SIN, "SIN-3.2b", '"Sign off the draft SIN"', '" "', ("T507", "step.action")
    ),
    "step without paragraph": in_step(RR, "RR-8.1", 'paragraph = "8.1"\n', "", ("T507", "step.paragraph")),
    "step without id": of_file(RR, 'id = "RR-8.1"\n', "", ("T507", "", "step[38].id")),
    "dated step without basis": in_step(RR, "RR-5.7", 'basis = "Procedure"\n', "", ("T507", "step.basis")),
    "condition that tests nothing": in_step(
        SIN, "SIN-3.5", '{ "options.submitters_absent" = true }', "{}", ("T507", "step.when")
    ),
    "role the case decides without default": of_file(
        ROLES,
        'default = "Chair of the LCSPR subgroup"\n',
        "",
        ("T507", "Chair of the Rapid Review", "role.default"),
    ),
    "board of an employer without one": of_file(
        BOARDS, 'employer = "council"\n', "", ("T507", "qpag", "board.employer")
    ),
    "employer that is not shown": of_file(
        ROLES, 'council = "Dorset Council"\n', "", ("T507", "", "employers.council")
    ),
    "decision without a condition": of_file(
        SET, 'when = { "decisions.notify" = "no" }\n', "", ("T507", "", "not_applicable[2].when")
    ),
    # T508
    "unknown owner": in_step(RR, "RR-5.3", HOQA, 'owner = "Head of Quality"', ("T508", "step.owner")),
    "unknown role consulted": in_step(
        SIN, "SIN-3.2", '["relevant Head"]', '["relevant Heads of"]', ("T508", "step.consult")
    ),
    "unknown role sent a copy": in_step(
        LCSPR, "LCSPR-7.1b", '"Chair of the LCSPR subgroup"', '"Charity"', ("T508", "step.copy_to")
    ),
    "unknown default": of_file(
        ROLES, 'default = "Chair', 'default = "Head', ("T508", "Chair of the Rapid Review", "role.default")
    ),
    # T509
    "unknown clock": in_step(
        RR, "RR-5.7", '"Rapid Review day zero"', '"Rapid Review day 0"', ("T509", "step.from")
    ),
    "unknown clock of a provisional rule": of_file(
        CLOCKS,
        '{ from = "SIN day zero"',
        '{ from = "SIN"',
        ("T509", "Rapid Review day zero", "clock.provisional.from"),
    ),
    # T510
    "unknown unit": in_step(RR, "RR-5.7", WD, 'unit = "workdays"\n', ("T510", "step.unit")),
    "unknown basis": in_step(RR, "RR-5.7", '"Procedure"', '"Law"', ("T510", "step.basis")),
    "unknown repetition": in_step(RR, "RR-5.7b", '"agency"', '"agencies"', ("T510", "step.each")),
    "unknown date that completes": in_step(
        SIN, "SIN-3.4", '"sin_submitted"', '"sin_sent"', ("T510", "step.completed_by")
    ),
    "unknown employer of a role": of_file(
        ROLES,
        'employer = "partnership"',
        'employer = "PDSCP"',
        ("T510", "PDSCP Business Manager", "role.employer"),
    ),
    "unknown employer of an agency": of_file(
        AGENCIES, '"partner agency"', '"police"', ("T510", "POL", "agency.employer")
    ),
    "unknown option of a role": of_file(
        ROLES,
        '"rapid_review_chair"',
        '"submitters_absent"',
        ("T510", "Chair of the Rapid Review", "role.option"),
    ),
    "unknown sight of a board": of_file(BOARDS, '"everything"', '"all"', ("T510", "subgroup", "board.sees")),
    "unknown date of a clock": of_file(
        CLOCKS, '"lcspr_decided"', '"lcspr_reason"', ("T510", "LCSPR day zero", "clock.fallback")
    ),
    # T511, T512
    "unknown stage": of_file(SET, '["LCSPR"]', '["LCSPRs"]', ("T511", "", "not_applicable[4].stages")),
    "unknown step to wait for": in_step(RR, "RR-5.7", '"RR-5.6"', '"RR-5.66"', ("T512", "step.after")),
    "unknown milestone": of_file(RR, '"RR-6.6"', '"RR-6.66"', ("T512", "", "milestone")),
    "milestone of another stage": of_file(RR, '"RR-6.6"', '"SIN-3.4"', ("T512", "", "milestone")),
    "unknown step of a clock": of_file(
        CLOCKS, '"SIN-3.4"', '"SIN-34"', ("T512", "Rapid Review day zero", "clock.step")
    ),
    "unknown step left out": of_file(
        SET, '"SIN-1.4"', '"SIN-14"', ("T512", "", "not_applicable[1].excluding")
    ),
    # T513, T514
    "unknown field in a condition": in_step(SIN, "SIN-1.4", "child.died", "case.dead", ("T513", "step.when")),
    "date in a condition": in_step(SIN, "SIN-1.4", '"child.died"', '"case.aware"', ("T513", "step.when")),
    "unknown field in a reason": of_file(
        SET, "{decisions.lcspr_reason}", "{decisions.reason}", ("T513", "", "not_applicable[4].reason")
    ),
    "word that a field never says": in_step(
        SIN, "SIN-1.4", '"care leaver"', '"leaver"', ("T514", "step.when")
    ),
    "word for yes or no": in_step(SIN, "SIN-1.4", "= true", '= "yes"', ("T514", "step.when")),
    "one for yes or no": in_step(SIN, "SIN-1.4", "= true", "= 1", ("T514", "step.when")),
    "no word at all": in_step(SIN, "SIN-1.4", '["looked after", "care leaver"]', "[]", ("T514", "step.when")),
    # T515, T516, T517
    "two steps with one id": of_file(RR, 'id = "RR-6.6b"', 'id = "RR-6.6c"', ("T515", "RR-6.6c", "step.id")),
    "id of another stage": of_file(RR, 'id = "RR-8.1"', 'id = "SIN-8.1"', ("T516", "SIN-8.1", "step.id")),
    "id of another paragraph": of_file(RR, 'id = "RR-8.1"', 'id = "RR-8.2"', ("T517", "RR-8.2", "step.id")),
    "5.1 for 5.10": in_step(RR, "RR-5.10", '"5.10"', '"5.1"', ("T517", "step.id")),
    "further step with an a": of_file(RR, 'id = "RR-8.1"', 'id = "RR-8.1a"', ("T517", "RR-8.1a", "step.id")),
    "appendix without its id": of_file(
        LCSPR, 'id = "LCSPR-A1"', 'id = "LCSPR-9"', ("T517", "LCSPR-9", "step.id")
    ),
    "paragraph in words": in_step(RR, "RR-8.1", '"8.1"', '"eight"', ("T517", "step.id")),
    # T518, T519
    "count without unit": in_step(RR, "RR-5.7", WD, "", ("T518", "step.unit")),
    "unit without count": Edit(
        RR, 'id = "RR-8.1"\n', "note", WD + "note", (("T518", "RR-8.1", "step.from"),)
    ),
    "count without clock": in_step(
        RR, "RR-5.7", 'from = "Rapid Review day zero"\n', "", ("T518", "step.from")
    ),
    "clock without count": in_step(RR, "RR-5.7", "count = 2\n" + WD, "", ("T518", "step.count")),
    "undated with a date": in_step(RR, "RR-5.7", '"Procedure"', '"Undated"', ("T519", "step.basis")),
    "added with a date": in_step(RR, "RR-5.7", '"Procedure"', '"Added"', ("T519", "step.basis")),
    "statutory without a date": in_step(
        RR, "RR-8.1", "note", 'basis = "Statutory"\nnote', ("T519", "step.basis")
    ),
    # T520, T521
    "clocks in a circle": of_file(
        CLOCKS,
        'field = "aware"',
        'provisional = { from = "Rapid Review day zero", count = 1, unit = "weeks" }',
        ("T532", "SIN day zero", "clock.field"),
        ("T520", "SIN day zero", "clock.provisional"),
    ),
    "clock that its own step waits for": Edit(
        LCSPR,
        'id = "LCSPR-7.8"\n',
        '"LCSPR day zero"',
        '"First Review Panel"',
        (("T520", "First Review Panel", "clock.provisional"),),
    ),
    "steps in a circle": in_step(SIN, "SIN-3.2", '["SIN-2.1"]', '["SIN-3.2b"]', ("T521", "step.after")),
    "step that waits for itself": in_step(RR, "RR-5.7", '["RR-5.6"]', '["RR-5.7"]', ("T521", "step.after")),
    # T522
    "role twice": of_file(
        ROLES,
        '[[role]]\nname = "Submitting officer"',
        '[[role]]\nname = "executive  director"\nemployer = "council"\n\n[[role]]\nname = "Submitting officer"',
        ("T522", "Executive Director", "role.name"),
    ),
    "alias of two roles": of_file(
        ROLES, '["Scrutineer"]', '["BM"]', ("T522", "PDSCP Scrutineer", "role.aliases")
    ),
    "agency code twice": of_file(AGENCIES, '"ICB"', '"POL"', ("T522", "POL", "agency.code")),
    "agency name twice": of_file(AGENCIES, '"Cafcass"', '"Dorset Police"', ("T522", "CAF", "agency.name")),
    "clock twice": of_file(
        CLOCKS,
        '[[clock]]\nname = "LCSPR day zero"',
        '[[clock]]\nname = "publication"\ndefined_name = "A_day"\nparagraph = "1"\nstep = "SIN-3.4"\n\n'
        '[[clock]]\nname = "LCSPR day zero"',
        ("T522", "Publication", "clock.name"),
    ),
    "defined name twice": of_file(
        CLOCKS, '"Publication_date"', '"LCSPR_day_zero"', ("T522", "Publication", "clock.defined_name")
    ),
    "board twice": of_file(BOARDS, '"maqpag"', '"qpag"', ("T522", "qpag", "board.id")),
    "order twice": of_file(RR, "order = 2", "order = 1", ("T522", "", "order")),
    # T523
    "clock that nothing starts": of_file(
        CLOCKS,
        'field = "national_panel_meeting"\n',
        "",
        ("T523", "National Panel meeting", "clock.field"),
    ),
    "clock of a repeated step": of_file(
        CLOCKS, '"SIN-3.4"', '"SIN-3.6"', ("T523", "Rapid Review day zero", "clock.step")
    ),
    "clock of a conditional step": of_file(
        CLOCKS, '"SIN-3.4"', '"SIN-3.5"', ("T523", "Rapid Review day zero", "clock.step")
    ),
    # T524, T525, T526
    "agency that is no one agency": in_step(RR, "RR-5.7b", 'each = "agency"\n', "", ("T524", "step.owner")),
    "step above one it waits for": in_step(
        RR, "RR-5.3", "note", 'after = ["RR-5.6"]\nnote', ("T525", "step.after")
    ),
    "sheet name of another sheet": of_file(RR, '"Rapid Review"', '"People"', ("T526", "", "name")),
    "prefix in small letters": of_file(RR, 'prefix = "RR"', 'prefix = "rr"', ("T526", "", "prefix")),
    "defined name with blanks": of_file(
        CLOCKS, '"SIN_day_zero"', '"SIN day zero"', ("T526", "SIN day zero", "clock.defined_name")
    ),
    "defined name of the workbook's own": of_file(
        CLOCKS, '"SIN_day_zero"', '"report_date"', ("T526", "SIN day zero", "clock.defined_name")
    ),
    "stage with the action plan's table": of_file(RR, '"Rapid Review"', '"plan"', ("T526", "", "name")),
    # T527, T528: ranges and targets
    "range that ends where it begins": in_step(
        RR, "RR-5.7", "count = 2", "first = 2\ncount = 2", ("T527", "step.first")
    ),
    "range over day zero": in_step(
        RR, "RR-5.7", "count = 2", "first = -1\ncount = 2", ("T527", "step.first")
    ),
    "range without an end": Edit(
        RR, 'id = "RR-8.1"\n', "note", "first = 2\nnote", (("T527", "RR-8.1", "step.first"),)
    ),
    "range in words": in_step(RR, "RR-5.7", "count = 2", 'first = "two"\ncount = 3', ("T506", "step.first")),
    "target on its limit's day": in_step(
        RR, "RR-5.11", "count = 2", 'target_of = "RR-5.7"\ncount = 2', ("T528", "step.target_of")
    ),
    "target by another clock": in_step(
        RR, "RR-5.11", "count = 2", 'target_of = "SIN-3.4"\ncount = 2', ("T528", "step.target_of")
    ),
    "target of no step": in_step(
        RR, "RR-5.11", "count = 2", 'target_of = "RR-5.77"\ncount = 2', ("T512", "step.target_of")
    ),
    # T529, T530: rows that several have, and rows that one must have
    "condition on a child of a step of the case": in_step(
        SIN, "SIN-3.5", '"options.submitters_absent"', '"child.died"', ("T538", "step.when")
    ),
    "decision on a child": of_file(
        SET, '"decisions.notify" = "no"', '"child.died" = true', ("T538", "", "not_applicable[2].when")
    ),
    "standing step with a date": in_step(
        RR, "RR-5.3", "count = 0", "standing = true\ncount = 0", ("T539", "step.standing")
    ),
    "date of the case a child": in_step(
        SIN,
        "SIN-3.6",
        "each =",
        'completed_by = "publication"\neach =',
        ("T529", "step.completed_by"),
        ("T531", "step.completed_by"),
    ),
    "milestone an agency": of_file(RR, '"RR-6.6"', '"RR-5.7b"', ("T529", "", "milestone")),
    "owners without codes": in_step(
        RR, "RR-8.4", HOQA, 'owner = ["HoQA", "BM"]', ("T530", "step.owner"), ("T530", "step.owner")
    ),
    "one owner twice": in_step(
        RR, "RR-8.4", HOQA, 'owner = ["HoQA", "Head of QA"]', ("T530", "step.owner"), ("T530", "step.owner")
    ),
    "owners beside children": in_step(
        SIN,
        "SIN-3.6",
        HOQA,
        'owner = ["HoQA", "nobody"]',
        ("T508", "step.owner"),
        ("T530", "step.each"),
        ("T530", "step.owner"),
    ),
    "agency among owners": in_step(
        RR,
        "RR-5.7b",
        'owner = "{agency}"',
        'owner = ["{agency}", "{agency}"]',
        ("T524", "step.owner"),
        ("T530", "step.each"),
        ("T530", "step.owner"),
    ),
    "no owner at all": in_step(RR, "RR-8.4", HOQA, "owner = []", ("T507", "step.owner")),
    "role code with a blank": of_file(
        ROLES, "employer =", 'code = "B M"\nemployer =', ("T526", "PDSCP Business Manager", "role.code")
    ),
    # T531, T532: where dates of the case are typed
    "date of two clocks": of_file(
        CLOCKS, '"national_panel_meeting"', '"publication"', ("T531", "National Panel meeting", "clock.field")
    ),
    "incident with something to fall back on": of_file(
        CLOCKS, '"lcspr_recommended"', '"incident"', ("T531", "LCSPR day zero", "clock.fallback")
    ),
    "no clock from awareness": of_file(
        CLOCKS, '"aware"', '"incident"', ("T532", "SIN day zero", "clock.field")
    ),
    "date that is typed beside no clock": of_file(
        CLOCKS, '"lcspr_decided"', '"publication"', ("T510", "LCSPR day zero", "clock.fallback")
    ),
    # The comparison, the words of sheet Case and Guide
    "comparison with no step": of_file(
        SET, 'step = "RR-6.6"', 'step = "RR-66"', ("T512", "", "comparison.step")
    ),
    "comparison by no clock": of_file(
        SET, 'from = "SIN day zero"', 'from = "SIN"', ("T509", "", "comparison.from")
    ),
    "comparison without a count": of_file(SET, "count = 15\n", "", ("T507", "", "comparison.count")),
    "words for no field": of_file(SET, '"case.died"', '"case.dead"', ("T505", "", "fields.case.dead")),
    "words with an unknown key": of_file(
        SET,
        '{ help = "6.2" }',
        '{ hlep = "6.2" }',
        ("T505", "", "fields.decisions.rapid_review_recommends.hlep"),
    ),
    "guide with a number": of_file(
        SET, '"The clocks" = "', 'Other = 3\n"The clocks" = "', ("T506", "", "guide.Other")
    ),
    "code with a hyphen": of_file(AGENCIES, '"POL"', '"P-OL"', ("T526", "P-OL", "agency.code")),
}
