"""What scientific English names and cites: addresses, versions, genes, drugs, diseases, species.

Where a scheme has labels for them, these rules are what it is proposed at first; they go by the
shape and the ends of words, as nomenclatures have them, and know few names.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from labeler.suggest.figures import Rule
from labeler.suggest.finds import Find, Words

_ANY = (
    ("URL", 0.95, "web address", r"(?:https?://|ftp://|www\.)[^\s<>\"“”()\[\]{}]*[\w/]"),
    ("EMAIL", 0.95, "e-mail address", r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"),
    ("DOI", 0.95, "DOI", r"\b10\.\d{4,9}/[^\s\"<>]*[\w/]"),
)
"""Label, score, reason and pattern of what all languages write alike."""

_SURNAME = r"[A-Z][\w’'-]+"
_NUMBER = r"\d+(?:\.\d+){0,3}(?:[a-z]\d?|\.x)?"
_CITED = (
    ("CITATION", 0.9, "number in brackets", r"\[\d{1,3}(?: ?[,–-] ?\d{1,3})*\]"),
    (
        "CITATION", 0.85, "names and a year",
        rf"\((?:{_SURNAME}(?: (?:and|&) {_SURNAME}| et al\.?)?,? \d{{4}}[a-z]?(?:; )?)+\)",
    ),
    (
        "VERSION", 0.85, "after “version”",
        rf"\b(?i:versions?|release|ver\.?|v\.?) ?({_NUMBER})(?![\w%])",
    ),
    ("VERSION", 0.65, "after a name", r"\b[A-Z][\w-]*,? (\d+(?:\.\d+){1,3}(?:\.x)?)(?!\w|%|\.\d)"),
)  # fmt: skip

_GREEK = "alpha|beta|gamma|delta|epsilon|kappa|theta|zeta|[αβγδεκθζ]"
_NO_GENE = r"(?!(?:m|t|r|si|mi|c)?[DR]NA|Th\d|HIV|HTLV|HSV|SARS|COVID|II|Hep|HeLa|F\d)"
_GENES = (
    (
        "GENE", 0.75, "spelled as genes are",
        rf"\b{_NO_GENE}(?:[A-Z][A-Za-z]{{1,6}}-?\d{{1,3}}[A-Za-z]{{0,2}}|[a-z]{{1,3}}[A-Z]{{2,5}}\d?"
        rf"|p\d{{2,3}}|[A-Z][A-Za-z]{{1,5}}-?(?:{_GREEK})\w?|NF-?(?:kappa|κ) ?B)(?![\w%])",
    ),
    (
        "GENE", 0.6, "enzyme",
        r"\b[a-z]{2,}(?:kinase|transferase|synthase|reductase|oxidase|protease|phosphatase)s?\b",
    ),
    (
        "GENE", 0.55, "before “gene” or “protein”",
        rf"\b{_NO_GENE}([A-Z][A-Za-z]*[A-Z0-9][\w-]*)(?= (?:genes?|proteins?|mRNAs?|receptors?)\b)",
    ),
)  # fmt: skip

_DRUG_ENDS = (
    "mycin|cillin|statin|olol|prazole|sartan|floxacin|tinib|zepam|zolam|caine|azine|phine|profen"
    "|cycline|oxetine|triptyline|ciclovir|conazole|dipine|parin|platin|rubicin|taxel|idone"
    "|amphetamine|glitazone|formin|thiazide|semide|steroids?|sterone|solone|tropine"
)
_SALTS = "oxides?|chlorides?|sulph?ates?|phosphates?|nitrates?|acetates?|carbonates?|hydroxides?"
_CHEMICALS = (
    "ethanol|methanol|glucose|cocaine|nicotine|caffeine|lithium|calcium|potassium|sodium|dopamine"
    "|serotonin|histamine|heparin|aspirin|ibuprofen|paracetamol|acetaminophen|morphine|ketamine"
    "|adenosine|cyclosporine?|tacrolimus|warfarin|methotrexate|acetylcholine|cholesterol|alcohol"
)
_CHEMISTRY = (
    ("CHEMICAL", 0.75, "ends as drugs do", rf"(?i:\b\w{{3,}}(?:{_DRUG_ENDS})\b)"),
    ("CHEMICAL", 0.85, "salt", rf"(?i:\b[a-z]+(?:um|ic|ous|en|er|nc|on) (?:{_SALTS})\b)"),
    ("CHEMICAL", 0.8, "known chemical", rf"(?i:\b(?:{_CHEMICALS})\b)"),
)

_PARTS = (
    "breast|lung|prostate|colon|colorectal|ovarian|cervical|gastric|hepatic|renal|pancreatic|liver"
    "|kidney|heart|cardiac|coronary artery|pulmonary|cardiovascular|cerebral|brain|bladder|thyroid"
    "|skin|bone|type [12]|type II?|myocardial|congestive heart|respiratory|bipolar|autoimmune"
)
_ILLS = (
    "cancers?|carcinomas?|diseases?|syndromes?|tumou?rs?|diabetes(?: mellitus)?|infections?"
    "|failure|infarction|disorders?|insufficiency|fibrosis|metastas[ei]s|toxicity"
)
_DISEASES = (
    "seizures?|epilepsy|asthma|schizophrenia|hypertension|hypotension|leuka?emia|pneumonia"
    "|tuberculosis|malaria|obesity|stroke|dementia|autism|psoriasis|arthritis|sepsis|influenza"
    "|diabetes(?: mellitus)?|cancers?|bradycardia|tachycardia|ana?emia|COVID-19|AIDS"
)
_MEDICINE = (
    ("DISEASE", 0.8, "named disease", rf"\b[A-Z][\w-]+(?:['’]s)? (?:{_ILLS})\b"),
    ("DISEASE", 0.8, "disease of a part", rf"(?i:\b(?:{_PARTS}) (?:{_ILLS})\b)"),
    ("DISEASE", 0.75, "known disease", rf"(?i:\b(?:{_DISEASES})\b)"),
    (
        "DISEASE", 0.7, "ends as diseases do",
        r"\b[a-z]{4,}(?:itis|omas?|pathy|pathies|emia|algia|uria|plegia)\b",
    ),
)  # fmt: skip

_GENERA = (
    "Homo|Mus|Rattus|Drosophila|Escherichia|Saccharomyces|Caenorhabditis|Arabidopsis|Danio"
    "|Staphylococcus|Streptococcus|Mycobacterium|Bacillus|Plasmodium|Candida|Pseudomonas|Salmonella"
)
_SPECIES = "humans?|mouse|mice|rats?|yeast|zebrafish|rabbits?|HIV(?:-1)?"
_BIOLOGY = (
    ("SPECIES", 0.9, "Latin name", r"\b[A-Z]\. [a-z]{4,}\b"),
    ("SPECIES", 0.9, "Latin name", rf"\b(?:{_GENERA})(?: [a-z]{{4,}})?\b"),
    ("SPECIES", 0.7, "known species", rf"(?i:\b(?:{_SPECIES})\b)"),
)


@lru_cache(maxsize=2)
def _rules(*, english: bool) -> tuple[Rule, ...]:
    more = (*_CITED, *_MEDICINE, *_CHEMISTRY, *_BIOLOGY, *_GENES) if english else ()
    return tuple(
        Rule(label, score, reason, re.compile(pattern))
        for label, score, reason, pattern in (*_ANY, *more)
    )


def science(text: Words, *, english: bool) -> Iterator[Find]:
    """Yield what these rules find, by rule; finds of two rules may overlap."""
    for label, score, reason, pattern in _rules(english=english):
        for match in pattern.finditer(text.text):
            tokens = text.tokens(*match.span(1 if pattern.groups else 0))
            if tokens:
                yield Find(*tokens, label, score, reason)
