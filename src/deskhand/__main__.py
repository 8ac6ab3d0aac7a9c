"""`python -m deskhand`."""

from deskhand.cli.main import run

if __name__ == "__main__":
    run()
