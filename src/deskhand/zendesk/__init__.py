"""Everything that speaks Zendesk: feeds that say what changed, tickets as values, conditional writes. The only place for zenpy and for Zendesk's JSON."""
