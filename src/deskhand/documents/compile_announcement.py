"""Public texts: from what was declared to values, with what is wrong with their words."""

import re

from deskhand.core.note import NOTE_VALUES
from deskhand.documents.announcements import FILLED, VALUES, Announcement, Words, wording
from deskhand.documents.gather import Placed
from deskhand.documents.models_escalation import AnnouncementModel
from deskhand.documents.notes import Complaint, compile_note
from deskhand.documents.scope import View
from deskhand.documents.vocabulary import prefixed


def announcement(name: str, placed: Placed[AnnouncementModel], view: View) -> Announcement | None:
    """One public text, or None with what is wrong with its template."""
    model, node = placed.model, placed.node
    words = {word: Words(prefixed(one.field)[1], one.values, one.other) for word, one in model.words.items()}
    for word, one in model.words.items():
        at = node.at(("words", word))
        kind, field = prefixed(one.field)
        if kind != "field":
            hint = "name a drop-down field as field.<name>"
            view.problem(at.at(("field",)), "public words stand for a ticket field's options", "ticket-in-public", hint)
            continue
        view.mention("fields", field, at.at(("field",)))
        for option in one.values:
            view.mention("options", f"{field}={option}", at.at(("values",)).key(option))
    note, complaints = compile_note(f"announcement {name}", model.text, {**VALUES, "words": tuple(words)})
    for complaint in complaints:
        says, check, hint = _told(complaint)
        view.problem(node.at(("text",)), f"{says}, in its line {complaint.line}", check, hint)
    for key, text in (("title", model.title), ("text", model.text)):
        for finding in wording(text):
            view.problem(node.at((key,)), f"'{key}': {finding.message}", finding.check, finding.hint)
    if FILLED.search(model.title):
        view.problem(node.at(("title",)), "a title is plain words", "bad-template", "put values into the text")
    return Announcement(name, model.title, model.next_update or 0, words, note) if note else None


def _told(complaint: Complaint) -> tuple[str, str, str]:
    """A complaint; where it is about what only notes know, the promise that it would break."""
    named = re.match(r"unknown variable '(\w+)", complaint.message)
    if named and named[1] in NOTE_VALUES and named[1] not in VALUES:
        hint = "list the words for a drop-down field's options under 'words'"
        says = complaint.message.replace("unknown variable", "a public text holds nothing of the ticket:")
        return says, "ticket-in-public", hint
    return complaint.message, complaint.check, complaint.hint
