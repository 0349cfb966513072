"""Read the numbers that buttons carry: whatever is none of ours is none at all, and never another one."""

_MOST_DIGITS = 4  # more than any of ours has; int() reads no more than some thousand


def below(written: str, limit: int) -> int | None:
    """Read a number from 0 up to below `limit`, in ASCII digits; None for anything else."""
    if not (written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS):
        return None
    number = int(written)
    return number if number < limit else None
