"""What our functions answer, written once: held against our evaluator, and against LibreOffice.

The formulas stand over the book of `book()`: sheet Data with the table Items, a list of days, some named cells.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tracker.formula.book import Area, Book
from tracker.formula.evaluate import Formula
from tracker.formula.values import (
    BAD_NAME,
    BAD_NUMBER,
    BAD_REFERENCE,
    BAD_VALUE,
    DIVIDED_BY_ZERO,
    NOT_FOUND,
    serial,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

TODAY = serial(date(2026, 11, 22))
TITLES = ("Name", "Number", "Mixed", "Said")
ROWS: Sequence[tuple[object, ...]] = (
    ("alpha", 3, 5),
    ("Beta", 1, "x"),
    ("a*b", 2, None),
    ("5.10", 3, "7"),
    ("what?", -2.5, 46332),
    ("~tilde", 0, None),
    (None, None, "Complete, late"),
    ("ALPHA", 8, "Complete"),
    ("end~", None, None),
    ("tilde", None, None),
)
SAID = Formula('IF([Number]=3,"three","")')
"""A column of empty texts, as our own formulas leave them."""
HOLIDAYS = (
    date(2024, 12, 25),
    date(2024, 12, 26),
    date(2025, 1, 1),
    date(2025, 4, 12),  # a Saturday
    date(2025, 4, 18),
    date(2025, 4, 21),
    date(2025, 5, 5),
)
ROOM = 3  # blank cells at the end of the named list
WRONG = (date(2025, 5, 5), "not a day")
DAYS_COLUMN, WRONG_COLUMN, SINGLE_COLUMN = 6, 7, 8
SINGLES = {"Start": serial(date(2025, 4, 10)), "Empty": None, "Words": "some words", "Nothing_said": ""}


def book() -> Book:
    """The book the formulas stand over."""
    made = Book(TODAY)
    made.add_table("Items", "Data", 1, TITLES, len(ROWS))
    for column, title in enumerate(TITLES, 1):
        made.put("Data", 1, column, title)
    for row, values in enumerate(ROWS, 2):
        for column, value in enumerate((*values, SAID), 1):
            made.put("Data", row, column, value)
    for row, day in enumerate(HOLIDAYS, 1):
        made.put("Data", row, DAYS_COLUMN, serial(day))
    made.names["Days"] = Area("Data", 1, len(HOLIDAYS) + ROOM, DAYS_COLUMN)
    for row, wrong in enumerate(WRONG, 1):
        made.put("Data", row, WRONG_COLUMN, serial(wrong) if isinstance(wrong, date) else wrong)
    made.names["Wrong_days"] = Area("Data", 1, len(WRONG), WRONG_COLUMN)
    for row, (name, value) in enumerate(SINGLES.items(), 1):
        made.put("Data", row, SINGLE_COLUMN, Formula('""') if value == "" else value)
        made.names[name] = Area("Data", row, row, SINGLE_COLUMN)
    return made


def _day(text: str) -> int:
    return serial(date.fromisoformat(text))


def _workday(day: str, count: int, days: str = ",Days") -> str:
    return f"WORKDAY({_day(day)},{count}{days})"


_SATURDAY, _GOOD_FRIDAY = "2025-04-12", "2025-04-18"

ANSWERS: Sequence[tuple[str, object]] = (
    # Working days: none from a weekend or holiday is the day itself; forward, back, over holidays
    (_workday(_SATURDAY, 0), _day(_SATURDAY)),
    (_workday(_GOOD_FRIDAY, 0), _day(_GOOD_FRIDAY)),
    (_workday(_SATURDAY, 1), _day("2025-04-14")),
    (_workday(_SATURDAY, -1), _day("2025-04-11")),
    (_workday(_GOOD_FRIDAY, 1), _day("2025-04-22")),
    (_workday(_GOOD_FRIDAY, -1), _day("2025-04-17")),
    (_workday("2025-04-10", 5), _day("2025-04-17")),
    (_workday("2025-04-10", 6), _day("2025-04-22")),
    (_workday("2025-04-10", 15), _day("2025-05-06")),
    (_workday("2025-04-10", 16), _day("2025-05-07")),
    (_workday("2025-05-06", -15), _day("2025-04-10")),
    (_workday("2024-12-24", 5), _day("2025-01-03")),
    (_workday("2025-01-02", -5), _day("2024-12-23")),
    (_workday("2025-04-10", 200), _day("2026-01-20")),
    (_workday("2025-04-10", -200), _day("2024-07-01")),
    (_workday("2025-04-10", 15, ""), _day("2025-05-01")),
    ("WORKDAY(Start,1,Days)", _day("2025-04-11")),
    ("WORKDAY(Start+7*2+1,-1,Days)", _day("2025-04-24")),
    (f"WORKDAY({_day('2025-04-10')}.75,1,Days)", _day("2025-04-11")),
    ("WORKDAY(Start,1,Wrong_days)", BAD_VALUE),
    ("WORKDAY(Words,1,Days)", BAD_VALUE),
    ("WORKDAY(Start,Words,Days)", BAD_VALUE),
    ("NETWORKDAYS(Start,Start,Days)", 1),
    (f"NETWORKDAYS({_day(_SATURDAY)},{_day('2025-04-13')},Days)", 0),
    (f"NETWORKDAYS({_day('2025-04-14')},{_day('2025-04-22')},Days)", 5),
    (f"NETWORKDAYS({_day('2025-04-22')},{_day('2025-04-14')},Days)", -5),
    (f"NETWORKDAYS({_day(_GOOD_FRIDAY)},{_day('2025-04-21')},Days)", 0),
    (f"NETWORKDAYS({_day('2024-12-01')},{_day('2025-12-31')},Days)", 277),
    (f"NETWORKDAYS({_day('2025-04-14')},{_day('2025-04-22')})", 7),
    ("NETWORKDAYS(Start,Words,Days)", BAD_VALUE),
    # Months, as EDATE adds them
    (f"EDATE({_day('2025-08-31')},6)", _day("2026-02-28")),
    (f"EDATE({_day('2023-08-31')},6)", _day("2024-02-29")),
    (f"EDATE({_day('2024-02-29')},12)", _day("2025-02-28")),
    (f"EDATE({_day('2024-02-29')},48)", _day("2028-02-29")),
    (f"EDATE({_day('2025-03-31')},-1)", _day("2025-02-28")),
    (f"EDATE({_day('2025-03-31')},-13)", _day("2024-02-29")),
    (f"EDATE({_day('2025-12-31')},2)", _day("2026-02-28")),
    (f"EDATE({_day('2025-01-15')},0)", _day("2025-01-15")),
    (f"EDATE({_day('2025-01-15')}.9,1)", _day("2025-02-15")),
    (f"EDATE({_day('2025-08-31')},6.9)", _day("2026-02-28")),
    ("EDATE(Words,1)", BAD_VALUE),
    # Looking up
    ('MATCH("alpha",Items[Name],0)', 1),
    ('MATCH("ALPHA",Items[Name],0)', 1),
    ('MATCH("beta",Items[Name],0)', 2),
    ('MATCH("a~*b",Items[Name],0)', 3),
    ('MATCH("a*b",Items[Name],0)', 3),
    ('MATCH("what~?",Items[Name],0)', 5),
    ('MATCH("wha??",Items[Name],0)', 5),
    ('MATCH("?eta",Items[Name],0)', 2),
    ('MATCH("*tilde",Items[Name],0)', 6),
    ('MATCH("~~tilde",Items[Name],0)', 6),
    ('MATCH("~tilde",Items[Name],0)', 10),
    ('MATCH("end~",Items[Name],0)', 9),
    ('MATCH("end~~",Items[Name],0)', 9),
    ('COUNTIF(Items[Name],"~tilde")', 1),
    ('MATCH("5.1",Items[Name],0)', NOT_FOUND),
    ('MATCH("5.10",Items[Name],0)', 4),
    ('MATCH("al",Items[Name],0)', NOT_FOUND),
    ("MATCH(3,Items[Number],0)", 1),
    ("MATCH(8,Items[Number],0)", 8),
    ("MATCH(7,Items[Mixed],0)", NOT_FOUND),
    ('MATCH("7",Items[Mixed],0)', 4),
    ("MATCH(9,Items[Number],0)", NOT_FOUND),
    ("MATCH(0,Items[Number],0)", 6),
    ('MATCH("",Items[Name],0)', NOT_FOUND),
    ("MATCH(Words,Items[Name],0)", NOT_FOUND),
    ("INDEX(Items[Name],2)", "Beta"),
    ("INDEX(Items[Name],7)", 0),
    ('INDEX(Items[Name],7)&""', ""),
    ('INDEX(Items[Number],MATCH("beta",Items[Name],0))', 1),
    ('INDEX(Items[Number],MATCH("nobody",Items[Name],0))', NOT_FOUND),
    ("INDEX(Items[Name],11)", BAD_REFERENCE),
    ("INDEX(Items[Name],2.9)", "Beta"),
    ("INDEX(Items[Name],Words)", BAD_VALUE),
    ("CHOOSE(2,10,20,30)", 20),
    ('CHOOSE(2.9,"a","b","c")', "b"),
    ("CHOOSE(4,10,20,30)", BAD_VALUE),
    ("CHOOSE(0,10,20,30)", BAD_VALUE),
    ("CHOOSE(Words,10,20)", BAD_VALUE),
    ("CHOOSE(1,1,1/0)", 1),
    ("ROW(Items[Name])-ROW(Items[[#Headers],[Name]])", 1),
    ("ROW(Items[[#Headers],[Name]])", 1),
    ("SMALL(Items[Number],1)", -2.5),
    ("SMALL(Items[Number],2)", 0),
    ("SMALL(Items[Number],7)", 8),
    ("SMALL(Items[Number],8)", BAD_NUMBER),
    ("SMALL(Items[Mixed],1)", 5),
    ("SMALL(Items[Mixed],2)", 46332),
    ("SMALL(Items[Mixed],3)", BAD_NUMBER),
    ("SMALL(Items[Said],1)", BAD_NUMBER),
    ('IFERROR(SMALL(Items[Said],1),"")', ""),
    ("SMALL(Items[Number],0)", BAD_NUMBER),
    # Counting
    ('COUNTIF(Items[Name],"alpha")', 2),
    ('COUNTIF(Items[Name],"a*")', 3),
    ('COUNTIF(Items[Name],"a~*b")', 1),
    ('COUNTIF(Items[Name],"?????")', 4),
    ('COUNTIF(Items[Name],"*")', 9),
    ('COUNTIF(Items[Mixed],"Complete*")', 2),
    ('COUNTIF(Items[Mixed],"Complete")', 1),
    ('COUNTIF(Items[Mixed],"<>Complete")', 9),
    ('COUNTIF(Items[Mixed],"<>Complete*")', 8),
    ("COUNTIF(Items[Number],3)", 2),
    ("COUNTIF(Items[Number],0-2.5)", 1),
    ("COUNTIF(Items[Mixed],46332)", 1),
    ('COUNTIF(Items[Said],"three")', 2),
    ('COUNTIF(Items[Said],"<>three")', 8),
    ("COUNTIF(Days,Start)", 0),
    (f"COUNTIF(Days,{_day(_GOOD_FRIDAY)})", 1),
    ('COUNTIFS(Items[Name],"a*",Items[Mixed],"Complete*")', 1),
    ('COUNTIFS(Items[Name],"a*",Items[Mixed],"<>Complete")', 2),
    ('COUNTIFS(Items[Name],"a*",Items[Number],3)', 1),
    ('COUNTIFS(Items[Name],"nobody",Items[Mixed],"<>x")', 0),
    ("COUNT(Items[Number])", 7),
    ("COUNT(Items[Mixed])", 2),
    ("COUNT(Items[Said],1,2)", 2),
    ("SUM(Items[Number])", 14.5),
    ("SUM(Items[Mixed])", 46337),
    ("SUM(Items[Said])", 0),
    ("SUM(1,2,Items[Number])", 17.5),
    ("SUMPRODUCT(ISNUMBER(Items[Number])*(Items[Number]>2))", 3),
    ('SUMPRODUCT((Items[Name]="alpha")*1)', 2),
    ('SUMPRODUCT(ISNUMBER(Items[Mixed])*(LEFT(Items[Name],1)="w"))', 1),
    ("SUMPRODUCT(ISNUMBER(Items[Number])*(COUNTIF(Items[Mixed],Items[Number])>0))", 0),
    ('SUMPRODUCT((LEFT(Items[Mixed],8)="Complete")*(Items[Mixed]<>"Complete"))', 1),
    # Conditions
    ("IF(1,2,3)", 2),
    ("IF(0,2,3)", 3),
    ("IF(0,2)", False),
    ("IF(Empty,2,3)", 3),
    ("IF(Words,2,3)", BAD_VALUE),
    ("IF(1/0,2,3)", DIVIDED_BY_ZERO),
    ("IF(TRUE,1,1/0)", 1),
    ("IF(FALSE,1/0,2)", 2),
    ("IFERROR(1/0,7)", 7),
    ('IFERROR(MATCH("nobody",Items[Name],0),"")', ""),
    ("IFERROR(5,1/0)", 5),
    ("IFERROR(Empty,7)", 0),
    ("AND(1,1)", True),
    ("AND(1,0)", False),
    ("AND(1>0,ISNUMBER(Start),Start>0)", True),
    ("AND(TRUE,1/0)", DIVIDED_BY_ZERO),
    ("OR(0,0)", False),
    ("OR(0,1)", True),
    ("OR(TRUE,1/0)", DIVIDED_BY_ZERO),
    ('OR(Empty="",Empty="working days")', True),
    ("NOT(1)", False),
    ("NOT(Empty)", True),
    ("NOT(1/0)", DIVIDED_BY_ZERO),
    ("ISNUMBER(Start)", True),
    ("ISNUMBER(Empty)", False),
    ("ISNUMBER(Words)", False),
    ("ISNUMBER(Nothing_said)", False),
    ("ISNUMBER(1/0)", False),
    ('ISNUMBER("5")', False),
    ("ISNUMBER(TODAY())", True),
    ("TODAY()-TODAY()", 0),
    # Comparing: blanks take the other's kind; numbers before texts; case does not count
    ("Empty=0", True),
    ('Empty=""', True),
    ('Empty<>""', False),
    ("Empty=FALSE", True),
    ('Nothing_said=""', True),
    ("Nothing_said=0", False),
    ("Empty=Nothing_said", True),
    ("Words>Start", True),
    ("Start<Words", True),
    ('"">46000', True),
    ('46000>""', False),
    ('46000<>""', True),
    ('"abc"="ABC"', True),
    ('"a"<"B"', True),
    ('"5"=5', False),
    ("2>=2", True),
    ("2<=1.5", False),
    ("1/0=1", DIVIDED_BY_ZERO),
    ("1=1/0", DIVIDED_BY_ZERO),
    # Arithmetic
    ("INT(2.5)", 2),
    ("INT(0-2.5)", -3),
    ("INT(0-3)", -3),
    ("INT(46328.75)", 46328),
    ("INT(Empty)", 0),
    ("INT(Words)", BAD_VALUE),
    ("ABS(0-7)", 7),
    ("ABS(7.5)", 7.5),
    ("ABS(Words)", BAD_VALUE),
    ("MOD(7,3)", 1),
    ("MOD(0-7,3)", 2),
    ("MOD(7,0-3)", -2),
    ("MOD(5,0)", DIVIDED_BY_ZERO),
    ("MOD(4632820012,100000)", 20012),
    ("INT(MOD(4632820012,100000)/10000)", 2),
    ("MOD(Words,3)", BAD_VALUE),
    ("1+2*3", 7),
    ("(1+2)*3", 9),
    ("10-4-3", 3),
    ("8/4/2", 1),
    ("-3+5", 2),
    ("2*-3", -6),
    ("-(1+2)", -3),
    ("1/4", 0.25),
    ("Empty+1", 1),
    ("Nothing_said+1", BAD_VALUE),
    ("Words+1", BAD_VALUE),
    ("(1=1)+(2=2)", 2),
    ("TRUE*5", 5),
    ("1/Empty", DIVIDED_BY_ZERO),
    # Text
    ('"a"&"b"', "ab"),
    ('1&""', "1"),
    ('2.50&""', "2.5"),
    ('(1/4)&"x"', "0.25x"),
    ('Empty&"x"', "x"),
    ('1&2=12&""', True),
    ('"say ""so"""', 'say "so"'),
    ('1/0&"x"', DIVIDED_BY_ZERO),
    ('-5&" wd"', "-5 wd"),
    ('LEFT("Complete, late",8)', "Complete"),
    ('LEFT("ab",8)', "ab"),
    ("LEFT(Empty,8)", ""),
    ("LEFT(1234,2)", "12"),
    ("LEFT(1/0,2)", DIVIDED_BY_ZERO),
    ('FIND("-","RR-5.7b-POL")', 3),
    ('FIND("-","RR-5.7b-POL",4)', 8),
    ('FIND("B","abc")', BAD_VALUE),
    ('FIND("b","abc",3)', BAD_VALUE),
    ('FIND("b","abc",0)', BAD_VALUE),
    ("FIND(1,213)", 2),
    ('FIND("b",1/0)', DIVIDED_BY_ZERO),
    ('LEN("abc")', 3),
    ("LEN(Empty)", 0),
    ("LEN(1234)", 4),
    ("LEN(1/0)", DIVIDED_BY_ZERO),
    (f'TEXT({_day("2026-11-30")},"ddd d mmm yyyy")', "Mon 30 Nov 2026"),
    (f'TEXT({_day("2026-02-01")},"ddd d mmm yyyy")', "Sun 1 Feb 2026"),
    (f'TEXT({_day("2024-02-29")},"d mmm yyyy")', "29 Feb 2024"),
    (f'TEXT({_day("2026-06-09")},"d mmm")', "9 Jun"),
    (f'TEXT({_day("2026-11-30")}.9,"ddd d mmm yyyy")', "Mon 30 Nov 2026"),
    ('TEXT("words","d mmm yyyy")', "words"),
    ('HYPERLINK("#Data!A1","the words")', "the words"),
    ('IFERROR(HYPERLINK("#Data!A"&MATCH("nobody",Items[Name],0),"the words"),"none")', "none"),
    ("Data!$A$2", "alpha"),
    ("Data!$A$8", 0),
    # What people's own formulas ask, and what a damaged file makes of ours.
    ('COUNTIF(Items[Number],">2")', 3),
    ('COUNTIF(Items[Mixed],"7")', 1),
    ("COUNTIF(Items[Mixed],7)", 0),
    ('COUNTIF(Items[Name],"=alpha")', 2),
    ('COUNTIF(Items[Name],"<>alpha")', 8),
    ('COUNTIF(Items[Number],"<>3")', 8),
    ('COUNTIF(Items[Name],"")', 1),
    ("COUNTIF(Start,45757)", 1),
    ('COUNTIF(Empty,"")', 1),
    ('COUNTIF(Empty,"x")', 0),
    ('COUNTIF(Words,"some*")', 1),
    ('COUNTIF(Items[Name],"*a*a*")', 2),
    ("INDEX(Items[Name],2,1)", "Beta"),
    ("INDEX(Items[Name],2,2)", BAD_REFERENCE),
    ('MATCH("some words",Words,0)', 1),
    ('LEFT("abc",-1)', BAD_VALUE),
    ('LEFT("abc")', "a"),
    ('TEXT(Start,"dd/mm/yyyy")', "10/04/2025"),
    ('TEXT(Start,"dddd d mmmm yyyy")', "Thursday 10 April 2025"),
    ('TEXT(3.14159,"0.00")', "3.14"),
    ('TEXT(1234567,"#,##0")', "1,234,567"),
    ('TEXT(0.256,"0%")', "26%"),
    ("SUMPRODUCT(Items[Number],Items[Number])", 93.25),
    ("SMALL(Start,1)", 45757),
    ("Unknown_name", BAD_NAME),
)

