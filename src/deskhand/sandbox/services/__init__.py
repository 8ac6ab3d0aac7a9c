"""Stand-ins for the services that carry messages. They share no code with the adapters that speak to them."""
