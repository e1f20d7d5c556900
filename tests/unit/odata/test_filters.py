"""`$filter` and `$orderby`: what they mean, against a slow evaluator of the specification's words, and what they refuse."""

from __future__ import annotations

import datetime as dt
import os
import time
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmsd.odata import EntitySet, ODataVersion, Options, QueryError, fields_of, matching
from gmsd.odata.filters import parse_filter
from tests.support import slow_odata

KEYS = {"RegioS"}
AT = dt.datetime.fromisoformat
SCHEMA = {
    "ID": pl.Int32, "RegioS": pl.String, "Title": pl.String, "Clients": pl.Int32, "Modified": pl.Datetime("us"), "Known": pl.Boolean,
}  # fmt: skip
ROWS = [
    (0, "NL01  ", "Nederland", 1058270, AT("2020-05-04T09:00:00"), True),
    (1, "GM0518", "'s-Gravenhage (gemeente)", 15, AT("2020-05-04T09:30:15"), False),
    (2, "GM0363", "Amsterdam", -7, AT("2019-12-31T23:59:59"), None),
    (3, "GM0003", "Appingedam één  ", None, None, True),
    (4, None, None, 0, AT("2021-01-01T00:00:00"), False),
]
FRAME = pl.DataFrame(ROWS, schema=SCHEMA, orient="row")


