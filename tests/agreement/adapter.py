"""Runs our measures on vectors: `compute(measure, input, params)` gives the keys they expect."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from labeler.agreement import (
    coding,
    competence,
    gamma,
    labels,
    relations,
    resampling,
    spans,
    tokens,
    unitizing,
)
from labeler.agreement.corpus import Corpus, read
from labeler.schema import Entity, Layer, Relation, Tokens

Body = Mapping[str, Any]
Answer = dict[str, Any]


def compute(measure: str, given: Body, params: Body) -> Answer:
    """Compute one measure on the input of a vector."""
    return MEASURES[measure](given, params)


# ---- fixed items -------------------------------------------------------------------------------


def counted(given: Body, params: Body) -> tuple[list[Any], coding.Floats, Any]:
    """Return the categories, items × categories, and how many items each row stands for."""
    declared = params.get("categories") or given.get("labels") or []
    if "rows" in given:
        known = coding.categories(given["rows"], declared)
        codes = coding.codes_of(given["rows"], known)
        return known, coding.counts_of(codes, len(known)), 1.0
    if "matrix" in given:
        return list(declared), *coding.items_of(tabled(given, params))
    counts = np.array(given["counts"], dtype=float).reshape(-1, len(given["labels"]))
    unused = len(declared) - len(given["labels"])
    return list(declared), np.pad(counts, ((0, 0), (0, max(0, unused)))), 1.0


def tabled(given: Body, params: Body) -> coding.Floats:
    """Return the table of two raters."""
    if "matrix" in given:
        table = np.array(given["matrix"], dtype=float)
        unused = max(0, len(params.get("categories") or []) - len(table))
        return np.pad(table, ((0, unused), (0, unused)))
    known = coding.categories(given["rows"], params.get("categories") or [])
    pair = [[*row, None, None][:2] for row in given["rows"]]
    codes = coding.codes_of(pair, known).reshape(-1, 2)
    return coding.table_of(codes[:, 0], codes[:, 1], len(known))


def coefficient(found: coding.Coefficient) -> Answer:
    """Return a coefficient as plain values."""
    return {"value": found.value, "po": found.po, "pe": found.pe, "reason": found.reason}


def observed_agreement(given: Body, params: Body) -> Answer:
    """Return how often pairs of raters agree."""
    _, counts, weights = counted(given, params)
    value = coding.observed_agreement(counts, weights)
    return {"value": value, "reason": None if value is not None else coding.NO_OVERLAP}


def cohen_kappa(given: Body, params: Body) -> Answer:
    """Return Cohen's kappa."""
    return coefficient(coding.cohen_kappa(tabled(given, params)))


def cohen_kappa_ase(given: Body, params: Body) -> Answer:
    """Return Cohen's kappa with its standard error."""
    table = tabled(given, params)
    limits = coding.cohen_kappa_interval(table)
    return {
        **coefficient(coding.cohen_kappa(table)),
        "se": coding.cohen_kappa_error(table),
        "ci95": None if limits is None else list(limits),
    }


def scott_pi(given: Body, params: Body) -> Answer:
    """Return Scott's pi."""
    _, counts, weights = counted(given, params)
    return coefficient(coding.fleiss_kappa(counts, weights))


def fleiss_kappa(given: Body, params: Body) -> Answer:
    """Return Fleiss' kappa, as a whole and by category."""
    known, counts, weights = counted(given, params)
    by_category = coding.fleiss_kappa_by_category(counts, weights)
    return {
        **coefficient(coding.fleiss_kappa(counts, weights)),
        "per_category": dict(zip(map(str, known), by_category, strict=True)),
    }


def gwet_ac1(given: Body, params: Body) -> Answer:
    """Return Gwet's AC1."""
    _, counts, weights = counted(given, params)
    return coefficient(coding.gwet_ac1(counts, weights))


def krippendorff_alpha(given: Body, params: Body) -> Answer:
    """Return Krippendorff's alpha."""
    known, counts, weights = counted(given, params)
    metric = params.get("metric", "nominal")
    found = coding.krippendorff_alpha(counts, weights, metric=metric, values=known)
    return alpha(found)


