"""The least that carries messages by the rules of the port: one try, and what may be done where its outcome is not known."""

from dataclasses import dataclass, field
from datetime import timedelta

from deskhand.app.service_ports import Channel
from deskhand.core.message import Message, Receipt, Sent
from deskhand.errors import DeskError, RateLimited, Unknown
from deskhand.sandbox import Sandbox


@dataclass
class Carrier:
    """Sends messages by one channel over a sandbox's stand-in, waits on its clock, and remembers what was carried."""

    sandbox: Sandbox
    channel: Channel
    sent: list[Sent] = field(default_factory=list)
    errors: list[DeskError] = field(default_factory=list)

    def carry(self, message: Message, tries: int = 6) -> Receipt | None:
        """The receipt, or None where it was left after an unknown outcome, or never went."""
        unknown = False
        for _ in range(tries):
            try:
                receipt = self.channel.find(message, self.sent) if unknown and self.channel.again == "ask" else None
                receipt = receipt or self.channel.send(message, self.sent)
            except DeskError as error:
                self.errors.append(error)
                unknown = unknown or isinstance(error, Unknown)
                if unknown and self.channel.again == "accept" and message.verb != "page":
                    return None
                wait = error.retry_after if isinstance(error, RateLimited) else 10.0
                self.sandbox.run_until(self.sandbox.clock.now() + timedelta(seconds=wait))
            else:
                self.sent.append(Sent(self.channel.name, message.verb, receipt.ref, message.number))
                return receipt
        return None