def ids(text: str, frame: pl.DataFrame = FRAME) -> list[int]:
    return frame.filter(parse_filter(text, fields_of(frame, dict.fromkeys(KEYS, "key"))))["ID"].to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a key with or without its padding, on either side
        ("RegioS eq 'NL01'", [0]),
        ("RegioS eq 'NL01      '", [0]),
        ("'NL01  ' eq RegioS", [0]),
        ("startswith(RegioS,'NL01  ')", [0]),
        ("endswith(RegioS,'01  ')", [0]),
        ("endswith(RegioS,'01')", [0]),
        ("substringof('NL01  ',RegioS)", [0]),
        ("substringof('L01 ',RegioS) eq true", [0]),
        ("indexof(RegioS,'01  ') eq 2", [0]),
        ("substring(RegioS,0,4) eq 'NL01  '", [0]),
        ("concat('x',RegioS) eq 'xNL01'", [0]),
        ("tolower(RegioS) eq 'nl01  '", [0]),
        ("length(RegioS) eq 4", [0]),
        ("replace(RegioS,'NL','GM') eq 'GM01'", [0]),
        ("trim(RegioS) eq 'NL01'", [0]),
        ("replace(RegioS,'NL01  ','x') eq 'x'", [0]),
        ("replace(RegioS,'01  ','02  ') eq 'NL02'", [0]),
        # padding inside a text that is put together from keys counts or does not
        ("concat(RegioS,'-x') eq 'NL01-x'", [0]),
        ("concat(RegioS,'-x') eq 'NL01  -x'", [0]),
        ("'NL01  -x' eq concat(RegioS,'-x')", [0]),
        ("concat(RegioS,'-x') ne 'NL01  -x'", [1, 2, 3, 4]),
        ("concat(RegioS,Title) eq 'NL01  Nederland'", [0]),
        ("concat(concat(RegioS,'|'),RegioS) eq 'NL01  |NL01'", [0]),
        ("concat(concat(RegioS,'|'),RegioS) eq 'NL01|NL01'", [0]),
        ("concat(RegioS,Title) eq 'GM0363 Amsterdam'", []),
        ("startswith(concat(RegioS,'-x'),'NL01  -')", [0]),
        ("endswith(concat(RegioS,'-x'),'01-x') or endswith(concat(RegioS,'-x'),'18-x')", [0, 1]),
        ("substringof('01  Ned',concat(RegioS,Title))", [0]),
        ("indexof(tolower(concat(RegioS,'-X')),'nl01  -') eq 0", [0]),
        ("tolower(concat(RegioS,'-X')) eq 'nl01  -x'", [0]),
        # a literal in which the value of a field is looked for
        ("indexof('xx NL01, GM0518',RegioS) eq 3", [0]),
        ("indexof('xx NL01, GM0518',RegioS) eq 9", [1]),
        ("indexof('xx NL01, GM0518',RegioS) eq -1", [2, 3]),
        ("indexof('één Amsterdam',Title) eq 4", [2]),
        ("indexof(Title,substring(Title,2,3)) eq 2", [0, 1, 2, 3]),
        ("startswith('Amsterdam',Title)", [2]),
        ("substringof(RegioS,'NL01  ,GM0363')", [0, 2]),
        ("RegioS ne 'NL01  '", [1, 2, 3, 4]),
        ("RegioS gt 'GM0363  '", [0, 1]),
        ("RegioS ge 'GM0518      '", [0, 1]),
        ("RegioS eq 'NL01  ' or RegioS eq 'GM0518 ' or (RegioS eq 'GM0363')", [0, 1, 2]),
        ("not (RegioS eq 'NL01  ' or RegioS eq 'GM0518')", [2, 3, 4]),
        ("startswith(RegioS,'  ')", []),
        # text: quotes, characters beyond ASCII, blanks at the end
        ("Title eq '''s-Gravenhage (gemeente)'", [1]),
        ("startswith(Title,'''s')", [1]),
        ("Title eq 'Appingedam één'", [3]),
        ("indexof(Title,'één') eq 11", [3]),
        ("substringof('één ',Title)", [3]),
        ("length(Title) eq 16", [3]),
        ("toupper(Title) eq 'APPINGEDAM ÉÉN'", [3]),
        ("indexof(Title,'x') eq -1", [0, 1, 2, 3]),
        ("indexof(Title,'') eq 0", [0, 1, 2, 3]),
        ("substring(Title,99) eq ''", [0, 1, 2, 3]),
        ("Title eq 'amsterdam'", []),
        # numbers and their suffixes
        ("Clients eq 15L", [1]),
        ("Clients eq 15.0M", [1]),
        ("Clients eq 15d and Clients eq 15.0D and Clients eq 15f and Clients eq 15.0 and Clients eq 1.5e1", [1]),
        ("Clients lt -6.5", [2]),
        ("Clients eq -7", [2]),
        ("-Clients eq 7", [2]),
        ("-7M eq Clients", [2]),
        ("Clients mul 0.1M eq 1.5M", [1]),
        ("0.1M add 0.2M eq 0.3M", [0, 1, 2, 3, 4]),
        ("0.1 add 0.2 eq 0.3", []),
        ("Clients div 2 eq 7", [1]),
        ("Clients div 2 eq -3", [2]),
        ("Clients mod 2 eq -1", [2]),
        ("Clients div 2.0 eq 7.5", [1]),
        ("10 div Clients eq 0", [0, 1]),
        ("1 add 2 mul 3 eq 7", [0, 1, 2, 3, 4]),
        ("(1 add 2) mul 3 sub 1 eq 8", [0, 1, 2, 3, 4]),
        ("10 sub 3 sub 2 eq 5", [0, 1, 2, 3, 4]),
        ("round(Clients div 10.0) eq 2", [1]),
        ("round(2.5M) eq 3 and round(-2.5M) eq -3 and floor(-2.5M) eq -3 and ceiling(-2.5M) eq -2", [0, 1, 2, 3, 4]),
        ("floor(1.5d) eq 1 and ceiling(1.5d) eq 2 and round(0.5) eq 1", [0, 1, 2, 3, 4]),
        ("Clients mul 1000000000000 gt 1000000000000000000", [0]),
        ("1 div 0.0 eq INF and -INF lt 0 and not (NaN eq NaN)", [0, 1, 2, 3, 4]),
        # null
        ("Clients eq null", [3]),
        ("null ne Clients", [0, 1, 2, 4]),
        ("Clients ne 15", [0, 2, 3, 4]),
        ("not (Clients gt 0)", [2, 3, 4]),
        ("not startswith(Title,'A')", [0, 1]),
        ("startswith(Title,'A') eq null", [4]),
        ("null eq null", [0, 1, 2, 3, 4]),
        # truth
        ("Known", [0, 3]),
        ("Known eq true", [0, 3]),
        ("not Known", [1, 4]),
        ("Known ne false", [0, 2, 3]),
        ("Known eq null", [2]),
        ("substringof('A',Title) eq false", [0, 1]),
        ("not RegioS eq 'NL01'", [1, 2, 3, 4]),
        ("not not Known", [0, 3]),
        ("true and not false", [0, 1, 2, 3, 4]),
        ("false or Known and ID gt 0", [3]),
        # dates
        ("Modified gt datetime'2020-01-01T00:00:00'", [0, 1, 4]),
        ("Modified eq datetime'2020-05-04T09:00'", [0]),
        ("Modified ge datetime'2020-05-04T09:30:15.0000000'", [1, 4]),
        ("Modified lt datetime'2020-01-01'", [2]),
        ("Modified eq datetimeoffset'2020-05-04T07:00:00Z'", [0]),
        ("Modified eq datetimeoffset'2020-05-04T09:00:00 02:00'", [0]),
        ("year(Modified) eq 2020 and month(Modified) eq 5 and day(Modified) eq 4", [0, 1]),
        ("hour(Modified) eq 23 and minute(Modified) eq 59 and second(Modified) eq 59", [2]),
        ("year(datetimeoffset'2020-01-01T00:30:00+01:00') eq 2020", [0, 1, 2, 3, 4]),
        ("time'PT90M' eq time'PT1H30M' and hour(time'PT13H20M') eq 13", [0, 1, 2, 3, 4]),
        ("guid'12345678-AAAA-bbbb-cccc-ddddeeeeffff' eq guid'12345678-aaaa-bbbb-cccc-ddddeeeeffff'", [0, 1, 2, 3, 4]),
        ("binary'23AB' eq X'23ab'", [0, 1, 2, 3, 4]),
        # types
        ("cast(Clients,'Edm.String') eq '15'", [1]),
        ("cast('15',Edm.Int32) eq Clients", [1]),
        ("cast(Clients,'Edm.Byte') eq null", [0, 2, 3]),
        ("isof(Clients,'Edm.Int32') and not isof(Title,Edm.Int32)", [0, 1, 2, 3]),
        # white space
        ("  Clients   eq\t15  ", [1]),
        ("startswith( RegioS , 'NL' )", [0]),
    ],
)
def test_a_filter_means(text: str, expected: list[int]) -> None:
    assert ids(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("RegioS eq", "het einde"),
        ("RegioS eq 'NL01' 'x'", "niet verwacht"),
        ("(RegioS eq 'NL01'", "verwacht wordt )"),
        ("RegioS = 'NL01'", "niet te lezen"),
        ("RegioS eq 'NL01", "niet te lezen"),
        ("RegioS/Title eq 'x'", "niet te lezen"),
        ("Regios eq 'NL01'", "bedoelt u RegioS?"),
        ("Nobody eq 'x'", "geen veld Nobody"),
        ("ID eq 'x'", "aanhalingstekens"),
        ("RegioS eq 5", "aanhalingstekens"),
        ("Modified gt '2020-01-01'", "datetime'"),
        ("Modified gt datetime'2020-02-30T00:00:00'", "geen geldige waarde"),
        ("Modified gt datetime'gisteren'", "geschreven als"),
        ("Modified eq datetimeoffset'2020-01-01T00:00:00'", "geschreven als"),
        ("datetimeoffset'9999-12-31T23:59:59-14:00' gt Modified", "geen geldige waarde"),
        ("time'13:20' eq time'PT1H'", "geschreven als"),
        ("guid'1' eq guid'1'", "geschreven als"),
        ("binary'2' eq X'2'", "geen geldige waarde"),
        ("ID eq 12abc", "niet te lezen"),
        ("ID eq 1.5L", "geen decimalen"),
        ("ID eq 1e999", "te groot"),
        ("ID eq 9223372036854775808", "kleiner dan"),
        ("ID eq 1.00000000000000000000000000000M", "29 cijfers"),
        ("ID mul ID mul ID mul ID mul ID gt 0", "te groot"),
        ("ID div 0 eq 1", "delen door nul"),
        ("ID mod 0 eq 1", "delen door nul"),
        ("ID gt null", "eq en ne"),
        ("ID", "waar of onwaar"),
        ("ID add 1", "waar of onwaar"),
        ("not ID", "waar of onwaar"),
        ("ID and Known", "waar of onwaar"),
        ("Known gt false", "geen volgorde"),
        ("-Title eq 'x'", "een getal"),
        ("Title add 'x' eq 'x'", "een getal"),
        ("length(ID) eq 1", "tekst"),
        ("year(Title) eq 2020", "een datum"),
        ("substring(Title) eq 'x'", "2 of 3"),
        ("substring(Title,-1) eq 'x'", "niet negatief"),
        ("startswith(Title)", "verwacht 2"),
        ("contains(Title,'x')", "bekend zijn"),
        ("replace(Title,'','x') eq 'x'", "lege tekst"),
        ("replace(Title,Title,'x') eq 'x'", "niet als veld"),
        ("cast(Title,'Edm.Guid') eq 'x'", "geen Edm.Guid"),
        ("isof(Title,'Edm.Nothing')", "niet bekend"),
        ("and", "er staat and"),
        ("ID EQ 1", "niet verwacht: EQ; bedoelt u eq?"),
        ("ID eq 1 AND ID eq 2", "niet verwacht: AND; bedoelt u and?"),
        ("RegioS in ('NL01','GM0518')", "niet verwacht: in"),
        ("", "het einde"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(QueryError, match=r"^\$filter: ") as caught:
        ids(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "(" * 60 + "Known" + ")" * 60,
        "not " * 4_000 + "Known",
        "-" * 10_000 + "1 eq 1",
        "1 add " * 3_000 + "1 eq 1",
        "trim(" * 2_000 + "Title" + ")" * 2_000 + " eq 'x'",
        "concat(Title,concat(Title," * 500 + "'x'" + "))" * 500 + " eq 'x'",
        "replace(" * 30 + "Title" + ",'e','eeeeeeeeee')" * 30 + " eq 'x'",
        " or ".join(["substringof('x',Title)"] * 2_000),
        " and ".join(["RegioS eq 'x'"] * 1_100),
        "Title eq '" + "x" * 30_000 + "'",
        "isof(" * 3_000,
        "not (not (not (not (ID add 1 eq 2))))" + " eq true" * 2_000,
    ],
    ids=lambda text: text[:20],
)
def test_a_filter_cannot_use_up_time_stack_or_memory(text: str) -> None:
    started = time.process_time()
    with pytest.raises(QueryError):
        ids(text)
    assert time.process_time() - started < 2


def test_the_longest_filter_that_is_taken_is_quick() -> None:
    frame = pl.concat([FRAME] * 14_000).with_columns(pl.int_range(pl.len(), dtype=pl.Int32).alias("ID"))
    every_region = " or ".join(f"RegioS eq 'GM{code:04}'" for code in range(800))
    started = time.process_time()
    assert len(ids(every_region, frame)) == 3 * 14_000
    assert time.process_time() - started < 2
    with pytest.raises(QueryError, match="bewerkingen op 70000 rijen"):
        ids(" and ".join(["RegioS ne 'GM0001'"] * 200), frame)


def test_order_has_several_keys_and_expressions() -> None:
    entities = EntitySet("Rows", "Row", FRAME, "ID", fields_of(FRAME, dict.fromkeys(KEYS, "key")))

    def order(text: str) -> list[int]:
        return matching(entities, Options(order=text))["ID"].to_list()

    assert order("Clients") == order("Clients asc") == [3, 2, 4, 1, 0]
    assert order("1 desc,true,'x',ID desc") == [4, 3, 2, 1, 0]
    assert order("Clients desc") == [0, 1, 4, 2, 3]
    assert order("Known desc, Clients mul -1") == [3, 0, 1, 4, 2]
    assert order("substring(RegioS,0,2), ID desc") == [4, 3, 2, 1, 0]
    for text in ("", "ID up", "ID,", ",ID", "null", "ID desc desc", "Nobody"):
        with pytest.raises(QueryError, match=r"^\$orderby: "):
            order(text)


texts = st.one_of(st.text(alphabet="aB 'é0€", max_size=5), st.text(alphabet="aB ", max_size=3))
wholes = st.integers(-20, 20)
seconds = st.datetimes(AT("1999-01-01T00:00:00"), AT("2030-01-01T00:00:00")).map(lambda at: at.replace(microsecond=0))
drawn_rows = st.lists(
    st.tuples(
        st.one_of(st.none(), texts.map(lambda text: text.strip(" ") + "  ")),
        st.one_of(st.none(), texts),
        st.one_of(st.none(), wholes),
        st.one_of(st.none(), wholes),
        st.one_of(st.none(), seconds),
        st.one_of(st.none(), st.booleans()),
    ),
    min_size=1,
    max_size=6,
)
DRAWN = {
    "Key": pl.String, "Title": pl.String, "N": pl.Int32, "M": pl.Int32, "At": pl.Datetime("us"), "Known": pl.Boolean,
}  # fmt: skip


def call(name: str, *arguments: st.SearchStrategy[slow_odata.Tree]) -> st.SearchStrategy[slow_odata.Tree]:
    return st.tuples(st.just("call"), st.just(name), *arguments)


def operation(names: list[str], left: st.SearchStrategy, right: st.SearchStrategy) -> st.SearchStrategy[slow_odata.Tree]:
    return st.tuples(st.sampled_from(names), left, right)


whole_literals = st.tuples(st.just("int"), wholes)
text_leaves = st.one_of(st.sampled_from([("field", "Key"), ("field", "Title")]), st.tuples(st.just("text"), texts))
text_trees = st.recursive(
    text_leaves,
    lambda inner: st.one_of(
        *(call(name, inner) for name in ("tolower", "toupper", "trim")),
        call("concat", inner, inner),
        call("substring", inner, st.tuples(st.just("int"), st.integers(0, 4))),
        call("substring", inner, st.sampled_from([("field", "N")]), st.tuples(st.just("int"), st.integers(0, 4))),
        call("replace", inner, st.tuples(st.just("text"), texts.filter(bool)), st.tuples(st.just("text"), texts)),
    ),
    max_leaves=3,
)
# few letters and many blanks, so that something is found
texts_of_keys = st.tuples(st.just("text"), st.text(alphabet="aB  ", max_size=7))
joined = st.one_of(
    call("concat", st.just(("field", "Key")), texts_of_keys),
    call("concat", call("concat", st.just(("field", "Key")), texts_of_keys), text_leaves),
    call("tolower", call("concat", st.just(("field", "Key")), st.just(("field", "Title")))),
)
int_leaves = st.one_of(
    st.sampled_from([("field", "N"), ("field", "M")]),
    whole_literals,
    call("length", text_trees),
    call("indexof", text_trees, text_trees),
    *(call(name, st.just(("field", "At"))) for name in ("year", "month", "day", "hour", "minute", "second")),
)
decimal_leaves = st.one_of(int_leaves, st.tuples(st.just("decimal"), st.integers(-5000, 5000).map(lambda n: Fraction(n, 1000))))
double_leaves = st.one_of(decimal_leaves, st.tuples(st.just("double"), st.integers(-40, 40).map(lambda n: n / 4)))


def number_trees(leaves: st.SearchStrategy) -> st.SearchStrategy:
    divisors = leaves.filter(lambda tree: not (tree[0] in {"int", "decimal"} and tree[1] == 0))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            operation(["add", "sub", "mul"], inner, inner),
            operation(["div", "mod"], inner, divisors),
            st.tuples(st.just("minus"), inner),
            *(call(name, inner) for name in ("round", "floor", "ceiling")),
        ),
        max_leaves=3,
    )


