"""A case known of just before Christmas, late at every turn, to its closure, with the weekly report of every Monday.

The dates were counted by hand. Bank holidays on the way: 25 and 28 December (Boxing Day is a Saturday), 1 January,
26 and 29 March, 3 and 31 May. Days on which the offices close are working days all the same.

    SIN day zero             Fri 18 Dec 2026   1 Mon 21, 2 Tue 22, 3 Wed 23, 4 Thu 24, 5 Tue 29 Dec
    Rapid Review day zero    Tue 29 Dec, provisional: 1 Wed 30, 2 Thu 31 Dec, 3 Mon 4, 5 Wed 6, 6 Thu 7, 8 Mon 11 Jan
                             Mon 4 Jan 2027, sent 3 working days late (30 and 31 Dec, 4 Jan): 1 Tue 5, 2 Wed 6,
                             5 Mon 11, 6 Tue 12, 8 Thu 14, 9 Fri 15, 11 Tue 19, 12 Wed 20, 14 Fri 22, 15 Mon 25 Jan
    National Panel meeting   Tue 2 Mar         authors' CVs by that day, + 10 working days Tue 16 Mar
    LCSPR day zero           Mon 10 May        + 1 Tue 11 May, + 3 weeks Mon 31 May, a bank holiday, so Fri 28 May
                                               + 6 months Wed 10 Nov, 184 days: 27 weeks
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .living import Life
from .readers import heading

if TYPE_CHECKING:
    from collections.abc import Callable

READERS = Path(__file__).parent / "christmas-mondays.md"
"""What each reader needs to know on each Monday, and where the report shows it."""
DESCRIPTION = """
marking = "OFFICIAL-SENSITIVE"
[case]
reference = "DOR-2026-044"
summary = "Serious harm to two siblings"
incident = 2026-12-16
aware = 2026-12-18
died = false
looked_after = "no"
abuse_or_neglect = "known"
[[children]]
label = "Child 1"
[[children]]
label = "Sibling A"
[[agencies]]
name = "Dorset Police"
code = "POL"
contact = "P. Example"
[[agencies]]
name = "NHS Dorset"
code = "ICB"
contact = "N. Example"
[[agencies]]
name = "Somerset Children's Services"
code = "SCS"
contact = "S. Example"
[people]
"Head of QA and Partnerships" = "A. Example"
"Corporate Director, QA and Safeguarding Families" = "C. Example"
"Corporate Directors" = "B. Example"
"Executive Director" = "E. Example"
"Senior Solicitor, Legal Services" = "J. Example"
"PDSCP Business Manager" = "R. Example"
"PDSCP Business Support" = "S. Example"
"QA Service Manager" = "Q. Example"
"PDSCP Leadership" = "K. Example"
"Chair of the LCSPR subgroup" = "D. Example"
"LCSPR subgroup" = "G. Example"
"Chair of the Review Panel" = "F. Example"
[options]
other_partnerships = ["Somerset"]
[[meetings]]
kind = "Leadership"
date = 2027-01-22
[calendar]
office_closures = [2026-12-29, 2026-12-30, 2026-12-31]
"""
MEETING_MOVED = "Two returns are missing; the chair moved the meeting"


def test_a_late_case_over_christmas_to_its_closure(
    tmp_path: Path, golden: Callable[[Path, str], None]
) -> None:
    life = Life.of(DESCRIPTION, tmp_path, "21 Dec 2026")
    _notification(life)
    _returns(life)
    _moved_meeting(life)
    _panel_asks(life)
    _panel_disagrees(life)
    assert life.reported == life.told
    golden(READERS, heading("A late case over Christmas, Monday by Monday") + "".join(life.readers))


def _notification(life: Life) -> None:
    life.noted = "T316"  # due on days on which the offices are closed
    life.monday(
        "Mon 21 Dec 2026",
        "SIN: day 1 of 5",
        due="29 Dec RR-5.3 SIN-2.1 2.6 2.6b-SOM 3.2 3.2b 3.3 3.3b 3.3c 3.3d 3.4 3.4b 3.6-C1 3.6-SA 3.6b; "
        "30 Dec RR-5.6 5.8",
        next="SIN-3.4 29 Dec",
    )
    life.done("22 Dec", "SIN-2.1 2.6 RR-5.3")
    life.done("23 Dec", "SIN-3.2")
    life.done("24 Dec", "SIN-3.2b", status=False)
    # On the bank holiday that stands in for Boxing Day, the five working days end on 5 January.
    life.monday(
        "Mon 28 Dec 2026",
        "SIN: day 4 of 5",
        due="29 Dec SIN-2.6b-SOM 3.3 3.3b 3.3c 3.3d 3.4 3.4b 3.6-C1 3.6-SA 3.6b; 30 Dec RR-5.6 5.8; "
        "31 Dec RR-5.7 5.9 5.10 5.11 5.12",
        next="SIN-3.4 29 Dec",
    )
    life.done("30 Dec", "RR-5.6 5.8")
    life.done("31 Dec", "SIN-2.6b-SOM 3.3 3.3b")
    life.noted = ""
    life.monday(
        "Mon 4 Jan 2027",
        "SIN: 3 working days late",
        needed="7 actions overdue in 1 case, 1 statutory date missed, 5 past a provisional date",
        late="SIN-3.3c 3.3d 3.4 3.4b 3.6-C1 3.6-SA 3.6b by 3",
        due="6 Jan RR-5.4 5.4b 5.4c; 7 Jan RR-5.13; 11 Jan RR-5.5 5.7b-ICB 5.7b-POL 5.7b-SCS 5.13b",
        next="SIN-3.4 29 Dec",
    )
    life.done("4 Jan", "SIN-3.3d 3.3c 3.4")
    life.done("5 Jan", "SIN-3.4b 3.6b")
    life.done("6 Jan", "SIN-3.6-C1 3.6-SA RR-5.7 5.10 5.11")
    life.done("7 Jan", "RR-5.12")
    life.meeting("Rapid Review", "19 Jan")


def _returns(life: Life) -> None:
    # What began before the late SIN was sent (3.7), and dates that moved with it.
    life.noted = "T320 T334"
    life.monday(
        "Mon 11 Jan 2027",
        "Rapid Review: day 5 of 15",
        needed="1 to chase, 3 due today",
        chase="RR-5.9",
        returns="RR-5.7b 0 of 3",
        due="11 Jan RR-5.4 5.4b 5.4c; 12 Jan RR-5.13; 14 Jan RR-5.5 5.7b-ICB 5.7b-POL 5.7b-SCS 5.13b; 15 Jan RR-5.14",
        next="RR-6.2 19 Jan",
    )
    life.row("Log", Date="11 Jan", ID="RR-5.9", What="Chased", Text="Rang the Panel's secretariat")
    life.regenerate()
    life.done("13 Jan", "RR-5.9 5.4 5.4b")
    life.done("14 Jan", "RR-5.4c 5.7b-POL")
    life.done("15 Jan", "RR-5.13", status=False)
    life.status("Waiting on others", "RR-5.7b-ICB 5.7b-SCS")
    life.monday(
        "Mon 18 Jan 2027",
        "Rapid Review: day 10 of 15",
        needed="5 actions overdue in 1 case",
        late="RR-5.5 5.7b-ICB 5.7b-SCS 5.13b by 2; RR-5.14 by 1",
        returns="RR-5.7b 1 of 3",
        due="19 Jan RR-6.2 6.2b 6.2c 6.3; 20 Jan RR-6.4; 22 Jan RR-6.5 6.7; 25 Jan RR-6.6 6.6b 6.6c",
        next="RR-6.2 19 Jan",
    )


def _moved_meeting(life: Life) -> None:
    life.moved("Rapid Review", "28 Jan")
    life.agreed("RR-6.2 6.2b 6.2c 6.3", "28 Jan", MEETING_MOVED, "Chair of the LCSPR subgroup")
    life.agreed("RR-6.4", "29 Jan", MEETING_MOVED)
    life.agreed("RR-6.5 6.7", "2 Feb", MEETING_MOVED, "PDSCP Leadership")
    life.agreed("RR-6.6 6.6b 6.6c", "3 Feb", MEETING_MOVED, "PDSCP Leadership")
    life.row("Log", Date="19 Jan", ID="RR-5.7b-SCS", What="Chased", Text="Somerset's author is off sick")
    life.done("19 Jan", "RR-5.13b 5.5")
    copy = life.copy()  # Business Support's, while the Business Manager works in the other
    copy.done("20 Jan", "RR-5.7b-ICB")
    life.cells({"RR-5.14:Progress": "Waits for Somerset"})
    life.merge(
        copy, conflicts=["RR-5.7b-ICB:Status"]
    )  # both typed it since the baseline: Waiting, and Complete
    life.settle("new")
    meeting = "RR-6.2 19 Jan to 28 Jan; RR-6.2b 19 Jan to 28 Jan; RR-6.2c 19 Jan to 28 Jan; RR-6.3 19 Jan to 28 Jan; "
    rest = "RR-6.5 22 Jan to 2 Feb; RR-6.7 22 Jan to 2 Feb; "
    rest += "RR-6.6 25 Jan to 3 Feb; RR-6.6b 25 Jan to 3 Feb; RR-6.6c 25 Jan to 3 Feb"
    life.monday(
        "Mon 25 Jan 2027",
        "Rapid Review: day 15 of 15",
        needed="2 actions overdue in 1 case",
        late="RR-5.7b-SCS by 7; RR-5.14 by 6",
        returns="RR-5.7b 2 of 3",
        due="28 Jan RR-6.2 6.2b 6.2c 6.3; 29 Jan RR-6.4",
        next="RR-6.2 28 Jan",
        moved=meeting + "RR-6.4 20 Jan to 29 Jan; " + rest,
    )
    life.done("26 Jan", "RR-5.7b-SCS")
    life.done("27 Jan", "RR-5.14")
    life.held("Rapid Review")
    life.moved("Leadership", "2 Feb")
    life.done("28 Jan", "RR-6.2 6.2b 6.2c")
    life.done("29 Jan", "RR-6.3")
    life.cells({"Case:Rapid Review recommends": "no LCSPR"})
    life.monday(
        "Mon 1 Feb 2027",
        "Rapid Review: 5 working days late",
        needed="1 action overdue in 1 case",
        late="RR-6.4 by 8",
        due="2 Feb RR-6.5 6.7; 3 Feb RR-6.6 6.6b 6.6c",
        next="RR-6.5 2 Feb",
        moved=meeting + "RR-6.4 20 Jan to 29 Jan; " + rest,
    )
    life.done("1 Feb", "RR-6.4")
    life.held("Leadership")
    life.done("2 Feb", "RR-6.5 6.7")
    life.done("3 Feb", "RR-6.6 6.6b 6.6c 6.6d")
    life.noted = "T320 T332 T334"  # sent on working day 30 after awareness: the appendix would count 15
    life.monday("Mon 8 Feb 2027", "Rapid Review done: LCSPR: clock not started",
                moved="RR-6.4 20 Jan to 29 Jan; " + rest)  # fmt: skip


def _panel_asks(life: Life) -> None:
    waiting = "Rapid Review done: LCSPR: clock not started"
    life.done("9 Feb", "RR-6.8 5.12b")
    life.cells({"Case:National Panel meeting": "2 Mar"})
    life.row("Action Plan", Recommendation="Moves between areas", Action="Agree one transfer form",
             **{"Lead agency": "Dorset Police", "Target date": "30 Apr"})  # fmt: skip
    life.regenerate()
    life.done("11 Feb", "RR-8.6")
    life.mondays("15 Feb 2027, 22 Feb 2027", waiting)
    life.monday("Mon 1 Mar 2027", waiting, due="2 Mar LCSPR-7.1 7.1b")
    life.status("Not applicable", "LCSPR-7.1 7.1b", "The Rapid Review recommends no LCSPR")
    life.monday("Mon 8 Mar 2027", waiting)
    life.monday("Mon 15 Mar 2027", waiting, due="16 Mar RR-6.8b")
    life.monday("Mon 22 Mar 2027", waiting, needed="1 to chase", chase="RR-6.8b")
    life.row("Log", Date="22 Mar", ID="RR-6.8b", What="Chased", Text="The letter is promised before Easter")
    life.done("25 Mar", "RR-6.8b 6.8c")
    life.cells({"Case:National Panel's response": "asks for more"})
    life.regenerate()  # adds the rows for the answer
    life.agreed("RR-6.8e", "15 Apr", "Leadership meets on the 15th")
    life.agreed("RR-6.8d", "16 Apr", "The day after Leadership")

    question = "the answer to the National Panel in DOR-2026-044"
    life.mondays("29 Mar 2027, 5 Apr 2027", waiting, decide=question)
    life.monday("Mon 12 Apr 2027", waiting, due="15 Apr RR-6.8e; 16 Apr RR-6.8d", decide=question)
    life.done("15 Apr", "RR-6.8e")
    life.done("16 Apr", "RR-6.8d")
    life.monday("Mon 19 Apr 2027", waiting)
    life.monday("Mon 26 Apr 2027", waiting, due="30 Apr AP-001")
    life.agreed("AP-001", "28 May", "The form is with Legal", "LCSPR subgroup")
    life.mondays("3 May 2027, 10 May 2027", waiting, moved="AP-001 30 Apr to 28 May")


def _panel_disagrees(life: Life) -> None:
    life.row(
        "Log", Date="12 May", ID="RR-6.8b", What="Panel letter", Text="Letter of 10 May: recommends an LCSPR"
    )
    life.cells({"Case:National Panel's response": "recommends LCSPR", "Case:LCSPR day zero": "10 May"})
    life.monday(
        "Mon 17 May 2027",
        "LCSPR: week 2 of 27",
        needed="2 actions overdue in 1 case",
        late="LCSPR-7.6b 7.6c by 4",
        next="LCSPR-7.8 28 May",
        decide="whether to hold an LCSPR in DOR-2026-044",
        moved="AP-001 30 Apr to 28 May",
    )
    life.cells(
        {"Case:LCSPR": "no", "Case:LCSPR: reason": "The learning is known; a briefing is written instead"}
    )
    life.row("Log", Date="20 May", ID="RR-6.8e", What="Decision", Text="No LCSPR; the Panel is told why")
    life.done("21 May", "AP-001")
    # Two rows had ended with a reason of their own.
    life.regenerate(conflicts=["LCSPR-7.1:Reason for change", "LCSPR-7.1b:Reason for change"])
    life.settle("yours")
    over = "Rapid Review done: {} left to do"
    life.monday("Mon 24 May 2027", over.format("5 steps"), moved="AP-001 30 Apr to 28 May")
    life.done("26 May", "LCSPR-8.7")
    life.monday("Mon 31 May 2027", over.format("4 steps"))
    life.done("3 Jun", "LCSPR-8.8")
    life.done("4 Jun", "LCSPR-8.8b")
    life.monday("Mon 7 Jun 2027", over.format("2 steps"))
    life.done("9 Jun", "LCSPR-8.9 8.9b")
    life.monday("Mon 14 Jun 2027", "Rapid Review done: nothing is left to do")
    life.done("18 Jun", "RR-5.15 8.1 8.3 8.4")
    life.cells({"Case:Case closed on": "18 Jun"})
    life.monday("Mon 21 Jun 2027", "Closed: on Fri 18 Jun 2027")
    life.regenerate()
    life.monday("Mon 28 Jun 2027", "closed", problems="")
