"""What the people of the demo company write: subjects and messages by kind of problem, and the sentences of agents and customers.

Slots in braces are filled from `company_people`: {feature}, {site}, {count}, {hour}, {invoice}.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its `issue_type`, where it arises, how common and how grave it is, and what customers write."""

    issue_type: str
    areas: tuple[str, ...]
    weight: int
    priorities: tuple[int, int, int, int]
    """Weights of low, normal, high and urgent."""
    ticket_type: str
    group: str
    texts: tuple[tuple[str, str], ...]
    """Pairs of subject and first message."""


KINDS = (
    Kind("login", ("identity",), 15, (2, 6, 3, 1), "incident", "Support L1", (
        ("Cannot sign in since the password reset", "I reset my password this morning and the sign-in page still refuses it. I tried two browsers."),
        ("Single sign-on loops back to the login page", "After choosing our identity provider we come back to the same page. {count} colleagues see it."),
        ("Two-factor codes are not accepted", "The codes from my phone are refused since {hour}. The phone's time is right."),
        ("Account locked for a new colleague", "Our new colleague is locked out after the first attempt. Can you unlock the account?"),
    )),
    Kind("billing_question", ("billing",), 14, (4, 8, 2, 0), "question", "Billing", (
        ("Invoice {invoice} shows seats we removed", "We removed {count} seats last month, and invoice {invoice} still charges for them."),
        ("Please send invoice {invoice} again", "Our accounting never received invoice {invoice}. Could you send it once more as PDF?"),
        ("VAT number missing on the invoice", "Our VAT number is in the settings, and the invoice {invoice} does not show it."),
        ("Card payment fails", "The card is valid, and the payment page says it was declined. Nothing was charged."),
    )),
    Kind("webhook_failure", ("webhooks", "api"), 11, (0, 5, 6, 2), "incident", "Support L2", (
        ("Webhooks arrive late or not at all", "Since {hour} our endpoint gets only some of the events. Our logs show no requests for the others."),
        ("Webhook signature does not match", "The signature check fails for about one event in ten. The secret was not changed."),
        ("Deliveries stopped after a timeout", "Our server was slow for ten minutes, and since then nothing is delivered any more."),
    )),
    Kind("performance", ("platform", "dashboard"), 11, (1, 6, 5, 1), "incident", "Support L2", (
        ("The {feature} page takes half a minute to load", "Every page with {feature} is slow since {hour}, for all of us in {site}."),
        ("Searches time out", "A search over the last quarter ends with a time-out. Shorter ranges work."),
        ("Slow imports", "An import of {count} thousand rows ran ten minutes last week and takes two hours now."),
    )),
    Kind("network_outage", ("network",), 6, (0, 1, 4, 5), "incident", "Network Specialists", (
        ("No connection from our {site} office", "Nobody in {site} reaches the service since {hour}. Other sites are fine. The line itself is up."),
        ("VPN tunnel to you is down", "The tunnel dropped at {hour} and does not come back. Phase one completes, phase two does not."),
        ("Packets lost on the way to your data centre", "We see about one packet in five lost behind your edge. A trace is attached."),
    )),
    Kind("data_export", ("reporting", "api"), 9, (2, 7, 2, 0), "problem", "Support L2", (
        ("The nightly export has duplicate rows", "Since the weekend the export of {feature} contains {count} rows twice."),
        ("Export stays at 99 percent", "The export of {feature} was started at {hour} and never finishes."),
        ("Export in the wrong encoding", "Names with accents are broken in the CSV export, and were right a week ago."),
    )),
    Kind("how_to", ("dashboard", "integrations", "mobile"), 12, (7, 8, 1, 0), "question", "Support L1", (
        ("How do we share a {feature} with a partner?", "We would like to show one {feature} to a partner without giving them an account. Is that possible?"),
        ("Where is the setting for time zones?", "Our team in {site} sees the wrong times. Where can I change that?"),
        ("Can we limit who edits {feature}?", "Only two of us should be able to edit {feature}. How is that done?"),
    )),
    Kind("bug", ("platform", "mobile", "integrations"), 9, (1, 6, 4, 1), "problem", "Support L2", (
        ("Saving a {feature} loses the last line", "Whenever I save a {feature} with more than {count} lines the last one is gone."),
        ("The mobile app crashes when opening {feature}", "The app closes by itself as soon as I open {feature}. It began with the update of this week."),
        ("Wrong totals in {feature}", "The total of {feature} does not match the rows. I attach a picture with both."),
    )),
    Kind("cosmetic", ("dashboard", "mobile"), 5, (5, 4, 2, 0), "problem", "Support L1", (
        ("The logo overlaps the menu", "On a narrow window our logo covers the first entry of the menu."),
        ("Typo on the {feature} page", "The heading of the {feature} page is misspelled. No hurry."),
        ("Wrong colour in dark mode", "Buttons on the {feature} page are dark on dark when dark mode is on."),
    )),
    Kind("documentation", ("dashboard", "api"), 4, (6, 4, 1, 0), "question", "Support L1", (
        ("The page about {feature} is out of date", "The help page still shows the old menu for {feature}."),
        ("An example in the API reference fails", "The example for {feature} answers 400 when copied as it stands."),
    )),
    Kind("feature_request", ("dashboard", "integrations"), 5, (7, 4, 1, 0), "task", "Support L1", (
        ("Please add an archive for {feature}", "We would like to put old entries of {feature} away without deleting them."),
        ("Wish: keyboard shortcuts", "Our team works all day in {feature}, and shortcuts would help a lot."),
    )),
    Kind("security", ("identity", "platform"), 3, (0, 2, 4, 2), "incident", "Security Response", (
        ("Sign-ins that we do not know", "The log shows sign-ins from a country where none of us is. We changed the passwords at {hour}."),
        ("A former colleague still has access", "A colleague who left last month can still open {feature}."),
        ("Question from our auditors about encryption", "Our auditors ask how {feature} is encrypted at rest, and want a written answer."),
    )),
)  # fmt: skip

