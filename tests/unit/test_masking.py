"""What a written BSN is, and what is none: people write numbers in many ways, and a municipality's amounts and years are no person."""

from itertools import groupby

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gmsd.masking import MASK, can_be_bsn, mask_bsn, mask_written_bsn


@pytest.mark.parametrize(
    "written",
    [
        "123456782",
        "123.456.782",
        "123 456 782",
        "123-456-782",
        "123 - 456 - 782",
        "123. 456. 782",
        "123 456-782",
        "123 (456) 782",
        "123,456,782",
        "123/456/782",
        "123_456_782",
        "1234.56.782",
        "12 34 56 782",
        "123456 782",
        "1 2 3 4 5 6 7 8 2",
        "1.2.3.4.5.6.7.8.2",
        "1  2  3  4  5  6  7  8  2",
        "123\n456\n782",
        "123\u00a0456\u202f782",
        "123\u200b456\u200b782",
        "1\u00ad2345678\ufeff2",
        "123\u2013456\u2013782",
        "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff12",
        "\uff11\uff12\uff13\uff0e\uff14\uff15\uff16\uff0e\uff17\uff18\uff12",
        "\u0661\u0662\u0663 \u0664\u0665\u0666 \u0667\u0668\u0662",
        "\u2460\u2461\u2462\u2463\u2464\u2465\u2466\u2467\u2461",
        "0 1 2 3 4 5 6 7 2",
    ],
)
def test_a_bsn_is_known_however_it_is_written(written: str) -> None:
    assert mask_written_bsn(f"Mevrouw ({written}), sinds mei.") == f"Mevrouw ({MASK}), sinds mei."


def test_every_one_of_several_is_masked() -> None:
    assert mask_written_bsn("123 456 782 111 222 333 en 0123.45.672") == f"{MASK} {MASK} en {MASK}"


@pytest.mark.parametrize(
    "text",
    [
        "123.456.783",  # fails the 11-proef
        "€ 1.234.567,82",
        "1234567,82 en 1234567.82",
        "In 2019 12345 cliënten, in 2019 12.345.",
        "zaak 2019/12345",
        "06-12345678, 070 337 38 00, +31 70 337 3800",
        "2017, 2018, 2019 en 2020",
        "regel 123, 456, 782",
        "100 000 000",
        "1.234.567.824",
        "van 01-01-2019 tot 31-12-2019",
        "0518 en 0363",
        "12345678",
    ],
)
def test_a_number_that_is_no_person_stays(text: str) -> None:
    assert mask_written_bsn(text) == text


def test_our_own_lines_mask_a_run_only() -> None:
    """A size or a list of lines with the digits of a BSN is no person."""
    assert mask_bsn("123.456.782 bytes, WMO_123456782.csv") == f"123.456.782 bytes, WMO_{MASK}.csv"


RUNS = st.one_of(
    st.sampled_from(["123456782", "111222333", "012345672", "123456789", "\uff11" * 9]),
    st.text("12", max_size=11),
    st.text("a _-", max_size=3),
)


@given(st.lists(RUNS, max_size=6).map("".join))
@example("123456782")
@example("1123456782 111222333a012345672")
def test_a_run_is_masked_when_it_is_nine_digits_and_no_more(text: str) -> None:
    """The oracle takes the text apart into runs of digits and what stands between them."""
    runs = ["".join(run) for _, run in groupby(text, str.isdecimal)]
    assert mask_bsn(text) == "".join(MASK if run.isdecimal() and len(run) == 9 and can_be_bsn(run) else run for run in runs)
