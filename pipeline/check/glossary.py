"""The row of the glossary: whether the file of names and terms can be read."""

import msgspec

from pipeline.check.rows import Plan, Row, Rows
from pipeline.errors import SettingsError
from pipeline.names.live import Names
from pipeline.system import program


def glossary(plan: Plan) -> Rows[Plan]:
    """Gives the plan to go on with: one without the file where that is wrong."""
    file = plan.settings.translation.glossary
    if not file:
        return plan
    try:
        terms = Names(file).current.terms
    except SettingsError as error:
        yield Row(row="glossary", ok=False, say=f"{error} (the rows below are tried without it)")
        translation = msgspec.structs.replace(plan.settings.translation, glossary="")
        return msgspec.structs.replace(plan, settings=msgspec.structs.replace(plan.settings, translation=translation))
    names = sum(term.is_name for term in terms)
    more = f"`{program()} glossary check {file}` tells which may be mistaken"
    yield Row(row="glossary", ok=True, say=f"{len(terms)} terms, {names} of them names; {more}")
    return plan
