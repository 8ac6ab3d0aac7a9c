"""Uploads, redaction, privacy, merging and imports."""

from typing import Any

import pytest

from tests.sandbox.builders import Account


def comments(account: Account, key: int) -> list[Any]:
    """A ticket's comments."""
    rows: list[Any] = account.get(f"/tickets/{key}/comments.json")["comments"]
    return rows


def test_an_upload_is_attached_by_its_token(account: Account) -> None:
    """A file uploaded first is attached to the comment that names its token."""
    upload = account.call("POST", "/uploads.json?filename=log.txt", b"hello", content_type="text/plain").json()[
        "upload"
    ]
    ticket = account.ticket()
    account.put(f"/tickets/{ticket.id}.json", {"ticket": {"comment": {"body": "see", "uploads": [upload["token"]]}}})
    files = comments(account, ticket.id)[-1]["attachments"]
    assert [(file["file_name"], file["size"]) for file in files] == [("log.txt", 5)]
    assert account.get(f"/attachments/{files[0]['id']}.json")["attachment"]["content_type"] == "text/plain"


def test_a_text_is_redacted_for_good(account: Account) -> None:
    """Redacting blacks the text out in the comment and in the description; a text that is not there answers 422."""
    ticket = account.ticket(comment={"body": "my card is 1234"})
    path = f"/tickets/{ticket.id}/comments/{comments(account, ticket.id)[0]['id']}/redact.json"
    account.put(path, {"text": "1234"})
    assert comments(account, ticket.id)[0]["body"] == ticket.description == "my card is ▇▇▇▇"
    assert account.call("PUT", path, {"text": "1234"}).status == 422


def test_a_public_comment_becomes_an_internal_note(account: Account) -> None:
    """make_private hides a comment and leaves an event in the audits."""
    ticket = account.ticket()
    account.put(f"/tickets/{ticket.id}/comments/{comments(account, ticket.id)[0]['id']}/make_private.json", {})
    assert comments(account, ticket.id)[0]["public"] is False
    assert ticket.is_public is False


def test_merging_closes_the_source_and_tells_both(account: Account) -> None:
    """The source is closed and tagged, both have a comment, and the target takes over the tags."""
    target, source = account.ticket(tags=["a"]), account.ticket(tags=["b"])
    job = account.job(
        account.call(
            "POST", f"/tickets/{target.id}/merge.json", {"ids": [source.id], "target_comment": "joined"}
        ).json()
    )
    assert job["results"] == [{"id": source.id, "action": "merge", "success": True, "status": "Merged"}]
    assert (source.status, source.tags, target.tags) == ("closed", ("b", "closed_by_merge"), ("a", "b"))
    assert [row["body"] for row in comments(account, target.id)][-1] == "joined"
    assert account.call("POST", f"/tickets/{target.id}/merge.json", {"ids": [target.id]}).status == 400


def test_an_imported_ticket_keeps_its_times_and_runs_no_trigger(account: Account) -> None:
    """An import takes created_at, dated comments and solved_at, and triggers stay away."""
    account.world.add_rule(
        "triggers",
        "All",
        actions=[{"field": "current_tags", "value": "t"}],
        conditions={"all": [{"field": "update_type", "operator": "is", "value": "Create"}]},
    )
    facts = {
        "requester_id": account.customer, "subject": "Old", "status": "solved", "created_at": "2026-01-02T03:04:05Z", "solved_at": "2026-01-03T03:04:05Z",
        "comments": [{"author_id": account.customer, "body": "one"}, {"author_id": account.agent, "body": "two", "created_at": "2026-01-02T04:04:05Z"}],
    }  # fmt: skip
    made = account.call("POST", "/imports/tickets.json", {"ticket": facts})
    assert made.status == 201
    ticket = made.json()["ticket"]
    assert (ticket["created_at"], ticket["status"], ticket["tags"]) == ("2026-01-02T03:04:05Z", "solved", [])
    assert [row["created_at"] for row in comments(account, ticket["id"])] == [
        "2026-01-02T03:04:05Z",
        "2026-01-02T04:04:05Z",
    ]
    assert (
        account.get(f"/tickets/{ticket['id']}/metrics.json")["ticket_metric"]["reply_time_in_minutes"]["calendar"] == 60
    )


@pytest.mark.parametrize("body", [{}, {"text": ""}])
def test_redaction_needs_a_text(account: Account, body: dict[str, str]) -> None:
    """Without a text, redaction answers 400."""
    ticket = account.ticket()
    assert (
        account.call(
            "PUT", f"/tickets/{ticket.id}/comments/{comments(account, ticket.id)[0]['id']}/redact.json", body
        ).status
        == 400
    )


def test_marked_parts_of_a_comment_are_blacked_out(account: Account) -> None:
    """What the HTML of a redaction marks goes from the comment and from the ticket's description."""
    ticket = account.ticket(comment={"body": "My number is 4711 & more"})
    [comment] = account.get(f"/tickets/{ticket.id}/comments.json")["comments"]
    body = {
        "ticket_id": ticket.id,
        "html_body": '<div class="zd-comment">My number is <redact>4711 &amp;</redact> more</div>',
    }

    redacted = account.put(f"/comment_redactions/{comment['id']}.json", body)["comment"]

    assert redacted["body"] == "My number is ▇▇▇▇▇▇ more"
    assert account.get(f"/tickets/{ticket.id}.json")["ticket"]["description"] == redacted["body"]
    assert account.call("PUT", "/comment_redactions/7.json", body).status == 404


def test_the_type_of_a_file_follows_its_name_where_nothing_else_is_said(account: Account) -> None:
    """A file sent as mere bytes is of the type that its name tells; a type that was sent stays."""
    sent = {
        "a.txt": "application/binary",
        "b.png": "application/octet-stream",
        "c.txt": "text/csv",
        "d.odd": "application/binary",
    }
    made = {
        name: account.call("POST", f"/uploads.json?filename={name}", b"x", content_type=kind).json()
        for name, kind in sent.items()
    }

    types = {name: body["upload"]["attachment"]["content_type"] for name, body in made.items()}
    assert types == {"a.txt": "text/plain", "b.png": "image/png", "c.txt": "text/csv", "d.odd": "application/binary"}


def test_the_answer_to_a_redaction_shows_the_file_as_it_was(account: Account) -> None:
    """A redacted attachment is answered as it was and is empty from then on."""
    token = account.call("POST", "/uploads.json?filename=a.txt", b"secret", content_type="text/plain").json()["upload"][
        "token"
    ]
    ticket = account.ticket()
    account.put(f"/tickets/{ticket.id}.json", {"ticket": {"comment": {"body": "File", "uploads": token}}})
    comment = account.get(f"/tickets/{ticket.id}/comments.json")["comments"][-1]
    [file] = comment["attachments"]

    answer = account.put(f"/tickets/{ticket.id}/comments/{comment['id']}/attachments/{file['id']}/redact.json", {})

    assert answer["attachment"] == file
    assert "token" not in file
    after = account.get(f"/tickets/{ticket.id}/comments.json")["comments"][-1]["attachments"][0]
    assert (after["file_name"], after["size"]) == ("redacted.txt", 1)
