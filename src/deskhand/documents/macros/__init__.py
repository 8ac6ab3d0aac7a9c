"""Macro templates: YAML files to the macros that an environment should have, or a list of everything that is wrong.

models    which keys the files have            words      the words for actions
folder    all files of a folder                template   << >> and <% %>, variables and partials
rich      Markdown and HTML to one fixed form  compile    a file and an environment to wanted macros
lint      what is allowed and most likely wrong, rule by rule; lint_text, lint_locale and placeholders belong to it
preview   a reply as the customer would see it
writing   macros of an account as YAML         patch      changes made in Zendesk, as changes of the YAML
schema    the JSON Schema for editors
"""