ALL = ["eq", "ne", "gt", "ge", "lt", "le"]
ints, decimals, doubles = number_trees(int_leaves), number_trees(decimal_leaves), number_trees(double_leaves)
moments = st.one_of(
    st.just(("field", "At")),
    st.tuples(st.just("moment"), seconds),
)
conditions = st.one_of(
    st.just(("field", "Known")),
    st.tuples(st.just("truth"), st.booleans()),
    operation(ALL, text_trees, text_trees),
    operation(ALL, ints, ints),
    operation(ALL, decimals, decimals),
    operation(ALL, doubles, doubles),
    operation(ALL, moments, moments),
    operation(["eq", "ne"], st.one_of(text_trees, doubles, moments), st.just(("null",))),
    call("startswith", text_trees, text_trees),
    call("endswith", text_trees, text_trees),
    call("substringof", text_trees, text_trees),
    operation(["eq", "ne"], joined, st.one_of(texts_of_keys, joined)),
    *(call(name, joined, texts_of_keys) for name in ("startswith", "endswith")),
    call("substringof", texts_of_keys, joined),
    operation(ALL, call("indexof", joined, texts_of_keys), whole_literals),
    operation(ALL, call("indexof", texts_of_keys, st.sampled_from([("field", "Key"), ("field", "Title")])), whole_literals),
)
filters = st.recursive(
    conditions,
    lambda inner: st.one_of(
        operation(["and", "or"], inner, inner),
        st.tuples(st.just("not"), inner),
        operation(["eq", "ne"], inner, st.tuples(st.just("truth"), st.booleans())),
    ),
    max_leaves=5,
)


