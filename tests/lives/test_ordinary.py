"""An ordinary case from the first Monday to its closure, with what the weekly report says on every Monday.

The dates were counted by hand. Bank holidays on the way: 25 and 28 December, 1 January, 26 and 29 March, 3 and 31 May.

    SIN day zero             Mon 7 Sep 2026   day 5 Mon 14 Sep
    Rapid Review day zero    Fri 11 Sep       days 1 Mon 14, 2 Tue 15, 5 Fri 18, 6 Mon 21, 8 Wed 23, 9 Thu 24,
                                              11 Mon 28, 12 Tue 29 Sep, 14 Thu 1 Oct, 15 Fri 2 Oct
    National Panel meeting   Thu 29 Oct       authors' CVs by that day, + 10 working days Thu 12 Nov
    LCSPR day zero           Mon 9 Nov        + 1 Tue 10 Nov, + 3 weeks Mon 30 Nov
                                              + 6 months Sun 9 May 2027, so Fri 7 May
    First Review Panel       Mon 30 Nov       + 1 Tue 1 Dec
    Publication              Fri 7 May 2027   - 5 weeks Fri 2 Apr, - 4 weeks Fri 9 Apr
                                              - 7: 6, 5, 4 May, 30, 29, 28, 27 Apr (3 May is none), so Tue 27 Apr
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .living import Life
from .readers import heading

if TYPE_CHECKING:
    from collections.abc import Callable

READERS = Path(__file__).parent / "ordinary-mondays.md"
"""What each reader needs to know on each Monday, and where the report shows it."""
DESCRIPTION = """
marking = "OFFICIAL-SENSITIVE"
[case]
reference = "DOR-2026-021"
summary = "Serious harm to an infant"
incident = 2026-09-04
aware = 2026-09-07
died = false
looked_after = "no"
abuse_or_neglect = "suspected"
[[children]]
label = "Child 1"
[[agencies]]
name = "Dorset Police"
code = "POL"
contact = "P. Example"
[[agencies]]
name = "NHS Dorset"
code = "ICB"
contact = "N. Example"
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
"""
STANDING = "RR-5.15 8.1 8.3 8.4 LCSPR-7.13 7.13b 7.14 8.5 8.5b"


def test_an_ordinary_case_from_its_first_monday_to_its_closure(
    tmp_path: Path, golden: Callable[[Path, str], None]
) -> None:
    life = Life.of(DESCRIPTION, tmp_path, "7 Sep 2026")
    _notification(life)
    _rapid_review(life)
    _panel(life)
    _review(life)
    _publication(life)
    assert life.reported == life.told
    golden(READERS, heading("An ordinary case, Monday by Monday") + "".join(life.readers))


def _notification(life: Life) -> None:
    life.monday(
        "Mon 7 Sep 2026",
        "SIN: day 0 of 5",
        due="14 Sep RR-5.3 SIN-2.1 2.6 3.2 3.2b 3.3 3.3b 3.3c 3.3d 3.4 3.4b 3.6-C1 3.6b",
        next="SIN-3.4 14 Sep",
    )
    life.done("8 Sep", "SIN-2.1 2.6")
    life.done("9 Sep", "SIN-3.2")
    life.done("10 Sep", "SIN-3.2b 3.3 3.3b 3.3d", status=False)
    life.done("11 Sep", "SIN-3.3c 3.4 3.4b RR-5.3")


def _rapid_review(life: Life) -> None:
    life.noted = "T334"  # sent on day 4, the Rapid Review's dates are a working day earlier than when issued
    life.monday(
        "Mon 14 Sep 2026",
        "Rapid Review: day 1 of 15",
        needed="4 due today",
        due="14 Sep RR-5.6 5.8 SIN-3.6-C1 3.6b; 15 Sep RR-5.7 5.9 5.10 5.11 5.12; 18 Sep RR-5.4 5.4b 5.4c; "
        "21 Sep RR-5.13",
        next="RR-6.2 28 Sep",
    )
    life.row("Agencies", Code="DHC", Agency="Dorset HealthCare", Employer="partner agency",
             Contact="H. Example")  # fmt: skip
    life.regenerate()  # an agency identified on day 1 gets its rows
    life.done("14 Sep", "SIN-3.6-C1 3.6b RR-5.6 5.8")
    life.done("14 Sep", "RR-5.10", status=False)
    life.done("15 Sep", "RR-5.7 5.9 5.11 5.12")
    life.meeting("Rapid Review", "28 Sep")
    life.meeting("Leadership", "1 Oct")
    life.meeting("Action planning", "8 Oct")
    life.done("18 Sep", "RR-5.4 5.4b 5.4c")

    life.monday(
        "Mon 21 Sep 2026",
        "Rapid Review: day 6 of 15",
        needed="1 due today",
        returns="RR-5.7b 0 of 3",
        due="21 Sep RR-5.13; 23 Sep RR-5.5 5.7b-DHC 5.7b-ICB 5.7b-POL 5.13b; 24 Sep RR-5.14; "
        "28 Sep RR-6.2 6.2b 6.2c 6.3",
        next="RR-6.2 28 Sep",
    )
    life.done("21 Sep", "RR-5.13")
    life.done("22 Sep", "RR-5.7b-POL")
    life.done("23 Sep", "RR-5.13b 5.5 5.7b-ICB 5.7b-DHC")
    life.done("24 Sep", "RR-5.14")

    life.monday(
        "Mon 28 Sep 2026",
        "Rapid Review: day 11 of 15",
        needed="4 due today",
        due="28 Sep RR-6.2 6.2b 6.2c 6.3; 29 Sep RR-6.4; 1 Oct RR-6.5 6.7; 2 Oct RR-6.6 6.6b 6.6c",
        next="RR-6.2 28 Sep",
    )
    life.held("Rapid Review")
    life.done("28 Sep", "RR-6.2 6.2b 6.2c 6.3")
    life.cells({"Case:Rapid Review recommends": "LCSPR"})
    life.done("29 Sep", "RR-6.4")
    life.held("Leadership")
    life.done("1 Oct", "RR-6.5 6.7")
    life.done("2 Oct", "RR-6.6 6.6b 6.6c 6.6d")


def _panel(life: Life) -> None:
    life.noted = "T332 T334"  # sent on working day 19 after awareness: the appendix would count 15
    waiting = "Rapid Review done: LCSPR: clock not started"
    life.monday("Mon 5 Oct 2026", waiting)
    life.done("6 Oct", "RR-6.8")
    life.cells({"Case:National Panel meeting": "29 Oct"})
    life.held("Action planning")
    life.done("8 Oct", "RR-5.12b")
    life.row("Action Plan", Recommendation="Bruising in babies", Action="Remind health visitors",
             **{"Lead agency": "Dorset HealthCare", "Target date": "30 Oct"})  # fmt: skip
    life.row("Action Plan", Recommendation="Handover", Action="Agree one form",
             **{"Lead agency": "NHS Dorset", "Target date": "29 Jan 2027"})  # fmt: skip

    life.monday("Mon 12 Oct 2026", waiting)
    life.regenerate()  # the action plan's rows get their IDs
    life.done("15 Oct", "RR-8.6")
    life.monday("Mon 19 Oct 2026", waiting)
    life.monday("Mon 26 Oct 2026", waiting, due="29 Oct LCSPR-7.1 7.1b; 30 Oct AP-001")
    life.done("27 Oct", "LCSPR-7.1")
    life.done("28 Oct", "AP-001")
    life.done("29 Oct", "LCSPR-7.1b")
    life.monday("Mon 2 Nov 2026", waiting)
    life.monday("Mon 9 Nov 2026", waiting, due="12 Nov RR-6.8b")

    life.row("Log", Date="10 Nov", ID="RR-6.8b", What="Panel letter", Text="Letter of 9 November: agrees")
    life.done("10 Nov", "RR-6.8b")
    life.cells(
        {"Case:National Panel's response": "agrees", "Case:LCSPR": "yes", "Case:LCSPR day zero": "9 Nov"}
    )
    life.done("10 Nov", "LCSPR-7.6b 7.6c")
    life.done("11 Nov", "RR-6.8c")
    life.done("12 Nov", "LCSPR-7.2")
    life.done("13 Nov", "LCSPR-7.3")


def _review(life: Life) -> None:
    life.monday("Mon 16 Nov 2026", "LCSPR: week 2 of 26", next="LCSPR-7.8 30 Nov")
    life.regenerate()
    life.done("18 Nov", "LCSPR-7.4")
    life.done("19 Nov", "LCSPR-7.5", status=False)
    life.monday("Mon 23 Nov 2026", "LCSPR: week 3 of 26", due="30 Nov LCSPR-7.7 7.8", next="LCSPR-7.8 30 Nov")
    life.done("24 Nov", "LCSPR-7.7")
    life.done("26 Nov", "LCSPR-7.7b")
    life.monday("Mon 30 Nov 2026", "LCSPR: week 4 of 26", needed="1 due today", due="30 Nov LCSPR-7.8",
                next="LCSPR-7.8 30 Nov")  # fmt: skip
    life.done("30 Nov", "LCSPR-7.8")
    life.done("1 Dec", "LCSPR-7.9 7.10 7.12")
    for agency in ("POL", "ICB", "DHC"):
        life.cells({f"LCSPR-7.9b-{agency}:Agreed date": "15 Jan 2027"})
    life.cells({"LCSPR-7.10b:Agreed date": "8 Jan 2027"})

    quiet = "7 Dec 2026, 14 Dec 2026, 21 Dec 2026, 28 Dec 2026"
    life.mondays(quiet, "LCSPR: week {5} of 26", returns="LCSPR-7.9b 0 of 3", next="LCSPR-7.19 27 Apr")
    life.monday(
        "Mon 4 Jan 2027",
        "LCSPR: week 9 of 26",
        returns="LCSPR-7.9b 0 of 3",
        due="8 Jan LCSPR-7.10b",
        next="LCSPR-7.19 27 Apr",
    )
    copy = life.copy()  # the QA Service Manager's
    copy.done("7 Jan", "LCSPR-7.10b")
    copy.done("8 Jan", "LCSPR-7.10c")
    life.row(
        "Log", Date="6 Jan", ID="LCSPR-7.9b-DHC", What="Chased", Text="The named nurse is back on the 18th"
    )
    life.merge(copy)
    life.monday("Mon 11 Jan 2027", "LCSPR: week 10 of 26", returns="LCSPR-7.9b 0 of 3",
                due="15 Jan LCSPR-7.9b-DHC 7.9b-ICB 7.9b-POL",
                next="LCSPR-7.19 27 Apr")  # fmt: skip
    life.done("11 Jan", "LCSPR-7.10d")
    life.done("12 Jan", "LCSPR-7.10e")
    life.done("13 Jan", "LCSPR-7.11 7.9b-POL")
    life.done("14 Jan", "LCSPR-7.11b-C1 7.11c 7.9b-ICB")
    life.monday("Mon 18 Jan 2027", "LCSPR: week 11 of 26", needed="1 action overdue in 1 case",
                late="LCSPR-7.9b-DHC by 1", returns="LCSPR-7.9b 2 of 3", next="LCSPR-7.19 27 Apr")  # fmt: skip
    life.done("19 Jan", "LCSPR-7.9b-DHC")
    life.monday("Mon 25 Jan 2027", "LCSPR: week 12 of 26", due="29 Jan AP-002", next="LCSPR-7.19 27 Apr")
    life.done("28 Jan", "AP-002")
    life.mondays("1 Feb 2027, 8 Feb 2027, 15 Feb 2027", "LCSPR: week {13} of 26", next="LCSPR-7.19 27 Apr")
    life.monday("Mon 22 Feb 2027", "LCSPR: week 16 of 26", next="LCSPR-7.19 27 Apr")
    life.done("22 Feb", "LCSPR-7.15")
    life.mondays("1 Mar 2027, 8 Mar 2027", "LCSPR: week {17} of 26", next="LCSPR-7.19 27 Apr")
    life.done("8 Mar", "LCSPR-7.15b")
    life.regenerate()
    life.monday("Mon 15 Mar 2027", "LCSPR: week 19 of 26", next="LCSPR-7.19 27 Apr")
    # Easter: the five working days after 22 March end on the 31st.
    life.monday("Mon 22 Mar 2027", "LCSPR: week 20 of 26", next="LCSPR-7.19 27 Apr")


def _publication(life: Life) -> None:
    life.monday("Mon 29 Mar 2027", "LCSPR: week 21 of 26", due="2 Apr LCSPR-7.16", next="LCSPR-7.19 27 Apr")
    life.done("31 Mar", "LCSPR-7.16")
    life.monday("Mon 5 Apr 2027", "LCSPR: week 22 of 26", due="9 Apr LCSPR-7.17", next="LCSPR-7.19 27 Apr")
    life.done("8 Apr", "LCSPR-7.17")
    life.cells({"Case:Publication": "7 May"})
    life.done("9 Apr", "LCSPR-7.18 7.18b 7.18c 7.20")
    life.monday("Mon 12 Apr 2027", "LCSPR: week 23 of 26", next="LCSPR-7.19 27 Apr")
    life.done("14 Apr", "LCSPR-7.16b")
    life.monday("Mon 19 Apr 2027", "LCSPR: week 24 of 26", next="LCSPR-7.19 27 Apr")
    life.done("22 Apr", "LCSPR-7.16c")
    life.done("23 Apr", "LCSPR-7.15c")
    life.monday("Mon 26 Apr 2027", "LCSPR: week 25 of 26", due="27 Apr LCSPR-7.19 7.19b 7.19c",
                next="LCSPR-7.19 27 Apr")  # fmt: skip
    life.done("27 Apr", "LCSPR-7.19 7.19b 7.19c")
    life.done("28 Apr", "LCSPR-7.16d 7.16e")
    life.monday("Mon 3 May 2027", "LCSPR: week 26 of 26", due="7 May LCSPR-7.6", next="LCSPR-7.6 7 May")
    life.done("7 May", "LCSPR-7.6")
    life.status("Not applicable", "LCSPR-A1", "Published within six months")

    over = "LCSPR done: {} left to do"
    life.monday("Mon 10 May 2027", over.format("8 steps"))
    life.done("10 May", "LCSPR-7.21")
    life.monday("Mon 17 May 2027", over.format("7 steps"))
    life.done("19 May", "LCSPR-8.7")
    life.done("20 May", "LCSPR-7.21b")
    life.row("Action Plan", Recommendation="Supervision", Action="Write the standard",
             **{"Lead agency": "Dorset Police", "Target date": "11 Jun"})  # fmt: skip
    life.monday("Mon 24 May 2027", over.format("6 steps"))
    life.regenerate()
    life.done("24 May", "LCSPR-8.6")
    life.done("25 May", "LCSPR-8.8")
    life.done("27 May", "LCSPR-8.8b")
    life.monday("Mon 31 May 2027", over.format("3 steps"))
    life.done("2 Jun", "LCSPR-8.9 8.9b")
    life.monday("Mon 7 Jun 2027", over.format("1 step"), due="11 Jun AP-003")
    life.done("10 Jun", "AP-003")
    life.done("11 Jun", STANDING)
    life.cells({"Case:Case closed on": "11 Jun"})
    life.monday("Mon 14 Jun 2027", "Closed: on Fri 11 Jun 2027")
    life.regenerate()
    life.monday("Mon 21 Jun 2027", "closed", problems="")
