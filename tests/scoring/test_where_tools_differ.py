import pytest

from tests.scoring.where_tools_differ import PAGE, lines, page_with


def test_the_table_of_the_page_is_what_the_tools_say() -> None:
    content = PAGE.read_text()
    assert page_with(content) == content, "run: python -m tests.scoring.where_tools_differ"


CASES = (
    "lenient and strict sequences",
    '`mode="strict"` without a scheme',
    "one prediction over two gold mentions",
    "two predictions in one gold mention",
    "overlapping predictions in either order",
    "adjacent half-open spans",
    "empty gold",
    "empty prediction",
    "labels only in predictions",
    "misaligned tokens",
)


@pytest.mark.parametrize("case", CASES)
def test_every_case_is_in_the_table(case: str) -> None:
    assert case in {line.case for line in lines()}
