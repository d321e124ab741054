"""What prompt markup becomes: by the rules it is written in, alike for the same seed, and soon however long it is."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vidctl.domain.expansion import MAX_LENGTH, Expander, Expansion, Step, Value
from vidctl.errors import InvalidInput


def expansion(
    text: str, seed: int = 1, variables: dict[str, str] | None = None, files: dict[str, str] | None = None
) -> Expansion:
    values = {name: Value(value, "project") for name, value in (variables or {}).items()}
    return Expander(seed, values, files or {}).expand(text)


def expanded(
    text: str, seed: int = 1, variables: dict[str, str] | None = None, files: dict[str, str] | None = None
) -> str:
    return expansion(text, seed, variables, files).text


def refusal(text: str, variables: dict[str, str] | None = None, files: dict[str, str] | None = None) -> str:
    with pytest.raises(InvalidInput) as caught:
        expansion(text, 1, variables, files)
    error = caught.value
    assert error.fix
    return f"{error}; {error.fix}"


def outcomes(text: str, files: dict[str, str] | None = None, seeds: int = 200) -> Counter[str]:
    return Counter(expanded(text, seed, files=files) for seed in range(seeds))


plain = st.text(st.characters(exclude_characters="{}|\\_", exclude_categories=["Cs"]))
words = st.text("abcdefgh ,", min_size=1, max_size=8)


@given(plain)
@example("(neon:1.2), [rain], a | b")
def test_text_without_markup_stays_as_it_is(text: str) -> None:
    assert expansion(text) == Expansion(text)


@pytest.mark.parametrize(
    "text",
    [
        "(word:1.2)",
        "[a:b:0.5]",
        r"\(round\)",
        "a | b",
        "snake_case and other__thing",
        "____",
        "1girl, 2::3",
        "a\nb\n",
        "\\",
    ],
)
def test_what_only_resembles_markup_stays_as_it_is(text: str) -> None:
    assert expanded(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\{a\|b\}", "{a|b}"),
        (r"\__name__", "__name__"),
        (r"{a\|b\}|a\|b\}}", "a|b}"),
        (r"a \| b", "a | b"),
        (r"\\{", r"\{"),
    ],
)
def test_a_backslash_takes_the_meaning_away(text: str, shown: str) -> None:
    assert expanded(text) == shown


@given(st.lists(words, min_size=2, max_size=5, unique=True))
@settings(max_examples=20)
def test_every_alternative_can_be_chosen_and_nothing_else(options: list[str]) -> None:
    assert set(outcomes(f"{{{'|'.join(options)}}}")) == set(options)


def test_an_alternative_may_be_empty() -> None:
    assert set(outcomes("a {very |}tall man")) == {"a very tall man", "a tall man"}


def test_choices_may_lie_in_choices() -> None:
    assert set(outcomes("{a{1|2}|b{3|4{5|6}}}")) == {"a1", "a2", "b3", "b45", "b46"}


def test_alternatives_without_weights_are_drawn_equally_often() -> None:
    counts = outcomes("{a|b|c|d}", seeds=2000)
    assert all(400 < count < 600 for count in counts.values())


def test_a_weight_makes_an_alternative_more_frequent() -> None:
    counts = outcomes("{3::a|b|0.5::c|0::d}", seeds=1800)
    assert set(counts) == {"a", "b", "c"}
    assert 1100 < counts["a"] < 1300
    assert 130 < counts["c"] < 270


@given(
    st.integers(0, 2**64 - 1), st.lists(st.sampled_from(["{a|b|c}", "{d|{e|f}}", "__c__", "{m}", " x "]), max_size=8)
)
def test_the_same_seed_gives_the_same_text(seed: int, parts: list[str]) -> None:
    text = "".join(parts)
    known = {"variables": {"m": "{u|v}"}, "files": {"c": "1\n2\n3"}}
    assert expansion(text, seed, **known) == expansion(text, seed, **known)


def test_draws_are_what_they_were_when_this_was_written() -> None:
    text = "{red|green|blue}, __hair__, {2::day|night {with|without} stars}, {mood}"
    known = {"variables": {"mood": "{calm|wild}"}, "files": {"hair": "short\nlong\n3::{curly|straight}"}}
    assert [expanded(text, seed, **known) for seed in (0, 42, 2**53)] == [
        "blue, short, day, calm",
        "green, curly, night without stars, calm",
        "red, straight, day, wild",
    ]


def test_like_choices_are_drawn_apart_from_one_another() -> None:
    assert {len(set(expanded("{a|b}{a|b}{a|b}{a|b}", seed))) for seed in range(50)} == {1, 2}


@given(st.integers(0, 999), st.lists(words, min_size=2, max_size=4), st.sampled_from(["", "{u|v} ", "__c__ {m}"]))
@settings(max_examples=50)
def test_changing_one_choice_leaves_the_others_as_they_were(seed: int, options: list[str], first: str) -> None:
    rest = "-{one|two|three} {two|one {six|seven}} {w}-__c2__"
    files, variables = {"c": "1\n2", "c2": "3\n4\n5"}, {"m": "{x|y}", "w": "{g|h}"}
    before = expanded(f"{{p|q}}{rest}", seed, variables, files)
    after = expanded(f"{first}{{{'|'.join(options)}}}{rest}", seed, variables, files)
    assert after.partition("-")[2] == before.partition("-")[2]


def test_changing_an_alternative_leaves_the_choices_in_the_others_as_they_were() -> None:
    inner = [expanded("{0::x|{a|b|c}}", seed) for seed in range(30)]
    assert inner == [expanded("{0::changed|{a|b|c}}", seed) for seed in range(30)]


def test_a_variable_is_filled_in() -> None:
    assert expanded("a { mood } night, {scene.mood}", variables={"mood": "calm", "scene.mood": "wild"}) == (
        "a calm night, wild"
    )


def test_a_variable_has_one_value_however_often_it_is_named() -> None:
    values = {"mood": "{calm|wild} {day|night}", "twice": "{mood}"}
    for seed in range(20):
        expander = Expander(seed, {name: Value(text, "project") for name, text in values.items()}, {})
        first, second = expander.expand("{mood}/{twice}"), expander.expand("{mood}", "the negative prompt")
        assert set(first.text.split("/")) == {second.text}
        assert first.variables == {"mood", "twice"}
        assert second.steps[0] == Step("{mood}", "project", values["mood"])


def test_a_value_that_is_no_markup_is_put_in_to_the_letter() -> None:
    lyrics = Value("la {la|__la__} \\{", "scene verse", has_markup=False)
    assert Expander(1, {"scene.lyrics": lyrics}, {}).expand("{scene.lyrics}").text == lyrics.text


def test_a_wildcard_is_a_line_of_its_file() -> None:
    files = {"hair/colour": "# colours\n\n  red \r\nblue\n"}
    assert set(outcomes("__hair/colour__ hair", files)) == {"red hair", "blue hair"}


def test_a_line_may_hold_markup_and_a_weight() -> None:
    files = {"who": "9::{a|the} __what__\nnobody", "what": "cat"}
    counts = outcomes("__who__", files)
    assert set(counts) == {"a cat", "the cat", "nobody"}
    assert counts["nobody"] < 60


def test_each_wildcard_is_drawn_by_itself() -> None:
    assert set(outcomes("__d____d__", {"d": "1\n2"})) == {"11", "12", "21", "22"}


def test_the_steps_tell_every_substitution_in_reading_order() -> None:
    found = expansion("{mood} {x|0::y} __c__", variables={"mood": "{calm|0::wild}"}, files={"c": "#\n{z|0::-}"})
    assert found.text == "calm x z"
    assert found.steps == (
        Step("{mood}", "project", "{calm|0::wild}"),
        Step("{calm|0::wild}", "choice 1 of 2", "calm"),
        Step("{x|0::y}", "choice 1 of 2", "x"),
        Step("__c__", "line 2 of wildcard c", "{z|0::-}"),
        Step("{z|0::-}", "choice 1 of 2", "z"),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a {red|blue", "the brace { is never closed: in the prompt, column 3"),
        ("a} b", "the brace } closes nothing: in the prompt, column 2"),
        ("one\ntwo {a|b}}", "the brace } closes nothing: in the prompt, line 2, column 10"),
        ("{{a|b}", "the brace { is never closed: in the prompt, column 1"),
        ("a {} b", "these braces are empty: in the prompt, column 3"),
        ("{ }", "these braces are empty"),
        ("{a word}", "{a word} is neither a variable nor a choice"),
        ("{{a|b}}", "is neither a variable nor a choice"),
        ("{0::a|0::b}", "nothing can be chosen: in the prompt, column 1: all weights are 0"),
        ("{a|1.1234567::b}", "'1.1234567' is not a weight: in the prompt, column 4"),
        ("{-1::a|b}", "'-1' is not a weight"),
        ("{2$$a|b|c}", "a choice gives one of its alternatives: in the prompt, column 1: N$$ asks for several"),
        ("__*__", "'*' is not a wildcard's name"),
        ("__../secret__", "'../secret' is not a wildcard's name"),
        ("__/etc/passwd__", "'/etc/passwd' is not a wildcard's name"),
        ("{" * 60 + "a|b" + "}" * 60, "braces lie too deep in one another: in the prompt, column 51"),
    ],
)
def test_markup_that_cannot_be_read_is_told_with_its_place(text: str, told: str) -> None:
    assert told in refusal(text)


def test_an_unknown_variable_is_told_with_the_nearest_and_the_way_to_write_braces() -> None:
    told = refusal("{mod}", {"mood": "calm", "place": "roof"})
    assert told == (
        "there is no variable {mod}: in the prompt; "
        r"did you mean {mood}?; write \{ and \} for braces that are meant as such"
    )
    assert "there are {mood}, {place};" in refusal("{xyz}", {"mood": "calm", "place": "roof"})
    assert "there is no variable yet;" in refusal("{xyz}")


def test_an_unknown_wildcard_is_told_with_the_nearest() -> None:
    assert "there is no wildcard __hare__: in the prompt; did you mean __hair__?" in refusal(
        "__hare__", files={"hair": "x"}
    )


def test_what_is_wrong_in_a_file_or_variable_is_told_with_its_name() -> None:
    assert "in line 2 of wildcard c, column 1" in refusal("__c__", files={"c": "\n{a|b"})
    assert "in line 1 of wildcard c" in refusal("__c__", files={"c": "-::a"})
    assert "in the variable mood, column 2" in refusal("{mood}", {"mood": "a{"})


@pytest.mark.parametrize("text", ["", "\n \n# only a comment\n", "0::a\n0::b"])
def test_a_file_from_which_nothing_can_be_drawn_is_refused(text: str) -> None:
    assert "nothing can be drawn from wildcard c" in refusal("__c__", files={"c": text})


def test_what_leads_back_to_itself_is_refused_with_the_way() -> None:
    assert "{a} → {b} → {a}" in refusal("{a}", {"a": "x {b}", "b": "{a}"})
    assert "__a__ → {v} → __a__" in refusal("__a__", {"v": "__a__"}, {"a": "{v}"})


def test_a_variable_that_is_named_twice_is_told_once() -> None:
    found = expansion("{mood} {mood}", variables={"mood": "{calm|calm}"})
    assert [step.markup for step in found.steps] == ["{mood}", "{calm|calm}"]


def test_a_long_chain_of_files_ends_in_an_error() -> None:
    chain = {f"w{here}": f"__w{there}__" for here, there in pairwise(range(100))}
    assert "lies too deep" in refusal("__w0__", files=chain)


def test_a_text_that_grows_without_end_is_refused() -> None:
    doubling = {f"v{here}": f"{{v{there}}}{{v{there}}}" for here, there in pairwise(range(40))} | {"v39": "ha"}
    assert f"grows beyond {MAX_LENGTH} characters" in refusal("{v0}", doubling)
    nothing = {f"w{here}": f"__w{there}__" * 30 for here, there in pairwise(range(9))} | {"w8": "{|}"}
    assert "substitutions" in refusal("__w0__", files=nothing)


@pytest.mark.parametrize(
    "text",
    [
        "{a|b}" * 20_000,
        "x" * 100_000,
        "_" * 100_000,
        "\\" * 100_000,
        "{" + "|" * 99_998 + "}",
        "{a|" * 49 + "b" * 99_800 + "}" * 49,
        "\n{5::a|b}" * 11_000,
        "__" + "x" * 99_998,
    ],
    ids=lambda text: text[:8],
)
def test_a_very_long_prompt_is_read_in_one_go(text: str) -> None:
    """Reading that looks back or ahead over the whole text at each sign would keep this test waiting."""
    assert len(expanded(text)) <= MAX_LENGTH