ARRAYS: Sequence[tuple[str, object]] = (
    ('SMALL(IF(Items[Number]>0,Items[Number],""),1)', 1),
    ('SMALL(IF(ISNUMBER(Items[Number])*(Items[Name]<>"Beta"),Items[Number],""),1)', -2.5),
    (
        'SMALL(IF((Items[Number]=3)+(Items[Number]=8),ROW(Items[Name])-ROW(Items[[#Headers],[Name]]),""),2)',
        4,
    ),
    ('IFERROR(SMALL(IF(Items[Name]="nobody",Items[Number],""),1),"")', ""),
    ('SUM(IF(Items[Mixed]="Complete",1,0))', 1),
    ("SUM(IF(ISNUMBER(Items[Mixed]),INT(Items[Mixed]),0))", 46337),
)
"""Array formulas."""

EXCEL_ALONE: Sequence[tuple[str, object]] = (
    ("WORKDAY(0-5,1,Days)", BAD_NUMBER),
    ("NETWORKDAYS(Start,Start,Wrong_days)", BAD_VALUE),
    ("EDATE(Start,100000)", BAD_NUMBER),
    ("EDATE(0-1,1)", BAD_NUMBER),
    ("TRUE>Words", True),
    ("1=TRUE", False),
    ("TRUE&1", "TRUE1"),
)
"""Where LibreOffice knows dates before 1899 and after 9999, passes over text among the holidays of NETWORKDAYS,
and takes truth values for numbers. None of it can be met in a tracker whose dates are dates."""
