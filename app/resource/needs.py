"""What people come for: the kinds of help, and how a listing's words tell which of them it gives."""

import re
from collections.abc import Iterable

from app.language import _, lazy

NEEDS = {
    "housing": lazy("A place to live"),
    "food": lazy("Food"),
    "transport": lazy("Getting around"),
    "benefits": lazy("Money and benefits"),
    "employment": lazy("Work"),
    "education": lazy("School and training"),
    "legal": lazy("Legal help and court"),
    "therapy": lazy("Therapy and counseling"),
    "recovery": lazy("Recovery from alcohol or drugs"),
    "medical": lazy("Health care"),
    "psychiatric": lazy("Psychiatric care and medication"),
    "family": lazy("Family and children"),
    "peer": lazy("Support from peers"),
}
# People type these in either language; a listing of that kind is found by them whatever its own words are.
ALSO = {
    "housing": "housing shelter rent vivienda alojamiento refugio alquiler renta",
    "food": "food groceries meals comida alimentos despensa",
    "transport": "transport transportation ride bus transporte viaje",
    "benefits": "benefits money cash beneficios dinero ayuda",
    "employment": "work job employment trabajo empleo",
    "education": "school education training escuela educación clases",
    "legal": "legal lawyer court abogado corte",
    "therapy": "therapy counseling counselling terapia consejería",
    "recovery": "recovery addiction sober recuperación adicción",
    "medical": "doctor clinic health médico clínica salud",
    "psychiatric": "psychiatry psychiatrist medication psiquiatra medicamentos",
    "family": "family children childcare familia niños",
    "peer": "peer support group grupo apoyo",
}
_SIGNS = {
    "housing": r"housing|shelters?|homeless|evictions?|rent(al)? assistance|transitional living|tenants?|landlords?|foreclosure"
    r"|mortgage|group homes?|assisted living",
    "food": r"food (bank|pantr|stamps|assist|closet|distribution|basket)\w*|emergency food|pantry|soup kitchen|meals?|groceries"
    r"|nutrition\w*|snap\b|wic",
    "transport": r"transportation|transit|paratransit|bus (pass|token|fare)\w*|rides? to|mobility program",
    "benefits": r"public (benefit|assistance)\w*|cash assistance|financial assistance|social security|ssi|ssdi|welfare"
    r"|utility assistance|energy assistance|fuel assistance|entitlements?|medicaid (eligibility|application)\w*|tax(es)? help",
    "employment": r"employment|jobs?|job (training|placement|search)|workforce|career\w*|vocational\w*|resum[eé]s?",
    "education": r"educat\w+|ged|literacy|esl|tutor\w*|schools?|training program\w*|classes|scholarships?",
    "legal": r"legal\w*|attorneys?|lawyers?|court\w*|law|expungement\w*|immigration|rights",
    "therapy": r"therap(y|ist|ists|ies)|counsel(l)?ing|counsel(l)?ors?|mental health|psychotherap\w*|behavioral health",
    "recovery": r"substance (abuse|use)|addict\w*|alcohol\w*|drug (treatment|abuse|rehab)\w*|detox\w*|methadone|sober|recovery"
    r"|narcotics|12[- ]step|gambling",
    "medical": r"medical|clinics?|health (care|center|department|services)|physicians?|doctors?|dental|dentists?|nurs(e|es|ing)"
    r"|hospitals?|immuniz\w*|hiv\w*|pregnan\w*|prenatal|vision|hearing",
    "psychiatric": r"psychiatr\w*|medication management|inpatient mental|psychotropic",
    "family": r"famil(y|ies)|child(ren)?|child ?care|parent\w*|foster|adoption\w*|day ?care|head start|domestic violence",
    "peer": r"peer\w*|support groups?|self-help group\w*|mutual (aid|help|support)|anonymous|drop-in",
}
_SIGN = {need: re.compile(rf"\b({words})\b", re.IGNORECASE) for need, words in _SIGNS.items()}


def needs_of(headline: str, text: str, terms: Iterable[str] = ()) -> list[str]:
    """The kinds of help a listing gives, in our order.

    headline (names, keywords) and terms (of its taxonomy): one word is enough. text: a word counts when it is said twice or
    stands in the first sentence, for descriptions also mention what a service does not do.
    """
    first = re.split(r"(?<=[.;\n])\s", text, maxsplit=1)[0][:300]
    strong = " ".join([headline, *terms, first])
    return [need for need, sign in _SIGN.items() if sign.search(strong) or len(sign.findall(text)) > 1]


def need_name(need: str) -> str:
    """In the reader's language."""
    return _(NEEDS[need])
