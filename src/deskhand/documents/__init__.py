"""Documents: YAML files to core values, or a list of problems, each with its place.

`yaml_reader` reads a file strictly into nodes that know their line and column; `models*` say which keys there are, and the
JSON Schema for editors comes from them; `compile_*` turn what is valid into core values; `lint` looks at the whole.
"""
