"""Documents: YAML files to core values, or a list of problems, each with its place.

`yaml_reader` reads a file strictly into nodes that know their line and column; `models*` say which keys there are, and the
JSON Schema for editors comes from them; `compile_*` turn what is valid into core values; `lint` looks at the whole.
"""

from deskhand.documents.check import Report, check
from deskhand.documents.load import Loaded, load_policies, load_text
from deskhand.documents.names import check_names
from deskhand.documents.problems import CHECKS, Problem
from deskhand.documents.rule_tests import TestResult, run_tests
from deskhand.documents.schema import schema

__all__ = [
    "CHECKS",
    "Loaded",
    "Problem",
    "Report",
    "TestResult",
    "check",
    "check_names",
    "load_policies",
    "load_text",
    "run_tests",
    "schema",
]