FEATURES = (
    "reports",
    "invoices",
    "dashboard",
    "calendar",
    "inventory",
    "contacts",
    "projects",
    "time sheet",
    "forecast",
)
SITES = ("Leeds", "Porto", "Gdansk", "Lyon", "Utrecht", "Boston", "Graz", "Malmo", "Cork", "Bilbao")

FIRST_REPLIES = (
    "Thank you for writing. I can see your account and look into it now.",
    "Thanks for the details. I am checking this on our side and come back to you within the hour.",
    "I have read your message and started with the logs around the time you name.",
    "Sorry for the trouble. I reproduced part of it and am asking a colleague about the rest.",
)
QUESTIONS = (
    "Could you tell me which browser you use, and send a picture of the whole page?",
    "Please send me the request id and the time of one failed attempt.",
    "Does it happen for all of you, or for one account only?",
    "Could you try once more and tell me the exact time?",
)
ANSWERS = (
    "It happened again just now. I attach what you asked for.",
    "It is the same for everybody here.",
    "Here is the id of the last attempt. The time was two minutes ago.",
    "I tried in a private window: no difference.",
)
NUDGES = (
    "Is there any news? Our people are waiting.",
    "Could you tell us when to expect an answer?",
    "We are still affected.",
)
NOTES = (
    "Seen in the logs: the requests reach us, the answers are slow.",
    "Spoke with the team next door, they see the same from another customer.",
    "Tried on a test account, could not reproduce it yet.",
    "Customer is friendly and in no hurry.",
    "Looking at this now.",
)
HANDOVERS = (
    "Not ours: handing this over with what I found so far.",
    "This needs a closer look than we can give it here.",
)
HOLDS = ("Waiting for the vendor's answer.", "A fix is being built; nothing to do until it is out.")
SOLUTIONS = (
    "This should be mended now. Please write again if you see anything odd.",
    "We found the cause and corrected it. Thank you for your patience.",
    "The setting is changed as you asked.",
)
REOPENINGS = ("Sorry, it is back.", "It worked for an hour and now fails as before.")
NO_ANSWER = ("We have not heard from you for some days and take this as solved. Just write again if it is not.",)
THANKS = ("Thank you, all good now!", "Great, thanks.")
CONTAINED = (
    "The effect is contained: traffic goes over the second line.",
    "The faulty job is switched off, nothing new breaks.",
)
REPRODUCED = ("I can reproduce it every time with a fresh account. Looks like a bug of ours.",)
