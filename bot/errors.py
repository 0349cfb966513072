"""Faults that a command says in words, apart from the modules that raise them: those need much that others don't."""


class OperatorError(Exception):
    """What was asked cannot be done; says in words what to do instead."""


class AddressTakenError(Exception):
    """Another program listens there already."""


class PlaygroundError(Exception):
    """The playground cannot run; says what to do."""
