"""What clients read of an account's settings."""

from deskhand.sandbox import Options
from tests.sandbox.builders import Account


def test_settings_fit_the_account() -> None:
    """Settings that follow from the account's options and records follow them."""
    account = Account(Options(plan_has_slas=False, password_access=True))
    settings = account.get("/account/settings.json")["settings"]

    assert settings["active_features"]["sla_policy"] is False
    assert settings["api"]["api_password_access"] == "true"
    assert settings["brands"]["default_brand_id"] == account.world.default_id("brands")
    assert settings["limits"] == {"attachment_size": 52_428_800}


def test_every_flag_is_a_flag(account: Account) -> None:
    """What is switched on is among the flags of its group."""
    groups = account.get("/account/settings.json")["settings"]

    for name in ("active_features", "agents", "side_conversations", "google_apps"):
        assert {type(value) for value in groups[name].values()} == {bool}
    assert groups["tickets"]["tagging"] is True