def alpha(found: coding.Alpha) -> Answer:
    """Return an alpha as plain values."""
    return {
        "value": found.value,
        "Do": found.observed,
        "De": found.expected,
        "n_pairable": found.pairable,
        "po": None if found.observed is None else 1 - found.observed,
        "reason": found.reason,
    }


# ---- documents ---------------------------------------------------------------------------------


def corpus_of(given: Body, params: Body, *, restrict: str = "labels") -> Corpus:
    """Return the documents of a vector as columns, by way of the records that everybody uses.

    Who is asked for but did nothing is there as somebody who worked on no document.
    """
    names = list(dict.fromkeys([*given["annotators"], *(params.get("pair") or ())]))
    names += [f"nobody {at}" for at in range(2 - len(names))]
    work = [
        (
            document["id"],
            document["length"],
            tokens_of(document),
            {
                name: layer_of(name, given["annotations"][name][document["id"]])
                for name in given["annotators"]
                if document["id"] in given["annotations"].get(name, {})
            },
        )
        for document in given["documents"]
    ]
    chosen = {restrict: params["labels"]} if params.get("labels") else {}
    return read(work, names, **chosen)


def tokens_of(document: Body) -> Tokens | None:
    """Return the token borders of a document, if it has any."""
    if document.get("tokens") is None:
        return None
    borders = document["tokens"]
    return Tokens(tuple(b[0] for b in borders), tuple(b[1] for b in borders), "given")


def layer_of(annotator: str, body: Body) -> Layer:
    """Return what one annotator did in a document."""
    entities = tuple(
        Entity(str(span.get("id", f"#{at}")), span["start"], span["end"], span["label"])
        for at, span in enumerate(body.get("spans", ()))
    )
    links = tuple(
        Relation(f"#{at}", str(link["source"]), str(link["target"]), link["label"])
        for at, link in enumerate(body.get("relations", ()))
    )
    return Layer(annotator, status="done", entities=entities, relations=links)


def pair_of(corpus: Corpus, params: Body) -> tuple[int, int]:
    """Return the two annotators asked for, or the first two."""
    a, b = params.get("pair") or corpus.annotators[:2]
    return corpus.annotators.index(a), corpus.annotators.index(b)


def number(value: Any) -> float | None:
    """Return a number, None for not a number."""
    return None if np.isnan(value) else float(value)


def token_alpha(given: Body, params: Body) -> Answer:
    """Return alpha over tokens."""
    corpus = corpus_of(given, params)
    chosen = list(pair_of(corpus, params)) if params.get("pair") else range(len(corpus.annotators))
    found = tokens.runs(corpus, params.get("scheme", "IO"))
    kept = np.isin(found.document, corpus.shared(chosen))
    codes = found.values[list(chosen)][:, kept].T
    return alpha(coding.krippendorff_alpha(coding.counts_of(codes, found.size), found.tokens[kept]))


def token_kappa(given: Body, params: Body) -> Answer:
    """Return Cohen's kappa over tokens."""
    corpus = corpus_of(given, params)
    table = tokens.pair_table(corpus, *pair_of(corpus, params), params.get("scheme", "IO"))
    return coefficient(coding.cohen_kappa(table))


SPAN_F1 = {
    "value": spans.StrictF1(),
    "boundary": spans.BoundaryF1(),
    "type": spans.TypeF1(),
    "overlap": spans.OverlapF1(),
    "partial": spans.PartialF1(),
}


def span_f1(given: Body, params: Body) -> Answer:
    """Return F1 of two annotators, with what they differ on."""
    corpus = corpus_of(given, params)
    a, b = pair_of(corpus, params)
    shared = corpus.shared((a, b))
    values = {
        name: number(measure.value(measure.tabulate(corpus, (a, b)).sum(axis=0)))
        for name, measure in SPAN_F1.items()
    }
    identical, label, boundary, both, first, second = map(
        int, spans.kind_counts(corpus, a, b).sum(axis=0)
    )
    matched = identical + label + boundary + both
    return {
        **values,
        "reason": reason(len(shared), first + second, coding.NO_ANNOTATIONS),
        "documents": [corpus.documents[index] for index in shared],
        "counts": {
            "a": first,
            "b": second,
            "identical": identical,
            "type_diff": label,
            "boundary_diff": boundary,
            "both_diff": both,
            "only_a": first - matched,
            "only_b": second - matched,
        },
        "confusion": spans.confusion(corpus, a, b).to_json(),
    }


