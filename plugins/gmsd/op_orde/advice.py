"""What each kind of remark usually means, of entry or of conversion by the software, and what a coordinator can do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """Two texts for a coordinator."""

    meaning: str
    action: str


ADVICE = {
    "deel_ontbreekt": Advice(
        "Meestal ontbreekt een deel van het bestand: de export is afgebroken, of een aanbieder of wijk is niet meegekomen. "
        "Dat komt bijna altijd door het omzetten in de software.",
        "Vergelijk het aantal regels met uw eigen administratie. Ontbreekt er iets, maak het bestand dan opnieuw en lever een correctie.",
    ),
    "te_veel": Advice(
        "Meestal loopt in het bestand ondersteuning door die al is geëindigd, of staan personen onder twee nummers. "
        "Het eerste is een kwestie van invoeren, het tweede van omzetten in de software.",
        "Zoek een paar cliënten op die vorig halfjaar niet in het bestand stonden. Horen zij er niet in, lever dan een correctie.",
    ),
    "codes_verwisseld": Advice(
        "Meestal is de ene code voor de andere gebruikt. Dat komt door een vertaaltabel in de software, zelden door het invoeren.",
        "Zoek een paar cliënten met deze ondersteuning op en kijk welke code zij in het bestand hebben. "
        "Klopt die niet, laat dan de software aanpassen en lever een correctie.",
    ),
    "groep_leeg": Advice(
        "Meestal ontbreekt een bron: deze ondersteuning staat in een ander systeem, dat bij het omzetten niet is meegenomen.",
        "Ga na uit welk systeem deze ondersteuning komt. Is het vergeten, lever dan een correctie. "
        "Biedt uw gemeente haar niet aan, laat dat dan in een toelichting weten.",
    ),
    "groep_veranderd": Advice(
        "Meestal is er in de gemeente iets veranderd, zoals een contract of een regeling, of zijn codes anders gebruikt. "
        "Dat laatste is een kwestie van invoeren.",
        "Weet u de reden, dan hoeft u niets te doen; u kunt haar in een toelichting laten zetten. "
        "Weet u haar niet, vraag dan na of er codes zijn gewijzigd.",
    ),
    "type_leeg": Advice(
        "Meestal staat deze ondersteuning onder een andere code of in een systeem dat niet is meegenomen. "
        "Dat komt door het omzetten in de software.",
        "Zoek een paar cliënten met deze ondersteuning op in het bestand. Ontbreken zij of staat er een andere code, "
        "lever dan een correctie.",
    ),
    "stand_lager": Advice(
        "Meestal zijn arrangementen uit het bestand gevallen die in het halfjaar zijn geëindigd. "
        "Dat komt door een keuze in de software: alleen wat nu nog loopt, wordt omgezet.",
        "Kijk of alles wat in het halfjaar liep in het bestand staat, ook wat inmiddels is geëindigd. Zo niet, lever dan een correctie.",
    ),
    "stand_hoger": Advice(
        "Meestal zijn begindatums achteraf ingevoerd of gewijzigd, of was het vorige bestand niet compleet.",
        "Zoek een paar arrangementen op die voor dit halfjaar begonnen en niet in uw vorige bestand stonden.",
    ),
    "einddatums_leeg": Advice(
        "Meestal is de einddatum bij het omzetten weggevallen: de software vult het veld niet of leest de verkeerde kolom.",
        "Zoek een paar cliënten op van wie de ondersteuning in dit halfjaar is gestopt. Staat hun einddatum niet in het bestand, "
        "laat dan de software aanpassen en lever een correctie.",
    ),
    "minder_einddatums": Advice(
        "Meestal zijn einddatums nog niet ingevoerd, of is een deel bij het omzetten weggevallen.",
        "Zoek een paar cliënten op van wie de ondersteuning in dit halfjaar is gestopt. Staat hun einddatum niet in het bestand, "
        "lever dan een correctie.",
    ),
    "meer_einddatums": Advice(
        "Meestal is een geplande einddatum ingevuld bij ondersteuning die doorloopt. Dat is een kwestie van invoeren.",
        "Zoek een paar cliënten op van wie de ondersteuning doorloopt. Staat er een einddatum in het bestand die niet klopt, "
        "lever dan een correctie.",
    ),
    "leveringsvorm": Advice(
        "Meestal zijn de codes voor zorg in natura (1) en pgb (2) verwisseld bij het omzetten in de software.",
        "Zoek een paar cliënten met een pgb op en kijk welke leveringsvorm zij in het bestand hebben.",
    ),
    "dubbele_regels": Advice(
        "Meestal is het bestand twee keer achter elkaar gezet, of heeft een koppeling van tabellen in de software regels herhaald.",
        "Haal de dubbele regels weg en kijk of er geen andere regels door ontbreken. Lever daarna een correctie.",
    ),
    "onbekende_personen": Advice(
        "Die regels tellen als arrangement, maar niet als cliënt: uw aantal cliënten wordt te laag. "
        "Meestal is het BSN niet ingevoerd, soms laat de software het weg.",
        "Vul waar dat kan het echte BSN in en lever een correctie.",
    ),
    "buiten_halfjaar": Advice(
        "Die regels tellen niet mee. Meestal is bij het omzetten een verkeerde periode gekozen.",
        "Kijk of u het bestand van het goede halfjaar hebt geleverd. Is het het goede, dan hoeft u niets te doen.",
    ),
}
"""By the kind of a remark."""
