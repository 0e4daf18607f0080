"""What can't be done as it was asked for."""


class RefusalError(Exception):
    """A run can't be carried out; the message says why, for the person who asked."""