def reason(shared: int, something: int, otherwise: str) -> str | None:
    """Return why there is no value, if there is none."""
    if not shared:
        return coding.NO_OVERLAP
    return None if something else otherwise


def mean_pairwise(corpus: Corpus, value: Callable[[int, int], float]) -> Answer:
    """Return the mean and population SD over the pairs that have a value."""
    pairs = list(corpus.pairs())
    values = {(a, b): value(a, b) for a, b in pairs}
    known = [found for found in values.values() if not np.isnan(found)]
    shared = sum(len(corpus.shared(pair)) for pair in pairs)
    return {
        "value": float(np.mean(known)) if known else None,
        "sd": float(np.std(known)) if known else None,
        "reason": reason(shared, len(known), coding.NO_ANNOTATIONS),
        "pairs": {
            f"{corpus.annotators[a]}|{corpus.annotators[b]}": number(found)
            for (a, b), found in values.items()
        },
    }


def span_f1_mean_pairwise(given: Body, params: Body) -> Answer:
    """Return strict F1 over all pairs."""
    corpus, strict = corpus_of(given, params), spans.StrictF1()
    return mean_pairwise(
        corpus, lambda a, b: float(strict.value(strict.tabulate(corpus, (a, b)).sum(axis=0)))
    )


def token_f1_mean_pairwise(given: Body, params: Body) -> Answer:
    """Return F1 of (token, label) pairs over all pairs."""
    corpus = corpus_of(given, params)
    found = tokens.runs(corpus)
    return mean_pairwise(
        corpus,
        lambda a, b: float(spans.f1(*map(np.asarray, tokens.token_matches(corpus, found, a, b)))),
    )


RELATION_F1 = {
    "value": relations.RelationF1(),
    "bounds": relations.RelationBoundsF1(),
    "unlabelled": relations.RelationUnlabelledF1(),
    "given_exact": relations.RelationGivenEntitiesF1(),
    "given_overlap": relations.RelationGivenOverlapF1(),
}


def relation_f1(given: Body, params: Body) -> Answer:
    """Return F1 and label agreement of relations."""
    corpus = corpus_of(given, params, restrict="relation_labels")
    a, b = pair_of(corpus, params)
    pooled = relations.relation_counts(corpus, a, b).sum(axis=0)
    of_both = int(pooled[relations.COLUMNS.index("a")] + pooled[relations.COLUMNS.index("b")])
    exact = labels.same_pair(corpus, a, b).table()
    bounds = labels.same_places(corpus, a, b).table()
    return {
        **{name: number(measure.value(pooled)) for name, measure in RELATION_F1.items()},
        "reason": reason(len(corpus.shared((a, b))), of_both, coding.NO_ANNOTATIONS),
        "label_kappa_same_pair": coding.cohen_kappa(exact).value,
        "label_agreement_same_pair": coding.cohen_kappa(exact).po,
        "n_same_pair": int(exact.sum()),
        "label_kappa_bounds": coding.cohen_kappa(bounds).value,
        "n_same_bounds": int(bounds.sum()),
    }


def relation_candidate_kappa(given: Body, params: Body) -> Answer:
    """Return Cohen's kappa over all that might be linked."""
    corpus = corpus_of(given, params, restrict="relation_labels")
    table = labels.candidates(corpus, *pair_of(corpus, params)).table()
    return {**coefficient(coding.cohen_kappa(table)), "n_candidates": int(table.sum())}


# ---- continua, competence, resampling ----------------------------------------------------------


def units_of(given: Body) -> list[list[unitizing.Unit]]:
    """Return the units of each rater."""
    return [
        [
            unitizing.Unit(unit["start"], unit["end"], str(unit["category"]))
            for unit in given["units"]
            if unit["rater"] == rater
        ]
        for rater in given["raters"]
    ]


def alpha_u(given: Body, params: Body) -> Answer:
    """Return alpha_U of 2004."""
    found = unitizing.alpha_u(units_of(given), given["begin"], given["length"])
    by_category = found.by_category.items()
    return {
        "value": found.value,
        "Do": found.observed,
        "De": found.expected,
        "reason": found.reason,
        "per_category": {name: part.value for name, part in by_category},
        "per_category_Do": {name: part.observed for name, part in by_category},
        "per_category_De": {name: part.expected for name, part in by_category},
    }


