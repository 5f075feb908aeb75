"""Past one machine: many recordings on many workers, which are processes here or actors of a Ray cluster.

A recording is a session like any other (`session.py`); its recogniser and its local translators are `shared`, and have
workers do the work. So has the second pass its blocks heard.
"""
