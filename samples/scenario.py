"""What is said in the samples, by whom, and what is heard besides; the sentences come from the demo corpus.

Corpus sentences stand as written; composed ones are phrases of the corpus joined, so both models know every word but
have never met the combination. All people are invented.
"""

from dataclasses import dataclass

from models.recipe.corpus import JOINTS, PHRASES, SENTENCES, Pair, finished, load
from models.recipe.speak import Manner


@dataclass(frozen=True, slots=True)
class Speaker:
    """A role, never a person, and the voice that speaks it; `colour` is the card's, RGB."""

    role: str
    manner: Manner
    colour: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, the silence before it in seconds, and whether people clap while it is spoken."""

    speaker: Speaker
    pair: Pair
    before: float = 0.5
    clapped: bool = False


@dataclass(frozen=True, slots=True)
class Interlude:
    """What is heard between two sentences, for so many seconds."""

    kind: str
    """applause, music or pause"""
    seconds: float


HOST = Speaker("Animatrice", Manner("fr+f2", wpm=158, pitch=52, spread=50), (46, 94, 170))
NURSE = Speaker("Intervenante 1", Manner("fr+f4", wpm=152, pitch=46, spread=55), (166, 58, 80))
POSTMAN = Speaker("Intervenant 2", Manner("fr+m3", wpm=160, pitch=44, spread=50), (44, 122, 84))


def _sentences() -> dict[str, Pair]:
    return {pair.fr: pair for name in SENTENCES for pair in load(name)}


def _phrases() -> dict[str, Pair]:
    return {pair.fr: pair for name in PHRASES for pair in load(name)}


def _as_written(fr: str) -> Pair:
    return _sentences()[fr]


def _composed(*phrases: str, stop: str = ".") -> Pair:
    """Phrases of the corpus and joints between clauses, in order."""
    known = _phrases() | {fr: Pair(fr, en) for fr, en in JOINTS}
    parts = [known[phrase] for phrase in phrases]
    fr, en = (" ".join(texts).replace(" , ", ", ").replace("  ", " ") for texts in zip(*parts, strict=True))
    return finished(Pair(fr, en), stop)


RALLY: tuple[Line | Interlude, ...] = (
    Interlude("music", 3.2),
    Line(HOST, _as_written("Bonsoir à toutes et à tous.")),
    Line(HOST, _as_written("Cette salle est pleine à craquer.")),
    Line(
        HOST,
        _composed("nous sommes reliés à vingt villes", ", et ", "nous saluons les camarades de Bruxelles"),
    ),
    Line(HOST, _as_written("La parole est à la représentante des infirmières.")),
    Interlude("applause", 4.5),
    Line(NURSE, _as_written("Les infirmières tiennent l'hôpital à bout de bras.")),
    Line(NURSE, _composed("chers amis,", "nous avons besoin d'infirmières et de médecins")),
    Line(NURSE, _composed("les soignants épuisés", "défendent", "la gratuité des soins")),
    Line(NURSE, _as_written("Nous voulons des hôpitaux ouverts, proches et gratuits.")),
    Line(NURSE, _composed("soyons clairs,", "nous ne pouvons plus attendre")),
    Line(NURSE, _as_written("Vos applaudissements nous donnent de la force."), clapped=True),
    Interlude("pause", 4.0),
    Line(HOST, _as_written("Notre prochain invité n'a plus besoin d'être présenté.")),
    Line(POSTMAN, _as_written("Je suis facteur depuis vingt-deux ans."), before=0.9),
    Line(POSTMAN, _as_written("Ma tournée compte six cents boîtes aux lettres.")),
    Line(POSTMAN, _as_written("Pour certains anciens, je suis l'unique visite de la journée.")),
    Line(POSTMAN, _composed("les facteurs de nos villages", "ne lâcheront rien", "malgré la fatigue")),
    Line(POSTMAN, _composed("nous défendons", "nos bureaux de poste", ", et ", "nous restons debout")),
    Line(POSTMAN, _as_written("Ensemble, nous sommes plus forts que la peur.")),
    Interlude("applause", 3.5),
    Line(HOST, _composed("nous arrivons au terme de cette soirée"), before=0.7),
    Line(HOST, _as_written("La séance est levée, bon retour à tous.")),
    Interlude("pause", 1.5),
)

NOISY: tuple[Line | Interlude, ...] = (
    Interlude("pause", 1.0),
    Line(HOST, _composed("mes amis,", "nous avons recueilli dix mille signatures")),
    Line(HOST, _as_written("Un autre budget est possible, nous l'avons chiffré.")),
    Line(HOST, _composed("les cheminots de la gare du nord", "demandent une augmentation de salaire")),
    Line(HOST, _composed("nous voulons une réponse avant vendredi")),
    Line(POSTMAN, _as_written("Une grève est un dernier recours, jamais un caprice."), before=1.2),
    Line(POSTMAN, _composed("les étudiants de première année", "attendent un logement depuis dix ans")),
    Line(POSTMAN, _composed("nous refusons de choisir entre se chauffer et manger")),
    Line(POSTMAN, _composed("les jeunes des quartiers populaires", "veulent changer", "la réforme du lycée")),
    Line(NURSE, _composed("aujourd'hui,", "nous avons ouvert un débat", "dans chaque quartier"), before=1.2),
    Line(NURSE, _composed("les parents d'élèves", "soutiennent", "la gratuité de la cantine")),
    Line(NURSE, _as_written("La santé mentale de nos adolescents nous préoccupe tous.")),
    Line(NURSE, _composed("après tout,", "nous avons le droit de rêver")),
    Interlude("pause", 1.5),
)
