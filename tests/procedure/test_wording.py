"""The Dorset set against the procedure's own paragraphs: what each names, the row must say.

Each line is copied from the procedure: paragraph, row, and words the row's action, owner, consulted roles, copies or
note must hold. "Wording that must not be lost" of the readings is part of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tracker.procedure.load import load_procedure

if TYPE_CHECKING:
    from tracker.procedure.model import Procedure, Step

ROWS = """
1.4  | SIN-1.4    | child in care; care leaver; notification of its own; Head of Service CiC and Care Leavers; abuse or neglect
2.1  | SIN-2.1    | consult; other safeguarding partners; whether to notify; PDSCP Executive; Head of QA and Partnerships
2.6  | SIN-2.6    | report the incident; PDSCP Leadership; PDSCP Business Manager
2.6  | SIN-2.6b   | this partnership; PDSCP Business Manager
3.2  | SIN-3.2    | draft; government's; incident notification system; relevant Head; immediate learning; actions; Corporate Director, QA and Safeguarding Families; Head of QA and Partnerships
3.2  | SIN-3.2b   | sign off; Corporate Director, QA and Safeguarding Families
3.3  | SIN-3.3    | other Corporate Directors; Corporate Director, QA and Safeguarding Families
3.3  | SIN-3.3b   | approve; other Corporate Directors; immediate learning; actions
3.3  | SIN-3.3d   | forward; Executive Director; Corporate Director, QA and Safeguarding Families
3.3  | SIN-3.3c   | sign off; Executive Director
3.4  | SIN-3.4    | submit; National Panel; Child Safeguarding Portal; Corporate Director, QA and Safeguarding Families may submit
3.4  | SIN-3.4b   | download; copy; date of notification; title
3.5  | SIN-3.5    | permission; portal; Head of QA and Partnerships; Corporate Director; both absent; Submitting officer
3.6  | SIN-3.6    | upload; copy; Mosaic
3.6  | SIN-3.6b   | the four Corporate Directors; relevant Head; PDSCP Leadership; Independent Chair; PDSCP Business Manager; the Scrutineer, for information; Senior Solicitor, Legal Services
5.3  | RR-5.3     | appoint; QA Service Manager; briefing report; genogram; Head of QA and Partnerships
5.3  | RR-5.4     | briefing report; genogram; Mosaic; Education; Early Help; Synergy
5.4  | RR-5.4b    | accuracy; briefing report; relevant Head
5.4  | RR-5.4c    | supporting materials; Head of QA and Partnerships
5.5  | RR-5.13    | on the day it arrives; for compliance; Corporate Director, QA and Safeguarding Families
5.5  | RR-5.5     | approved briefing report; PDSCP Business Manager
5.6  | RR-5.6     | identify the agencies involved; QA Managers; Mosaic; Adult Social Care; have been or are involved; adults of the immediate family; briefing report request sent to them
5.7  | RR-5.7     | standard request; briefing report; every agency involved; not on the record; Cafcass; day 8
5.7  | RR-5.7b    | return; briefing report
5.8  | RR-5.8     | invite; agencies involved; Rapid Review meeting; Leadership; day 15; Head of QA and Partnerships
5.9  | RR-5.9     | National Panel; Rapid Review is required; PDSCP Business Manager; 3.7; working days
5.10 | RR-5.10    | sign-off date; personal assistants; PDSCP Executive
5.11 | RR-5.11    | invite; PDSCP Leadership; recommendations; day 14
5.12 | RR-5.12    | everyone asked to the Rapid Review; action planning meeting; no LCSPR
5.12 | RR-5.12b   | multi-agency action plan
5.13 | RR-5.13    | quality assure; sign-off
5.13 | RR-5.13b   | sign off; Corporate Director, QA and Safeguarding Families
5.14 | RR-5.14    | all completed briefing reports; agenda; Rapid Review members; PDSCP Business Support
5.15 | RR-5.15    | relevant Head; Head of QA and Partnerships
6.1  | RR-6.1     | agree with partners; chair of the LCSPR subgroup; chairs the Rapid Review meeting
6.2  | RR-6.2     | all briefing reports; any immediate action for the child's safety
6.2  | RR-6.2b    | agree the action plan; completed at the action planning meeting, 5.12
6.2  | RR-6.2c    | statutory partners; council; Police; NHS Dorset; same day; recommendation; wording; to go to PDSCP Leadership
6.3  | RR-6.3     | National Panel; notification template; Head of QA and Partnerships
6.4  | RR-6.4     | quality assure; PDSCP Leadership
6.5  | RR-6.5     | sign off; Leadership meeting
6.6  | RR-6.6     | National Panel; PDSCP Business Manager
6.6  | RR-6.6b    | copy; T drive; Communication with National Panel
6.6  | RR-6.6c    | Head of QA and Partnerships
6.6  | RR-6.6d    | copy; relevant Head; supports the child
6.7  | RR-6.7     | whether; how; learning; recommendations; family
6.8  | RR-6.8     | National Panel; PDSCP Business Manager; date; recommendation
6.8  | RR-6.8b    | response; PDSCP Business Manager; Chair of the Rapid Review; meeting
6.8  | RR-6.8c    | Rapid Review members; LCSPR subgroup
4.3  | RR-4.3     | criteria; LCSPR; rationale; PDSCP Leadership
7.1  | LCSPR-7.1  | source CVs; authors
7.1  | LCSPR-7.1b | CVs; shortlisting; Head of QA and Partnerships; Chair of the LCSPR subgroup
7.2  | LCSPR-7.2  | meetings; shortlisted; scope; timeline; type of report; process; costs; Head of QA and Partnerships; Chair of the LCSPR subgroup
7.3  | LCSPR-7.3  | one or more authors; Corporate Director, QA and Safeguarding Families; Corporate Director, Commissioning and Partnerships
7.4  | LCSPR-7.4  | author or authors; appoint; LCSPR subgroup
7.5  | LCSPR-7.5  | Review Panel; usually; LCSPR subgroup; chooses its Chair
7.6  | LCSPR-7.6  | complete; publish
7.6  | LCSPR-7.6b | first timeline of meetings; agree it with the author once appointed
7.6  | LCSPR-7.6c | hold the date; first Review Panel
7.7  | LCSPR-7.7  | terms of reference; scope; timeline; timescale for completion; LCSPR author; Head of QA and Partnerships
7.7  | LCSPR-7.7b | contract; author; signature and return; council's standard template
7.8  | LCSPR-7.8  | terms of reference; report type; chronology; family can be involved; supported; practitioners are prepared; learning events included
7.9  | LCSPR-7.9  | requests; reports and chronologies; returned
7.9  | LCSPR-7.9b | report and chronology
7.10 | LCSPR-7.10  | QA Service Manager; Children's Services chronology; Head of QA and Partnerships
7.10 | LCSPR-7.10c | accuracy check; relevant Head
7.10 | LCSPR-7.10d | quality assure; Corporate Director, QA and Safeguarding Families
7.10 | LCSPR-7.10e | sign off; Corporate Director, QA and Safeguarding Families
7.11 | LCSPR-7.11  | submit; chronology and report
7.11 | LCSPR-7.11b | attach; Mosaic
7.11 | LCSPR-7.11c | copy; relevant Head
7.12 | LCSPR-7.12  | diary invites; Review Panel dates; learning events
7.13 | LCSPR-7.13  | draft report; each later Review Panel; amendments
7.13 | LCSPR-7.13b | copy of all versions; PDSCP Business Support
7.14 | LCSPR-7.14  | relevant Head; Head of QA and Partnerships
7.15 | LCSPR-7.15  | draft report; Legal Services; up to date with changes
7.15 | LCSPR-7.15b | potentially incriminating; council; wider partnership; approve
7.15 | LCSPR-7.15c | final copy; before publication
7.16 | LCSPR-7.16  | final Review Panel; final amendments; comms plan; shared with the family, when and by whom
7.16 | LCSPR-7.16b | convene; PDSCP Leadership; formal approval
7.16 | LCSPR-7.16c | formal approval; PDSCP Leadership
7.16 | LCSPR-7.16d | family; as agreed
7.17 | LCSPR-7.16e | informed in advance; council members
7.17 | LCSPR-7.17  | comms planning meeting; Executive Director; if wished; publication date; inform in advance; council members; when
7.18 | LCSPR-7.18  | reactive statement; Executive Director; Dorset Council Comms
7.18 | LCSPR-7.18b | partner comms; as required
7.18 | LCSPR-7.18c | Lead Member; Chief Executive; comms plan
7.19 | LCSPR-7.19  | full report; information about improvements; National Panel
7.19 | LCSPR-7.19b | full report; information about improvements; Secretary of State
7.19 | LCSPR-7.19c | full report; information about improvements; Ofsted
7.20 | LCSPR-7.20  | relevant Head; staff and managers; press and media
7.21 | LCSPR-7.21  | everyone invited to the Review Panel; dedicated action planning meeting; after
7.21 | LCSPR-7.21b | multi-agency action plan
8.1  | RR-8.1     | remind; Head of QA and Partnerships; Corporate Director, QA and Safeguarding Families; key dates and reporting timelines
8.3  | RR-8.3     | tracker; each LCSPR subgroup meeting; MAQPAG; exceptions
8.4  | RR-8.4     | outstanding actions; council; Quality of Practice and Action Group
8.5  | LCSPR-8.5  | relevant Head; after each Review Panel
8.5  | LCSPR-8.5b | draft LCSPR action plan; as soon as
8.6  | RR-8.6     | Rapid Review action plan; Strengthening Services Plan; new action; in progress
8.6  | LCSPR-8.6  | LCSPR action plan; Strengthening Services Plan; new action; in progress
8.7  | LCSPR-8.7  | Synopsis of Learning; seven-minute briefing; Warwickshire; accessible for practitioners
8.8  | LCSPR-8.8  | LCSPR subgroup; sign-off
8.8  | LCSPR-8.8b | PDSCP website
8.9  | LCSPR-8.9  | key contacts; report author
8.9  | LCSPR-8.9b | Children's Services colleagues; partnership contacts
App. | LCSPR-A1   | six months; National Panel; Department for Education; reasons for the delay
"""  # noqa: E501 - a table: one row a line

GUIDE = {
    "1.1": "PDSCP procedures library",
    "1.2": "abused or neglected, and the child dies or is seriously harmed",
    "1.3": "no need to wait for proof",
    "2.2": "no need to wait for proof",
    "2.4": "Department for Education and Ofsted",
    "7.19": "set by law or statutory guidance",
    "8.1": "Regulation 14",
}


def _table() -> list[tuple[str, str, str]]:
    return [
        (paragraph, step_id, phrase)
        for line in ROWS.strip().splitlines()
        for paragraph, step_id, phrases in [[cell.strip() for cell in line.split("|")]]
        for phrase in phrases.split("; ")
    ]


@pytest.fixture(scope="module")
def dorset() -> Procedure:
    procedure, _ = load_procedure()
    assert procedure is not None
    return procedure


def _words(step: Step) -> str:
    return " ".join((step.action, step.owner, *step.consult, *step.copy_to, step.note)).casefold()


def test_each_row_says_what_its_paragraph_names(dorset: Procedure) -> None:
    missing = [
        (paragraph, step_id, phrase)
        for paragraph, step_id, phrase in _table()
        if phrase.casefold() not in _words(dorset.step(step_id))
    ]

    assert missing == []


def test_the_table_holds_every_step_but_those_added_for_the_panel(dorset: Procedure) -> None:
    left_out = {step.id for _, step in dorset.steps()} - {step_id for _, step_id, _ in _table()}

    assert left_out == {"RR-6.8d", "RR-6.8e", "LCSPR-7.10b"}


@pytest.mark.parametrize(("paragraph", "words"), GUIDE.items())
def test_what_is_no_step_stands_in_the_guide(dorset: Procedure, paragraph: str, words: str) -> None:
    texts = [
        reading.text
        for reading in dorset.interpretations
        if paragraph in re.findall(r"[\w.]+", reading.paragraphs)
    ]

    assert any(words in text for text in texts)
