"""The pure core: values and decisions.

Nothing here reads a clock, a file, the environment or a random source; time is always an argument. What happens in the
world is handed in as frozen values (`Ticket`, `Memory`, `Policy`, an instant) and what should happen is handed back as one
(`Decision`).
"""
