"""Rate maps from sweeps."""


def possible(result):
    return False


def draw(result):
    yield from ()
