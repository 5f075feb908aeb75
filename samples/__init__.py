"""Short clips with exact references, made by `python -m samples.make`; nothing of the program imports this package."""