@settings(max_examples=int(os.environ.get("GMSD_ORACLE_CASES", "600")), deadline=None)
@given(drawn_rows, filters)
def test_a_drawn_filter_gives_the_rows_that_the_specification_gives(drawn: list[tuple[object, ...]], tree: slow_odata.Tree) -> None:
    frame = pl.DataFrame(drawn, schema=DRAWN, orient="row").with_row_index("ID")
    text = slow_odata.written(tree)
    ours = frame.filter(parse_filter(text, fields_of(frame, {"Key": "key"})))["ID"].to_list()
    assert ours == [row["ID"] for row in slow_odata.kept(tree, frame.to_dicts(), {"Key"})], text


def ids_of_four(text: str, frame: pl.DataFrame = FRAME) -> list[int]:
    return frame.filter(parse_filter(text, fields_of(frame, version=ODataVersion.V4)))["ID"].to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RegioS in ('GM0518')", [1]),
        ("RegioS in ('GM0518','GM0363')", [1, 2]),
        ("RegioS in ( 'GM0518' , 'x' ) or RegioS eq 'GM0363'", [1, 2]),
        ("not RegioS in ('GM0518','GM0363')", [0, 3, 4]),
        ("not (RegioS in ('GM0518',null))", [0, 2, 3]),
        ("Clients in (15,-7)", [1, 2]),
        ("(Clients add 1) in (16)", [1]),
        ("-7 in (7,-7) and ID eq 2", [2]),
        ("not -7 in (7) and ID eq 2", [2]),
        ("tolower(RegioS) in ('gm0518') and Known eq false", [1]),
        ("contains(RegioS,'GM')", [1, 2, 3]),
        ("contains('GM0518, GM0363',RegioS)", [1, 2]),
        ("startswith(Title,'''s')", [1]),
        ("indexof(RegioS,'0518') eq 2", [1]),
        ("Modified eq 2020-05-04T09:00:00+02:00", [0]),
        ("Modified eq 2020-05-04T09:00:00 02:00", [0]),
        ("Modified eq 2020-05-04T07:00:00Z", [0]),
        ("Modified eq 2020-05-04T07:00:00.000Z", [0]),
        ("Modified ge 2020-05-04", [0, 1, 4]),
        ("date(Modified) eq 2020-05-04", [0, 1]),
        ("year(Modified) lt 2020", [2]),
        ("Clients gt 12.5", [0, 1]),
        ("Clients gt 1e3", [0]),
        ("Clients eq null", [3]),
        ("Known ne null and not Known", [1, 4]),
    ],
)
def test_version_four_has_words_of_its_own(text: str, expected: list[int]) -> None:
    assert ids_of_four(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Modified gt datetime'2020-01-01'", "in versie 4 staan waarden zonder datetime"),
        ("Clients gt 12L", "in versie 4 staan waarden zonder datetime"),
        ("substringof('GM',RegioS)", r"de functie substringof bestaat niet in versie 4; daar is contains\(veld,'tekst'\)"),
        ("replace(RegioS,'G','H') eq 'x'", "de functie replace bestaat niet; bekend zijn ceiling, concat, contains"),
        ("cast(Clients,Edm.String) eq 'x'", "de functie cast bestaat niet"),
        ("isof(Clients,Edm.Int32)", "de functie isof bestaat niet"),
        ("RegioS in ()", "verwacht wordt een veld, een waarde of een functie"),
        ("RegioS in 'GM0518'", r"verwacht wordt \(, er staat 'GM0518'"),
        ("RegioS in ('GM0518',)", "verwacht wordt een veld, een waarde of een functie"),
        ("RegioS in (Title)", "tussen de haakjes staan alleen waarden"),
        ("RegioS in (tolower('x'))", "tussen de haakjes staan alleen waarden"),
        ("RegioS in (1)", "tekst en een geheel getal zijn niet te vergelijken"),
        ("Clients add 1 in (15,-7)", "verwacht wordt een getal"),
        ("Modified eq 2020-05-04T09:00:00", "geen geldige waarde"),
        ("Modified eq 2020-13-04", "geen geldige waarde"),
        ("Modified eq 2020-02-30T09:00:00Z", "geen geldige waarde"),
        ("contains(RegioS)", "contains: verwacht 2 waarden"),
        ("RegioS has 'x'", "niet verwacht: has"),
        ("Rows/any(r: r eq 1)", "niet te lezen vanaf: /any"),
        ("Clients in (" + ",".join(map(str, range(2_000))) + ")", "meer dan 1000 bewerkingen"),
    ],
)
def test_version_four_refuses_what_it_does_not_have(text: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        ids_of_four(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("RegioS in ('NL01')", "niet verwacht: in"),
        ("contains(RegioS,'NL')", r"de functie contains bestaat niet in versie 3; daar is substringof\('tekst',veld\)"),
        ("date(Modified) eq datetime'2020-05-04'", "de functie date bestaat niet"),
        ("Modified gt 2020-05-04T09:00:00Z", "niet te lezen vanaf: 04T09"),
    ],
)
def test_version_three_has_not_the_words_of_version_four(text: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        ids(text)


def test_a_list_of_all_regions_is_one_look_up() -> None:
    frame = pl.concat([FRAME] * 14_000).with_columns(pl.int_range(pl.len(), dtype=pl.Int32).alias("ID"))
    every_region = ",".join(f"'GM{code:04}'" for code in range(800))
    started = time.process_time()
    assert len(ids_of_four(f"RegioS in ({every_region})", frame)) == 3 * 14_000
    assert time.process_time() - started < 2


lists = st.one_of(
    st.tuples(st.just("in"), text_leaves, st.tuples(st.just("text"), texts), st.tuples(st.just("text"), texts)),
    st.tuples(st.just("in"), int_leaves, whole_literals, whole_literals, whole_literals),
)
filters_of_four = st.recursive(
    st.one_of(conditions, lists),
    lambda inner: st.one_of(operation(["and", "or"], inner, inner), st.tuples(st.just("not"), inner)),
    max_leaves=5,
).map(slow_odata.fourth)


@settings(max_examples=int(os.environ.get("GMSD_ORACLE_CASES", "600")), deadline=None)
@given(drawn_rows, filters_of_four)
def test_a_drawn_filter_of_version_four_gives_the_rows_that_the_specification_gives(
    drawn: list[tuple[object, ...]], tree: slow_odata.Tree
) -> None:
    frame = pl.DataFrame(drawn, schema=DRAWN, orient="row").with_row_index("ID")
    text = slow_odata.written_in_four(tree)
    assert ids_of_four(text, frame) == [row["ID"] for row in slow_odata.kept(tree, frame.to_dicts(), set())], text
