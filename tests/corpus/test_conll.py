from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.annotation import Report
from harness.corpus.conll import TaggedReport, read_conll
from harness.errors import FileError, InputError


def read(folder: Path, content: str, columns: Sequence[int] = (-1,)) -> list[TaggedReport]:
    path = folder / "eng.train"
    path.write_bytes(content.encode())
    return read_conll(path, columns)


def test_reports_of_the_shared_task_of_2003(tmp_path: Path) -> None:
    content = (
        "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\nPeter NNP B-NP B-PER\n\n"
        "-DOCSTART- -X- -X- O\n\nOslo NNP B-NP B-LOC\n"
    )
    path = tmp_path / "eng.train"
    assert read(tmp_path, content, (2, -1, 4)) == [
        TaggedReport(
            report=Report("eng-0001", "EU rejects\nPeter"),
            tokens=((0, 2), (3, 10), (11, 16)),
            sentences=((0, 2), (2, 3)),
            tags={2: ("NNP", "VBZ", "NNP"), -1: ("B-ORG", "O", "B-PER"), 4: ("B-ORG", "O", "B-PER")},
            lines=(3, 4, 6),
            path=str(path),
        ),
        TaggedReport(
            report=Report("eng-0002", "Oslo"),
            tokens=((0, 4),),
            sentences=((0, 1),),
            tags={2: ("NNP",), -1: ("B-LOC",), 4: ("B-LOC",)},
            lines=(10,),
            path=str(path),
        ),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("a O\nb O\n\nc O\n", {"eng-0001": "a b", "eng-0002": "c"}, id="every sentence"),
        pytest.param("\n \n\t\na O\n\n\nc O", {"eng-0001": "a", "eng-0002": "c"}, id="several blank lines"),
        pytest.param("-DOCSTART-\na O\n\nc O\n", {"eng-0001": "a\nc"}, id="DOCSTART without columns"),
        pytest.param("-DOCSTART-\tO\na\tO\n-DOCSTART-\tO\nc\tO\n", {"eng-0001": "a", "eng-0002": "c"}, id="by tabs"),
        pytest.param("-DOCSTART-\n\n-DOCSTART-\n\na O\n", {"eng-0001": "a"}, id="an empty report"),
        pytest.param("a O\n\nb O\n-DOCSTART-\n\nc O\n", {"eng-0001": "a\nb", "eng-0002": "c"}, id="before DOCSTART"),
        pytest.param("# newdoc\na O\n\nb O\n#newdoc\nc O\n", {"eng-0001": "a\nb", "eng-0002": "c"}, id="newdoc"),
        pytest.param("# newdoc id = x y\na O\n#newdoc id=z \r\nc O\n", {"x y": "a", "z": "c"}, id="newdoc with names"),
        pytest.param(
            "a O\n# newdoc id = x\nb O\n# newdoc\nc O", {"eng-0001": "a", "x": "b", "eng-0003": "c"}, id="both"
        ),
    ],
)
def test_where_reports_begin_and_how_they_are_called(tmp_path: Path, content: str, expected: dict[str, str]) -> None:
    assert {one.report.id: one.report.text for one in read(tmp_path, content)} == expected


def test_ten_thousand_reports_need_five_digits(tmp_path: Path) -> None:
    reports = read(tmp_path, "a O\n\n" * 10_000)
    assert (reports[0].report.id, reports[-1].report.id) == ("eng-00001", "eng-10000")


COMMENTS = "# sent_id = 1\n# text = EU rejects\n# text[de] = EU\n# newpar\n#global.columns = A B\n# s_type = decl\n"


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param("EU  x \t\nb\tO\n", [("EU", "x"), ("b", "O")], id="runs of spaces, white space at the end"),
        pytest.param("EU\tx\r\nb O\r\n\r\nc O\r\n", [("EU", "x"), ("b", "O"), ("c", "O")], id="Windows line ends"),
        pytest.param("New York\t\tB\nb\tx\tO\n", [("New York", "B"), ("b", "O")], id="a space within a token"),
        pytest.param("1\xa0000 O\n\u2028 O\n", [("1\xa0000", "O"), ("\u2028", "O")], id="only spaces part columns"),
        pytest.param(
            "e\u0301 B\n\U0001f600 O\n\u0301 O", [("e\u0301", "B"), ("\U0001f600", "O"), ("\u0301", "O")], id="marks"
        ),
        pytest.param(COMMENTS + "EU B\n", [("EU", "B")], id="comments"),
        pytest.param("# B\n#text O\n#textile O\n", [("#", "B"), ("#text", "O"), ("#textile", "O")], id="hashes"),
        pytest.param("# sent_id = 1\tB\n#newdoc\tO\n", [("# sent_id = 1", "B"), ("#newdoc", "O")], id="hash and tab"),
        pytest.param("EU\n\nUN\n", [("EU", "EU"), ("UN", "UN")], id="a single column"),
    ],
)
def test_tokens_and_tags(tmp_path: Path, content: str, rows: list[tuple[str, str]]) -> None:
    found = [
        (one.report.text[start:end], tag)
        for one in read(tmp_path, content)
        for (start, end), tag in zip(one.tokens, one.tags[-1], strict=True)
    ]
    assert found == rows