def u_alpha(given: Body, params: Body) -> Answer:
    """Return the u-alpha family of 2016."""
    found = unitizing.u_alpha(units_of(given), given["begin"], given["length"])
    return {
        "value": found.value,
        "binary": found.binary,
        "cu": found.cu,
        "reason": found.reason,
    }


def gamma_of(given: Body, params: Body) -> Answer:
    """Return gamma and the disorder of the best alignment."""
    if "shuffle" in str(params.get("sampler")).lower():
        raise NotImplementedError("Chance is drawn from the habits of the annotators only.")
    names = sorted({unit["annotator"] for unit in given["units"]})
    pieces = [
        [
            gamma.Piece(unit["start"], unit["end"], unit["category"])
            for unit in given["units"]
            if unit["annotator"] == name
        ]
        for name in names
    ]
    how = gamma.Dissimilarity(
        params.get("alpha", 1.0), params.get("beta", 1.0), params.get("delta_empty", 1.0)
    )
    found = gamma.gamma(pieces, how)
    return {
        "best_alignment_disorder": found.disorder,
        "gamma": found.value,
        "gamma_cat": found.categories,
        "reason": found.reason,
    }


def gamma_positional_dissimilarity(given: Body, params: Body) -> Answer:
    """Return how far the borders of each two units lie apart."""
    pairs = [[gamma.Piece(*place, "") for place in pair] for pair in given["pairs"]]
    empty = params.get("delta_empty", 1.0)
    return {"values": [gamma.positional(one, other, empty) for one, other in pairs]}


def dawid_skene(given: Body, params: Body) -> Answer:
    """Return estimated prevalence, error rates and accuracy."""
    labels = given["labels"]
    found = competence.dawid_skene(given["responses"], labels)
    return {
        "class_marginals": found.prevalence.tolist(),
        "accuracy": found.accuracy,
        "error_rates": {name: Rates(labels, rates) for name, rates in found.errors.items()},
    }


class Rates(dict[str, dict[str, float]]):
    """Error rates true × said, read by label and by place alike."""

    def __init__(self, labels: Sequence[str], rates: coding.Floats) -> None:
        rows = [Row(zip(labels, row, strict=True)) for row in rates.tolist()]
        super().__init__(zip(labels, rows, strict=True))

    def __iter__(self) -> Any:
        return iter(self.values())


class Row(dict[str, float]):
    """One row of error rates."""

    def __iter__(self) -> Any:
        return iter(self.values())


def bootstrap_ci(given: Body, params: Body) -> Answer:
    """Return F1 with its interval over resampled documents."""
    counts = np.array(given["per_document"], dtype=float).reshape(-1, 3)
    rows = np.arange(len(counts))
    (pooled,) = resampling.pool([(rows, counts)], rows, 10_000, 0)
    values = spans.f1(pooled[:, 0], pooled[:, 1], pooled[:, 2])
    limits = resampling.interval(values[1:], params.get("level", 0.95))
    return {
        "value": number(values[0]),
        "ci": None if limits is None else list(limits),
        "se": None if limits is None else float(np.nanstd(values[1:])),
    }


MEASURES: dict[str, Callable[[Body, Body], Answer]] = {
    "observed_agreement": observed_agreement,
    "cohen_kappa": cohen_kappa,
    "cohen_kappa_ase": cohen_kappa_ase,
    "scott_pi": scott_pi,
    "fleiss_kappa": fleiss_kappa,
    "krippendorff_alpha": krippendorff_alpha,
    "gwet_ac1": gwet_ac1,
    "token_alpha": token_alpha,
    "token_kappa": token_kappa,
    "span_f1": span_f1,
    "span_f1_mean_pairwise": span_f1_mean_pairwise,
    "token_f1_mean_pairwise": token_f1_mean_pairwise,
    "relation_f1": relation_f1,
    "relation_candidate_kappa": relation_candidate_kappa,
    "alpha_u": alpha_u,
    "u_alpha": u_alpha,
    "gamma": gamma_of,
    "gamma_positional_dissimilarity": gamma_positional_dissimilarity,
    "dawid_skene": dawid_skene,
    "bootstrap_ci": bootstrap_ci,
}
