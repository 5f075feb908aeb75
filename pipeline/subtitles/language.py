"""What the stages must know of a language: its small words and its abbreviations. Data only; words in lower case."""

from typing import NamedTuple


class Language(NamedTuple):
    """Small words by what they do in a sentence; elided forms (l', qu') are written with the apostrophe."""

    articles: frozenset[str] = frozenset()
    """Articles and other determiners: they stay with their noun."""
    pronouns: frozenset[str] = frozenset()
    """Subject and reflexive pronouns: they stay with their verb."""
    auxiliaries: frozenset[str] = frozenset()
    """They stay with the verb after them."""
    negations: frozenset[str] = frozenset()
    """They stay with the verb on both sides of them."""
    prepositions: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()
    """And relative pronouns: a clause begins here."""
    titles: frozenset[str] = frozenset()
    """Abbreviations before a name; they never end a sentence. Without their point."""
    counters: frozenset[str] = frozenset()
    """Abbreviations before a number; before anything else their point ends a sentence."""
    abbreviations: frozenset[str] = frozenset()
    """Others: they end a sentence only if a capital or a pause follows."""
    ordinal_point: bool = False
    """`3.` is an ordinal number and ends no sentence."""


def language(code: str) -> Language:
    """What is known of a language by its ISO 639-1 code; of an unknown one, nothing."""
    return _LANGUAGES.get(code, _NOTHING)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NOTHING = Language()
_LANGUAGES = {
    "en": Language(
        articles=_words("a an the this that these those my your his her its our their some any every each no another"),
        pronouns=_words("i you he she it we they who there let's i'm you're he's she's it's we're they're"),
        auxiliaries=_words(
            "am is are was were be been being have has had having do does did will would shall should can could "
            "may might must i've you've we've they've i'll you'll we'll they'll he'll she'll it'll i'd you'd "
            "we'd they'd never don't doesn't didn't won't can't cannot isn't aren't wasn't weren't haven't hasn't"
        ),
        negations=_words("not"),
        prepositions=_words(
            "of to in on at by for with from into about against between through during before after above below "
            "over under without within towards toward among across behind beyond near since until upon like as "
            "than"
        ),
        conjunctions=_words(
            "and but or nor so yet because although though while whereas if unless when where which who whom "
            "whose that whether"
        ),
        titles=_words("mr mrs ms dr st prof gen sen rep gov capt lt col sgt rev hon"),
        counters=_words("no nos p pp vol fig art"),
        abbreviations=_words("etc vs e.g i.e jr sr inc ltd co a.m p.m u.s u.k approx"),
    ),
    "fr": Language(
        articles=_words(
            "le la les l' un une des du au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos "
            "votre vos leur leurs quelque quelques chaque tout toute tous toutes plusieurs quel quelle quels "
            "quelles aucun aucune deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente "
            "quarante cinquante soixante cent cents mille"
        ),
        pronouns=_words("ne n' je j' tu il elle on nous vous ils elles se s' me m' te t' y en lui c' ça qui"),
        auxiliaries=_words(
            "ai as a avons avez ont avais avait avions aviez avaient aurai aura aurons aurez auront aurait "
            "auraient suis es est sommes êtes sont étais était étions étiez étaient sera serons serez seront "
            "serait seraient vais vas va allons allez vont peux peut pouvons pouvez peuvent veux veut voulons "
            "voulez veulent dois doit devons devez doivent faut j'ai j'avais j'aurai c'est c'était n'est n'ont "
            "n'a n'avons qu'il qu'elle qu'on qu'ils"
        ),
        negations=_words("pas plus jamais rien"),
        prepositions=_words(
            "de d' à dans en sur sous par pour avec sans chez vers contre entre depuis pendant avant après "
            "devant derrière dès jusque jusqu' jusqu'à parmi selon malgré comme"
        ),
        conjunctions=_words(
            "et mais ou donc or ni car que qu' qui dont où quand lorsque lorsqu' puisque puisqu' parce si comme "
            "afin tandis"
        ),
        titles=_words("m mm mme mmes mlle mlles me dr pr st ste mgr gén col cap"),
        counters=_words("no n° nos p pp art chap fig vol"),
        abbreviations=_words("etc cf ex env av apr j.-c c.-à-d p.-s tél"),
    ),
    "es": Language(
        articles=_words(
            "el la los las lo un una unos unas al del este esta estos estas ese esa esos esas aquel aquella mi "
            "mis tu tus su sus nuestro nuestra nuestros nuestras vuestro vuestra cada todo toda todos todas "
            "algún alguna ningún"
        ),
        pronouns=_words("yo tú él ella usted nosotros nosotras vosotros ellos ellas ustedes me te se nos os le les"),
        auxiliaries=_words(
            "he has ha hemos habéis han había habías habíamos habían habrá habrán soy eres es somos sois son "
            "era eran fue fueron estoy está estamos están voy va vamos van puede podemos pueden debe debemos "
            "deben"
        ),
        negations=_words("no nunca jamás ni"),
        prepositions=_words(
            "a ante bajo con contra de desde en entre hacia hasta para por según sin sobre tras durante"
        ),
        conjunctions=_words(
            "y e o u pero sino porque que quien quienes cual cuando donde si aunque mientras pues como"
        ),
        titles=_words("sr sra sres srta dr dra d dña prof"),
        counters=_words("núm nº pág art"),
        abbreviations=_words("etc ej aprox ee.uu vd ud uds"),
    ),
    "de": Language(
        articles=_words(
            "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner dieser "
            "diese dieses diesen diesem mein meine dein deine sein seine ihr ihre unser unsere euer eure jeder "
            "jede jedes alle im am zum zur vom beim ins ans"
        ),
        pronouns=_words("ich du er sie es wir ihr man sich mich dich mir dir uns euch"),
        auxiliaries=_words(
            "bin bist ist sind seid war waren habe hast hat haben habt hatte hatten werde wirst wird werden "
            "wurde wurden kann können muss müssen soll sollen will wollen darf dürfen würde würden"
        ),
        negations=_words("nicht nie niemals"),
        prepositions=_words(
            "an auf aus bei bis durch für gegen hinter in mit nach neben ohne seit über um unter von vor "
            "während wegen zu zwischen"
        ),
        conjunctions=_words("und aber oder denn sondern dass weil wenn als ob obwohl damit während wo wie"),
        titles=_words("hr fr dr prof st"),
        counters=_words("nr s art abs bd"),
        abbreviations=_words("z.b d.h u.a usw bzw ca vgl evtl ggf"),
        ordinal_point=True,
    ),
}
