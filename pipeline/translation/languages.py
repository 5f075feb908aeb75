"""The languages a track can be in: ISO 639-1 codes, and how FLORES (and with it NLLB) writes each.

The part after the underscore of a FLORES code is the script (ISO 15924). Source of the codes: the FLORES-200 list of
the NLLB paper; the few that it lacks (Breton, Corsican, Frisian, Latin) are written likewise. This module imports only
`errors`.
"""

from difflib import get_close_matches

from pipeline.errors import SettingsError

_TABLE = """
    af:afr_Latn am:amh_Ethi ar:arb_Arab as:asm_Beng az:azj_Latn ba:bak_Cyrl be:bel_Cyrl bg:bul_Cyrl bn:ben_Beng
    bo:bod_Tibt br:bre_Latn bs:bos_Latn ca:cat_Latn co:cos_Latn cs:ces_Latn cy:cym_Latn da:dan_Latn de:deu_Latn
    el:ell_Grek en:eng_Latn eo:epo_Latn es:spa_Latn et:est_Latn eu:eus_Latn fa:pes_Arab fi:fin_Latn fo:fao_Latn
    fr:fra_Latn fy:fry_Latn ga:gle_Latn gd:gla_Latn gl:glg_Latn gn:grn_Latn gu:guj_Gujr ha:hau_Latn he:heb_Hebr
    hi:hin_Deva hr:hrv_Latn ht:hat_Latn hu:hun_Latn hy:hye_Armn id:ind_Latn ig:ibo_Latn is:isl_Latn it:ita_Latn
    ja:jpn_Jpan jv:jav_Latn ka:kat_Geor kk:kaz_Cyrl km:khm_Khmr kn:kan_Knda ko:kor_Hang ku:kmr_Latn ky:kir_Cyrl
    la:lat_Latn lb:ltz_Latn lg:lug_Latn ln:lin_Latn lo:lao_Laoo lt:lit_Latn lv:lvs_Latn mg:plt_Latn mi:mri_Latn
    mk:mkd_Cyrl ml:mal_Mlym mn:khk_Cyrl mr:mar_Deva ms:zsm_Latn mt:mlt_Latn my:mya_Mymr nb:nob_Latn ne:npi_Deva
    nl:nld_Latn nn:nno_Latn no:nob_Latn ny:nya_Latn oc:oci_Latn or:ory_Orya pa:pan_Guru pl:pol_Latn ps:pbt_Arab
    pt:por_Latn ro:ron_Latn ru:rus_Cyrl rw:kin_Latn sa:san_Deva sd:snd_Arab si:sin_Sinh sk:slk_Latn sl:slv_Latn
    sm:smo_Latn sn:sna_Latn so:som_Latn sq:als_Latn sr:srp_Cyrl su:sun_Latn sv:swe_Latn sw:swh_Latn ta:tam_Taml
    te:tel_Telu tg:tgk_Cyrl th:tha_Thai ti:tir_Ethi tk:tuk_Latn tl:tgl_Latn tr:tur_Latn tt:tat_Cyrl ug:uig_Arab
    uk:ukr_Cyrl ur:urd_Arab uz:uzn_Latn vi:vie_Latn wo:wol_Latn xh:xho_Latn yi:ydd_Hebr yo:yor_Latn zh:zho_Hans
    zu:zul_Latn
"""

FLORES = dict(pair.split(":") for pair in _TABLE.split())
"""From ISO 639-1 to FLORES."""


def check(lang: str) -> str:
    """`lang` itself when it is a known code; SettingsError names the nearest one (`fra`, `FR`, `fr-FR` mean `fr`)."""
    if lang in FLORES:
        return lang
    plain = lang.lower().replace("_", "-").split("-")[0]
    by_three = {flores[:3]: code for code, flores in FLORES.items()}
    near = plain if plain in FLORES else by_three.get(plain[:3], "")
    hint = f"did you mean {near}?" if near else "give its two letters, such as en, es or de"
    raise SettingsError(f"{lang!r} is no language code livesubs knows; {hint}")


def nearest(word: str, words: tuple[str, ...]) -> str:
    """The one of `words` that someone who typed `word` probably meant, else all of them."""
    near = get_close_matches(word.lower(), words, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"choose from {', '.join(words)}"
