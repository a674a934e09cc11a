"""`harness score`: predictions made elsewhere, in every format; what is refused and how."""

import json
import re
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin

from harness.cli import main

COLUMNS = """\
-DOCSTART- O O

EU B-ORG B-ORG
rejects O O
German B-MISC B-LOC
call O O

Peter B-PER B-PER
Blackburn I-PER I-PER

-DOCSTART- O O

BRUSSELS B-LOC B-LOC
New B-LOC O
York I-LOC B-LOC
"""
TEXTS = {"a": "Imatinib blocks BCR-ABL.", "b": "p53 is stable."}
GOLD = {"a": [(0, 8, "Drug"), (16, 23, "Protein")], "b": [(0, 3, "Protein")]}
FOUND = {"a": [(0, 8, "Drug"), (16, 19, "Protein")], "b": []}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, content: str) -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return name


def lines(mentions: dict[str, list[tuple[int, int, str]]], *, texts: bool, key: str) -> str:
    return "".join(
        json.dumps(
            {
                key: name,
                **({"text": TEXTS[name]} if texts else {}),
                "mentions": [{"start": s, "end": e, "label": la} for s, e, la in found],
            }
        )
        + "\n"
        for name, found in mentions.items()
    )


def brat(folder: str, mentions: dict[str, list[tuple[int, int, str]]], *, texts: bool, conf: bool) -> str:
    for name, found in mentions.items():
        rows = [f"T{n}\t{la} {s} {e}\t{TEXTS[name][s:e]}\n" for n, (s, e, la) in enumerate(found, 1)]
        write(f"{folder}/{name}.ann", "".join(rows))
        if texts:
            write(f"{folder}/{name}.txt", TEXTS[name])
    if conf:
        write(f"{folder}/annotation.conf", "[entities]\nProtein\nDrug\n[relations]\n[events]\n[attributes]\n")
    return folder


def docbin(name: str, mentions: dict[str, list[tuple[int, int, str]]]) -> str:
    nlp = spacy.blank("en")
    stored = DocBin(store_user_data=True)
    for report, found in mentions.items():
        doc = nlp.make_doc(TEXTS[report])
        doc.user_data["id"] = report
        doc.set_ents([doc.char_span(s, e, la, alignment_mode="contract") for s, e, la in found])
        stored.add(doc)
    stored.to_disk(name)
    return name


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[tuple[str, str], dict[str, object]]:
    assert main(["score", *arguments, "--format", "json"]) == 0
    out = capsys.readouterr().out
    return {(r["match"], r["label"]): r for r in json.loads(out)["rows"] if r["scope"] == "all" and not r["slice"]}


