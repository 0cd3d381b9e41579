"""Renders the wire as JavaScript, JSON Schema and Markdown from its one definition in Python.

`catalogue` reads the message classes, `wording` names their types, each renderer makes the text of
one file, `outputs` knows the files. Nothing here needs Django; `manage.py generate_protocol` is the
way in.
"""
