"""`deskhand schema`: the JSON Schema of policy files, for editors."""

from deskhand.cli.output import print_json


def command() -> None:
    """Print the JSON Schema of policy files, for completion and checks in an editor.

    deskhand schema > policies/schema.json, and in a policy file: # yaml-language-server: $schema=schema.json
    """
    from deskhand.documents.schema import schema

    print_json(schema())
