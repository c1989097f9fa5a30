"""A small procedure set made by hand, and a plain case, so that these tests need no files."""

from __future__ import annotations

from datetime import date

from tracker.case.model import keys
from tracker.procedure.model import Board, Clock, Procedure, Role, Stage, Step, UsualAgency

CHAIR = "Chair of the LCSPR subgroup"

PROCEDURE = Procedure(
    set_name="dorset",
    title="SIN, Rapid Review and LCSPR process",
    edition="2023-05",
    effective_from=date(2023, 5, 1),
    improvement_plan="Strengthening Services Plan",
    employer_names=(("council", "Dorset Council"),),
    stages=(
        Stage(
            "SIN",
            "SIN",
            1,
            "SIN-3.5",
            "asked by",
            (
                Step(
                    "SIN-3.5",
                    "3.5",
                    "Ask",
                    "HoQA",
                    "Undated",
                    when=((("options.submitters_absent", (True,)),),),
                ),
            ),
        ),
    ),
    roles=(
        Role("Head of QA and Partnerships", "council", ("HoQA", "Head of QA")),
        Role("QA Service Manager", "council", ("QA Manager",)),
        Role("PDSCP Business Manager", "partnership", ("BM", "Business Manager")),
        Role(CHAIR, "partnership"),
        Role("National Panel", "external", ("the Panel",)),
        Role("Chair of the Rapid Review", "partnership", (), "rapid_review_chair", CHAIR),
    ),
    clocks=tuple(Clock(key, f"{key}_day", "1", field=key) for key in keys("dates")),
    boards=(
        Board("maqpag", "MAQPAG", "8.3", "exceptions"),
        Board("subgroup", "LCSPR subgroup", "8.3", "everything"),
    ),
    agencies=(
        UsualAgency("Dorset Police", "POL", "partner agency", statutory=True),
        UsualAgency("NHS Dorset", "ICB", "partner agency", statutory=True),
        UsualAgency("Adult Social Care", "ASC", "council", statutory=False),
    ),
    meeting_kinds=("Rapid Review", "Leadership", "Action planning", "Review Panel"),
    not_applicable=(),
    interpretations=(),
    sha256="",
)

PLAIN = """\
[case]
reference = "DOR-2026-014"
aware = 2026-11-02
[[children]]
label = "Child 1"
[[agencies]]
name = "Dorset Police"
code = "POL"
"""
