"""Whatever comes, goes and gives up in whatever order: nobody waits for ever, and nothing stays counted."""

import asyncio
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web.fairness import Allowance, Fairness

NAMES = ("T1", "T2", "T3", "T4")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("ask", "ask", "ask", "give up", "end", "look", "later")),
        st.sampled_from(NAMES),
        st.integers(0, 50),
    ),
    max_size=120,
)


class Crowd:
    """Those who asked, in order; each is waiting, begun, or gone."""

    def __init__(self, together: int, abreast: int, most: int) -> None:
        """Nobody has asked yet."""
        self.now = 0.0
        self.abreast = abreast
        self.fairness = Fairness(
            lambda: self.now, Allowance(together, 10_000, 500.0), at_once=3, beside=1, abreast=abreast, most=most
        )
        self.asked: list[tuple[str, asyncio.Task[bool]]] = []

    def begun(self) -> list[tuple[str, asyncio.Task[bool]]]:
        """Give those whose turn came, and who have not ended."""
        return [
            (name, one) for name, one in self.asked if one.done() and not one.cancelled() and one.exception() is None
        ]

    async def step(self, act: str, name: str, which: int) -> None:
        """Do one thing."""
        match act:
            case "ask":
                self.asked.append((name, asyncio.create_task(self.fairness.begin(name))))
            case "give up" if self.asked:
                self.asked[which % len(self.asked)][1].cancel()
            case "end":
                await self.end(which)
            case "later":
                self.now += which / 10
            case _:
                await asyncio.sleep(0)

    async def end(self, which: int) -> None:
        """End one of those that began; who was refused only goes."""
        standing = self.begun()
        if standing:
            name, task = standing[which % len(standing)]
            self.asked.remove((name, task))
            if task.result():
                self.fairness.end(name)


@settings(max_examples=300, deadline=None)
@given(STEPS, st.integers(1, 5), st.integers(1, 4), st.sampled_from((1, 2, 10)))
def test_all_who_wait_are_given_turns_and_nothing_stays_counted(
    steps: list[tuple[str, str, int]], together: int, abreast: int, most: int
) -> None:
    """Requests that are broken off, in whichever state, take no place with them."""

    async def run() -> None:
        crowd = Crowd(together, abreast, most)
        for act, name, which in steps:
            await crowd.step(act, name, which)
            counted = Counter(name for name, one in crowd.begun() if one.result())
            assert all(count <= together for count in counted.values())
        for _ in range(2_000):  # all that began ends, until nobody is left
            await asyncio.sleep(0)
            crowd.asked = [(name, one) for name, one in crowd.asked if not one.cancelled()]
            if not crowd.asked:
                break
            await crowd.end(0)
        assert crowd.asked == []
        # Everybody has the same chances as at the beginning.
        crowd.now += 3_600
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for name in NAMES:
            async with asyncio.timeout(5):
                assert [await crowd.fairness.begin(name) for _ in range(min(together, abreast))] == [True] * min(
                    together, abreast
                )
            for _ in range(min(together, abreast)):
                crowd.fairness.end(name)

    asyncio.run(run())