SOURCES = {
    "brat": lambda m, side: brat(side, m, texts=True, conf=True),
    "jsonl with texts": lambda m, side: write(f"{side}.jsonl", lines(m, texts=True, key="id")),
}
ANSWERS = {
    **SOURCES,
    "brat, .ann files alone": lambda m, side: brat(side, m, texts=False, conf=False),
    "jsonl": lambda m, side: write(f"{side}.jsonl", lines(m, texts=False, key="report")),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("source", SOURCES)
def test_all_formats_give_the_same_scores(capsys: pytest.CaptureFixture[str], source: str, answer: str) -> None:
    found = rows(capsys, "--gold", SOURCES[source](GOLD, "gold"), "--predictions", ANSWERS[answer](FOUND, "predicted"))
    strict = found["strict", "micro"]
    assert (strict["gold"], strict["predicted"], strict["correct"]) == (3, 2, 1)
    assert found["type", "micro"]["correct"] == 2


def test_docbin_files_may_hold_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    gold = docbin("gold.spacy", {"a": [(0, 8, "Drug")], "b": [(0, 3, "Protein")]})
    predicted = docbin("predicted.spacy", {"a": [(0, 8, "Drug")], "b": [(7, 13, "Protein")]})
    strict = rows(capsys, "--gold", gold, "--predictions", predicted)["strict", "micro"]
    assert (strict["gold"], strict["predicted"], strict["correct"]) == (2, 2, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--predictions", "both.conll"], id="one file, last two columns"),
        pytest.param(["--predictions", "both.conll", "--gold-column", "2", "--predicted-column", "3"], id="named"),
        pytest.param(["--predictions", "other.conll", "--gold-column", "-2"], id="two files of other names"),
    ],
)
def test_column_files(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    write("both.conll", COLUMNS)
    write("other.conll", COLUMNS)
    found = rows(capsys, "--gold", "both.conll", *arguments, "scoring.audit=true")
    assert {label for match, label in found if match == "strict"} >= {"LOC", "MISC", "ORG", "PER", "micro", "weighted"}
    for match in ("strict", "sequence-conlleval", "sequence-strict"):
        micro = found[match, "micro"]
        assert (micro["gold"], micro["predicted"], micro["correct"]) == (5, 5, 3)


def test_invalid_tags_of_predictions_are_counted_and_both_policies_shown(capsys: pytest.CaptureFixture[str]) -> None:
    write("both.conll", COLUMNS.replace("B-PER B-PER", "B-PER I-PER"))
    arguments = ["--gold", "both.conll", "--predictions", "both.conll"]
    found = rows(capsys, *arguments)
    assert found["sequence-conlleval", "PER"]["correct"] == 1
    assert (found["sequence-strict", "PER"]["predicted"], found["sequence-strict", "PER"]["precision"]) == (0, None)
    assert found["strict", "PER"]["correct"] == 1
    assert rows(capsys, *arguments, "--policy", "strict")["strict", "PER"]["correct"] == 0
    assert main(["score", *arguments]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "1 predicted tag not valid IOB2: read under the policy conlleval" in out
    assert "invalid: both.conll:8: report both-0001, token 'Peter': I-PER after the beginning" in out


def test_invalid_gold_is_refused_until_a_policy_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    write("both.conll", COLUMNS.replace("B-PER B-PER", "I-PER B-PER"))
    arguments = ["score", "--gold", "both.conll", "--predictions", "both.conll"]
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert message.startswith("error: both.conll:8: report both-0001, token 'Peter': I-PER after the beginning")
    assert "policy" in message
    assert main([*arguments, "--gold-policy", "conlleval"]) == 0


def test_labels_only_in_predictions_are_spurious(capsys: pytest.CaptureFixture[str]) -> None:
    gold = brat("gold", GOLD, texts=True, conf=True)
    predicted = write("p.jsonl", lines({"a": [(0, 8, "Gene")], "b": []}, texts=False, key="report"))
    found = rows(capsys, "--gold", gold, "--predictions", predicted)
    assert (found["strict", "micro"]["predicted"], found["exact", "micro"]["correct"]) == (1, 1)
    assert found["strict", "Gene"]["recall"] is None
    assert main(["score", "--gold", gold, "--predictions", predicted]) == 0
    assert "labels only in predictions, counted as spurious: Gene" in capsys.readouterr().out


def test_an_output_folder_can_be_compared(capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = brat("gold", GOLD, texts=True, conf=True), brat("model_a", FOUND, texts=False, conf=False)
    assert main(["score", "--gold", gold, "--predictions", predicted, "--output", "run"]) == 0
    assert {path.name for path in Path("run").iterdir()} == {
        *("run.json", "scores.json", "errors.json", "counts.parquet", "predictions.jsonl", "table.md"),
    }
    capsys.readouterr()
    assert main(["compare", "run"]) == 0
    assert "model_a" in capsys.readouterr().out
    assert main(["score", "--gold", gold, "--predictions", predicted, "--output", "run"]) == 2


def test_slices_are_added_and_switched_off(capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = brat("gold", GOLD, texts=True, conf=True), brat("found", FOUND, texts=False, conf=False)
    arguments = ["score", "--gold", gold, "--predictions", predicted, "--format", "json", "scoring=plain"]
    for more, expected in (
        ([], {""}),
        (["scoring.slices.words={by: length, bounds: [2]}"], {"", "words=1", "words=2+"}),
    ):
        assert main([*arguments, *more]) == 0
        assert {row["slice"] for row in json.loads(capsys.readouterr().out)["rows"]} == expected


def test_confidences_give_a_calibration_file() -> None:
    gold = brat("gold", GOLD, texts=True, conf=True)
    mention = {"start": 0, "end": 8, "label": "Drug", "confidence": 0.9}
    wrong = {"start": 0, "end": 3, "label": "Drug", "confidence": 0.4}
    answers = [{"report": "a", "mentions": [mention]}, {"report": "b", "mentions": [wrong]}]
    predicted = write("p.jsonl", "".join(json.dumps(answer) + "\n" for answer in answers))
    assert main(["score", "--gold", gold, "--predictions", predicted, "--output", "run"]) == 0
    (view,) = json.loads(Path("run/calibration.json").read_text())["views"]
    assert view["reports"] == {"a": [[0.9, True]], "b": [[0.4, False]]}
    assert view["average_precision"] == pytest.approx(1 / 3)
    assert view["best_threshold"] is None
    assert "average precision" in Path("run/table.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--predictions", "gone.jsonl"], "gone.jsonl: no such file", id="no file"),
        pytest.param(["--predictions", "p.xyz"], "cannot tell the format of p.xyz", id="unknown suffix"),
        pytest.param(["--predictions", "part.jsonl"], "no prediction for report b", id="a report is missing"),
        pytest.param(["--predictions", "ids.jsonl"], "no report of the gold: its reports are called x", id="other ids"),
        pytest.param(["--predictions", "nodir"], "nodir: no such file or folder", id="no folder"),
        pytest.param(
            ["--predictions", "ok.jsonl", "--policy", "strict"], "--policy only makes sense for conll", id="idle"
        ),
        pytest.param(["--predictions", "other.jsonl"], "report a: from character 9 on 'stops ", id="other text"),
        pytest.param(["--predictions", "far.jsonl"], r"\[0, 99\) lies outside the text of a", id="outside the text"),
        pytest.param(["--predictions", "ok.jsonl", "scoring.audti=1"], "Did you mean scoring.audit", id="typo"),
        pytest.param(["--predictions", "ok.jsonl", "scoring.overlap=0"], "scoring.overlap is 0", id="threshold"),
        pytest.param(["--predictions", "ok.jsonl", "scoring.overlap=x"], "scoring: Expected `float`", id="type"),
        pytest.param(["--predictions", "ok.jsonl", "scoring.slices.x={by: y}"], "slices.x.by is 'y'", id="slice"),
        pytest.param(["--predictions", "ok.jsonl", "scoring.slices={}"], "scoring=plain has none", id="all slices"),
        pytest.param(["--predictions", "ok.jsonl", "scoring=x"], "there is no scoring 'x'", id="scoring file"),
        pytest.param(["--predictions", "c.conll", "--scheme", "BOI"], "there is no scheme 'BOI'", id="scheme"),
        pytest.param(["--predictions", "c.conll", "--policy", "mend"], "--policy is 'mend'", id="policy"),
        pytest.param(["--predictions", "c.conll", "--predicted-column", "9"], "there is no column 9", id="column"),
        pytest.param(["--predictions", "ok.jsonl", "--predicted-labels", "x"], "there is no crosswalk 'x'", id="set"),
        pytest.param(["--predictions", "ann"], "ann/a.ann:1:9: the text at 0 8", id="brat surface does not fit"),
    ],
)
def test_bad_input_is_one_message(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    gold = brat("gold", GOLD, texts=True, conf=True)
    write("ok.jsonl", lines(FOUND, texts=False, key="report"))
    write("part.jsonl", lines({"a": []}, texts=False, key="report"))
    write("other.jsonl", lines(FOUND, texts=True, key="id").replace("blocks", "stops "))
    write("ids.jsonl", lines({"a": []}, texts=False, key="report").replace('"a"', '"x"'))
    write("far.jsonl", lines({"a": [(0, 99, "Drug")], "b": []}, texts=False, key="report"))
    write("p.xyz", "")
    write("c.conll", "Imatinib B-Drug\n")
    write("ann/a.ann", "T1\tDrug 0 8\tAspirin\n")
    write("ann/b.ann", "")
    assert main(["score", "--gold", gold, *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.search(message, captured.err), captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("content", "other", "message"),
    [
        pytest.param("a B-X\n", "a B-X\n\nb O\n", "", id="more reports in predictions are told"),
        pytest.param("a B-X\nb O\n", "a B-X\nc O\n", "another text for report", id="other tokens"),
        pytest.param("a X-Y\n", "a B-X\n", "'X-Y' is no tag of IOB2", id="no tag"),
        pytest.param("1 a B-X\n2 b O\n\n1 c O\n", "a O\n", "column 1 numbers the tokens", id="numbered tokens"),
        pytest.param("a B-X\nb E-X\n", "a B-X\nb I-X\n", "'E-X' is no tag of IOB2", id="another scheme"),
        pytest.param("a I-X\nb O\n", "a B-X\nb O\n", "These tags are valid IO", id="the scheme that fits is named"),
    ],
)
def test_column_files_that_do_not_fit(
    capsys: pytest.CaptureFixture[str], content: str, other: str, message: str
) -> None:
    write("g.conll", content)
    write("p.conll", other)
    code = main(["score", "--gold", "g.conll", "--predictions", "p.conll"])
    captured = capsys.readouterr()
    assert code == (2 if message else 0)
    assert message in captured.err
    if not message:
        assert "1 predicted report not in the gold" in captured.out


def test_a_main_run_reads_column_files_as_gold(capsys: pytest.CaptureFixture[str]) -> None:
    write("gold.conll", COLUMNS)
    (path := Path("mine.py")).write_text(
        "from harness.annotation import Annotations, Mention\n"
        "from harness.backends import Backend\n\n\n"
        "class First(Backend):\n"
        "    labels = ('ORG',)\n\n"
        "    def extract(self, reports):\n"
        "        for report in reports:\n"
        "            yield Annotations(report.id, (Mention(0, 2, 'ORG'),))\n"
    )
    arguments = ["gold.path=gold.conll", "gold.format=conll", "gold.column=2", "--format", "json"]
    assert main(["--backend", f"{path}:First", *arguments]) == 0
    found = json.loads(capsys.readouterr().out)["rows"]
    micro = next(r for r in found if (r["match"], r["scope"], r["label"]) == ("strict", "all", "micro"))
    assert (micro["gold"], micro["predicted"], micro["correct"]) == (5, 2, 1)


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param(["--gold-column", "3"], id="the last one by its number"),
        pytest.param(["--predicted-column", "2", "--gold-column", "-2"], id="from both ends"),
    ],
)
def test_a_column_is_not_scored_against_itself(capsys: pytest.CaptureFixture[str], columns: list[str]) -> None:
    write("both.conll", COLUMNS)
    arguments = ["--gold", "both.conll", "--predictions", str(Path("both.conll").resolve())]
    assert main(["score", *arguments, *columns]) == 2
    assert "the same column of both.conll" in capsys.readouterr().err
    assert rows(capsys, *arguments)["strict", "micro"]["correct"] == 3


def test_an_invalid_end_of_a_sentence_is_named_at_its_last_token(capsys: pytest.CaptureFixture[str]) -> None:
    write("g.conll", "-DOCSTART- O\n\nA B-X\n\nC O\nD O\n")
    write("p.conll", "-DOCSTART- O\n\nA S-X\n\nC O\nD O\n")
    assert main(["score", "--gold", "g.conll", "--predictions", "p.conll", "--scheme", "BIOES"]) == 2
    assert "g.conll:3: report g-0001, token 'A': the end of the sentence after B-X" in capsys.readouterr().err


def test_predictions_on_column_gold_are_fitted_to_its_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    write("g.conll", "The O\nU.S. B-LOC\n")
    write("p.jsonl", json.dumps({"report": "g-0001", "mentions": [{"start": 4, "end": 7, "label": "LOC"}]}) + "\n")
    found = rows(capsys, "--gold", "g.conll", "--predictions", "p.jsonl", "scoring.audit=true")
    assert (found["strict", "LOC"]["correct"], found["sequence-strict", "LOC"]["correct"]) == (0, 1)


def test_trims_reach_the_sequence_rows_of_column_files(capsys: pytest.CaptureFixture[str]) -> None:
    write("tr.conll", "the O B-GPE\nKyiv B-GPE I-GPE\n")
    sets = ["--gold-labels", "report", "--predicted-labels", "ontonotes"]
    found = rows(capsys, "--gold", "tr.conll", "--predictions", "tr.conll", *sets)
    assert {found[match, "GPE"]["correct"] for match in ("strict", "sequence-strict", "sequence-conlleval")} == {1}


def test_a_label_must_not_be_called_as_an_average_is(capsys: pytest.CaptureFixture[str]) -> None:
    write("g.conll", "a B-micro B-micro\nb B-X O\n")
    assert main(["score", "--gold", "g.conll", "--predictions", "g.conll"]) == 2
    assert "a label is called micro" in capsys.readouterr().err


def test_undeclared_layers_of_predicted_ann_files_do_not_matter(capsys: pytest.CaptureFixture[str]) -> None:
    gold = brat("gold", GOLD, texts=True, conf=True)
    write("p/a.ann", "T1\tDrug 0 8\tImatinib\nT2\tBlock 9 15\tblocks\nE1\tBlock:T2 Agent:T1\nR1\tX Arg1:T1 Arg2:T1\n")
    write("p/b.ann", "")
    strict = rows(capsys, "--gold", gold, "--predictions", "p")["strict", "micro"]
    assert (strict["predicted"], strict["correct"]) == (1, 1)


def test_notes_go_to_standard_error_where_standard_output_is_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    write("both.conll", COLUMNS)
    assert main(["score", "--gold", "both.conll", "--predictions", "both.conll", "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert "note: no slices: seen" in captured.err
    assert "style (no report has 'style' in its metadata)" in captured.err
    json.loads(captured.out)
