"""How the embedded demo models are made: a corpus spoken by espeak-ng, two small networks, CTranslate2 folders.

`python -m models.recipe` runs every step; each step is a module of its own. Needs the `recipe` extra and the system's
espeak-ng. Nothing of the program imports this package.
"""