def test_a_comment_does_not_end_a_sentence(tmp_path: Path) -> None:
    (report,) = read(tmp_path, "a O\n# note = x\nb O\n")
    assert (report.report.text, report.sentences, report.lines) == ("a b", ((0, 2),), (1, 3))


NO_COLUMN = "Columns count from 1; -1 is the last one."
SAME = "Give all lines the same columns."
HASH = "A line with '#' at its start is a token, unless it is like '# newdoc' or '# NAME = VALUE', without a tab."
EMPTY = ":2: the token is empty\n  Begin the line with its token, or delete it."
NOTHING = ": holds no token\n  Name a file with one token a line."
MARK = ":1:1: begins with a byte order mark\n  Save it as UTF-8 without one."
RETURN = ":1: a carriage return within the line\n  End lines with \\n or \\r\\n."
TWICE = "already stands in line 1\n  Rename one."
UNREADABLE = "begins a report, but how it is called cannot be read\n  Write '# newdoc' or '# newdoc id = NAME'."


@pytest.mark.parametrize(
    ("content", "columns", "message"),
    [
        pytest.param("a x O\nb O\n", (), f":2: the number of columns is 2, but 3 in line 1\n  {SAME}", id="too few"),
        pytest.param(
            "\na O\n\nb\tx\tO", (), f":4: the number of columns is 3, but 2 in line 2\n  {SAME}", id="too many"
        ),
        pytest.param("# id 7\na O\n", (), f":2: the number of columns is 2, but 3 in line 1\n  {HASH}", id="a hash"),
        pytest.param("\na O\n", (1, 3), f":2: there is no column 3: the file has 2\n  {NO_COLUMN}", id="column 3 of 2"),
        pytest.param("a O\n", (-3,), f":1: there is no column -3: the file has 2\n  {NO_COLUMN}", id="column -3 of 2"),
        pytest.param("a\tO\n\tO\n", (), EMPTY, id="empty token by tabs"),
        pytest.param("a O\n  O\n", (), EMPTY, id="empty token by spaces"),
        pytest.param("", (), NOTHING, id="empty file"),
        pytest.param("-DOCSTART- O\n\n# newdoc\n", (), NOTHING, id="no token"),
        pytest.param("\ufeffa O\n", (), MARK, id="byte order mark"),
        pytest.param("a O\rb O\r", (), RETURN, id="old Macintosh line ends"),
        pytest.param("# newdoc id = x\na\n# newdoc id = x\nb\n", (), f":3: report 'x' {TWICE}", id="two of one name"),
        pytest.param("# newdoc id = x\n# newdoc id = x\nb\n", (), f":2: report 'x' {TWICE}", id="one of them empty"),
        pytest.param("# newdoc id = eng-0002\na\n#newdoc\nb", (), f":3: report 'eng-0002' {TWICE}", id="name made up"),
        pytest.param("a\n# newdoc id =\nb\n", (), f":2: '# newdoc id =' {UNREADABLE}", id="newdoc without the name"),
        pytest.param("# newdoc_id = x\nb\n", (), f":1: '# newdoc_id = x' {UNREADABLE}", id="newdoc in other words"),
    ],
)
def test_a_fault_is_refused(tmp_path: Path, content: str, columns: Sequence[int], message: str) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, content, columns)
    assert str(caught.value) == f"{tmp_path / 'eng.train'}{message}"


def test_there_is_no_column_0(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "a O\n", (1, 0))
    assert str(caught.value) == f"there is no column 0\n  {NO_COLUMN}"


WORD = st.text(st.characters(codec="utf-8").filter(lambda character: not character.isspace()), min_size=1)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(WORD, min_size=1), min_size=1), st.sampled_from([" ", "\t"]))
def test_offsets_cut_the_tokens_out_of_the_text(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[list[str]], separator: str
) -> None:
    if separator == " ":  # "#a= O" would be a comment
        sentences = [[word.replace("#", "x") for word in sentence] for sentence in sentences]
    content = "\n\n".join("\n".join(f"{word}{separator}O" for word in sentence) for sentence in sentences)
    (one,) = read(tmp_path_factory.getbasetemp(), f"-DOCSTART-\n{content}")
    cut = [one.report.text[start:end] for start, end in one.tokens]
    assert [cut[first:stop] for first, stop in one.sentences] == sentences
    assert one.report.text == "\n".join(" ".join(sentence) for sentence in sentences)
    assert len(one.tags[-1]) == len(one.lines) == len(cut)
