from pathlib import Path

import pytest

from harness.corpus.check import check_folder
from harness.corpus.crosswalk import shipped_crosswalk
from harness.errors import FileError, InputError

from .samples import write_folder

FILES = {
    "annotation.conf": "[entities]\nGPE\n[events]\nAttack\n",
    "reports.csv": "id,split\ngao,test\nkidal,dev\n",
    "reports/gao.txt": "Gao fell. Gao burns. Share",
    "reports/gao.ann": "T1\tGPE 0 3\tGao\nT2\tGPE 10 13\tGao\nT3\tAttack 4 8\tfell\nE1\tAttack:T3\n*\tEquiv T1 T2\n",
    "reports/gao.zones.tsv": "kind\tarticle\tstart\tend\tvalue\narticle\t1\t0\t20\t\nboilerplate\t\t21\t26\t\n",
    "reports/kidal.txt": "Kidal",
    "reports/kidal.ann": "T1\tGPE 0 5\tKidal\n",
}


def found(folder: Path) -> list[str]:
    """All faults, without the folder and the remedies."""
    return [
        fault.message.removeprefix(f"{folder}/") for fault in check_folder(folder, shipped_crosswalk("report")).faults
    ]


def test_a_folder_without_fault_is_counted(tmp_path: Path) -> None:
    result = check_folder(write_folder(tmp_path, FILES))
    assert (result.reports, result.mentions, result.faults) == (2, 3, [])


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        pytest.param(
            {"reports/gao.ann": "T1\tGPE 0 3\tGoa\nT2\tCITY 10 13\tGao\n", "reports/kidal.ann": "T1\tGPE 0 6\tKidal\n"},
            [
                "reports/gao.ann:1:8: the text at 0 3 is 'Gao', not 'Goa'",
                "reports/gao.ann:2:4: label 'CITY' is not declared",
                "reports/kidal.ann:1:8: [0, 6) ends after the text (5 characters)",
            ],
            id="faults of several files",
        ),
        pytest.param(
            {"reports/gao.ann": "T1 GPE\n", "reports/kidal.ann": "T1\tCITY 0 5\tKidal\n"},
            ["reports/gao.ann:1:1: cannot read 'T1 GPE'", "reports/kidal.ann:1:4: label 'CITY' is not declared"],
            id="a file that cannot be parsed does not hide the next",
        ),
        pytest.param(
            {"reports.csv": "id,split\ngao,test\n", "reports/kidal.ann": "T1\tCITY 0 5\tKidal\n"},
            ["reports.csv: report 'kidal' has no row", "reports/kidal.ann:1:4: label 'CITY' is not declared"],
            id="a fault in the table of reports",
        ),
        pytest.param(
            {"reports/gao.zones.tsv": "kind\n"},
            ["reports/gao.zones.tsv:1: the header is not that of a zone table"],
            id="a fault in a zone table",
        ),
        pytest.param(
            {"reports/lost.ann": ""}, ["reports/lost.ann: there is no lost.txt"], id="annotations without a text"
        ),
        pytest.param(
            {"reports/gao.ann": "T1\tGPE 0 3\tGao\nT2\tGPE 21 26\tShare\n"},
            ["reports/gao.ann:2:1: T2 lies in boilerplate [21, 26), where nothing is labelled"],
            id="a label in boilerplate",
        ),
        pytest.param(
            {
                "reports/gao.ann": "T1\tGPE 0 3\tGao\nT2\tGPE 10 13\tGao\n",
                "reports/gao.zones.tsv": "kind\tarticle\tstart\tend\tvalue\nboilerplate\t\t3\t10\t\n",
            },
            [],
            id="labels that touch boilerplate are none",
        ),
    ],
)
def test_every_fault_is_found(tmp_path: Path, changes: dict[str, str], faults: list[str]) -> None:
    assert found(write_folder(tmp_path, FILES | changes)) == faults


def test_a_confidence_in_words_is_a_fault(tmp_path: Path) -> None:
    write_folder(tmp_path, FILES | {"reports/kidal.ann": "T1\tGPE 0 5\tKidal\n#1\tConfidence T1\thigh\n"})
    (fault,) = check_folder(tmp_path).faults
    assert fault.message.startswith(f"{tmp_path / 'reports' / 'kidal.ann'}:2:")


def test_a_missing_ann_file_is_a_fault(tmp_path: Path) -> None:
    write_folder(tmp_path, FILES)
    (tmp_path / "reports" / "gao.ann").unlink()
    assert found(tmp_path) == ["reports/gao.ann: no such file"]


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    write_folder(tmp_path, {"annotation.conf": FILES["annotation.conf"]})
    with pytest.raises(InputError, match=r"holds no \.txt files"):
        check_folder(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        check_folder(tmp_path / "none")
    assert str(caught.value) == (
        f"gold folder {tmp_path / 'none'} does not exist\n  Name a folder of .txt and .ann files."
    )


def test_a_folder_without_configuration_is_refused(tmp_path: Path) -> None:
    write_folder(tmp_path, {"a.txt": "Gao", "a.ann": ""})
    with pytest.raises(FileError, match=r"annotation\.conf: no such file"):
        check_folder(tmp_path)
