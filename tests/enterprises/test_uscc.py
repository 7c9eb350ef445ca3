import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as elsewhere

from enterprises.uscc import ALPHABET, UsccField, Verdict, check, make_uscc, normalise, require

GOOD = [
    "91512081MA62K0260E",
    "91310110666007217T",
    "91310115591693856A",
    "91350100M000100Y43",
    "913702813340859567",
    "91370281321445940A",
    "91370281MA3EW1RUXN",
    "913702036937618726",
    "91110107082833558H",
    "92330110MA2BJMA679",
    "93220381068616389J",
    "91370200163562681G",
    "9137011316349800XJ",
    "91370281MA0000015W",
    "91370281MA3AB9CX27",
    "92370281MA0000015R",
    "93370281MA0000015N",
    "51370281MA00000151",
    "52370281MA0000015X",
    "11370281004181232N",
    "12370281004181232K",
]
EARLY = ["91350211M00013FA1N", "91350203M0001QAY9B"]


@pytest.mark.parametrize("code", GOOD)
def test_a_real_code_passes(code: str) -> None:
    assert check(code) is Verdict.GOOD


@pytest.mark.parametrize("code", EARLY)
def test_an_early_code_that_fails_stands_only_with_a_reason(code: str) -> None:
    assert check(code) is Verdict.DIGIT
    with pytest.raises(ValidationError):
        require(code)
    with pytest.raises(ValidationError):
        require(code, "   ")
    assert require(code, "as printed on the licence") == code


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("91370281MA0000015I", Verdict.ALPHABET),
        ("91370281MAO000015W", Verdict.ALPHABET),
        ("370281123456789", Verdict.LENGTH),
        ("", Verdict.LENGTH),
        ("91370281MA0000015W0", Verdict.LENGTH),
        ("9137028AMA0000015W", Verdict.SHAPE),
        ("91370281MA000001AW", Verdict.SHAPE),
        ("9١370281MA0000015W", Verdict.ALPHABET),
        ("91370281MA0000015X", Verdict.DIGIT),
        ("91370281MA0000016W", Verdict.DIGIT),
    ],
)
def test_a_bad_code_is_told_what_is_bad_about_it(code: str, verdict: Verdict) -> None:
    assert check(code) is verdict
    assert verdict.message


@pytest.mark.parametrize("code", ["91370281MA0000015I", "370281123456789", "9137028AMA0000015W"])
def test_no_reason_excuses_a_wrong_length_alphabet_or_shape(code: str) -> None:
    with pytest.raises(ValidationError):
        require(code, "the licence says so")


@pytest.mark.parametrize(
    "typed",
    [
        "91370281ma0000015w",
        " 91370281 MA000001 5W ",
        "91370281MA0000015W\u200b",
        "91370281\u3000MA0000015W\n",
    ],
)
def test_full_width_lower_case_and_spaces_are_made_plain(typed: str) -> None:
    assert normalise(typed) == "91370281MA0000015W"


def test_a_full_width_code_is_the_same_code() -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in "91370281MA0000015w")
    assert normalise(wide) == "91370281MA0000015W"


@given(st.integers(0, 31**6 - 1))
def test_a_made_code_is_valid_here_and_elsewhere(serial: int) -> None:
    code = make_uscc(serial)
    assert check(code) is Verdict.GOOD
    assert elsewhere.is_valid(code)


def test_made_codes_are_all_different() -> None:
    assert len({make_uscc(serial) for serial in range(5000)}) == 5000


@given(st.sampled_from(GOOD), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(code: str, place: int, sign: str) -> None:
    other = code[:place] + sign + code[place + 1 :]
    assert (check(other) is Verdict.GOOD) == (other == code)


@given(st.text(max_size=40))
def test_nothing_that_is_typed_makes_the_check_fail(text: str) -> None:
    assert check(text) in Verdict


class Strict(forms.Form):
    number = UsccField()


class Lenient(forms.Form):
    number = UsccField(strict=False)


def test_the_field_gives_the_normalised_code() -> None:
    form = Strict({"number": " 91370281 ma0000015w "})
    assert form.is_valid() and form.cleaned_data["number"] == "91370281MA0000015W"


def test_only_a_lenient_field_lets_a_failed_digit_pass() -> None:
    assert not Strict({"number": EARLY[0]}).is_valid()
    assert Lenient({"number": EARLY[0]}).is_valid()
    assert not Lenient({"number": "91370281MA0000015I"}).is_valid()
