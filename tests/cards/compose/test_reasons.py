"""Every reason why a tip did not come is said in words, with what to do about it where something helps."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from cards import reason, text
from cards.compose import notices, reasons
from cards.compose.tips import coming
from cards.compose.tips import doctor as tips_doctor
from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.compose.tips.doctor import PastTip
from cards.compose.tips.state import TipsState
from cards.model import Card, Subject
from cards.reason import Cause, Other, PlatformCode, Reason, SkippedBy, TooLate
from content.inline import Person, Text
from content.library import load
from messengers.slack import errors as slack_codes
from messengers.teams import errors as teams_codes
from store.tables import DeliveryState

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ON = TipsState("C1", "on", zone="Europe/Paris", next_at=NOW)
KNOWN = (
    *slack_codes.SCOPES,
    "restricted_action",
    *teams_codes.SCOPES,
    *(f"http-{status}" for status in teams_codes.STATUSES),
)
OF_TIPS = ("settings", "doctor, paused", "doctor, off", "doctor, on", "paused_notice", "not_started")
UNHEARD_OF = ("made_up_by_slack", "MadeUpByTeams", "Made.Up-1", "http-418", "x")


@pytest.mark.parametrize(
    ("state", "reason", "said", "advice"),
    [
        ("skipped", "skipped by <@U2>", "did not come: @U2 skipped it", ""),
        ("skipped", "skipped by the operator", "did not come: the operator of this bot skipped it", ""),
        ("skipped", "quiet: quiet date", "did not come: quiet date\n", ""),
        ("skipped", "quiet: Christmas Day (DE)", "did not come: quiet date: Christmas Day (DE)", ""),
        ("skipped", "missed while the bot was down", "it was missed while the bot was down", "Send one now makes up"),
        (
            "skipped",
            "more than 12 hours late",
            "did not come: more than 12 hours late",
            "Send one now makes up for it.",
        ),
        ("skipped", "paused", "did not come: tips were paused", ""),
        ("skipped", "content-gone", "its text was removed before it was due", "Send one now makes up for it."),
        (
            "failed",
            "not_in_channel",
            "was refused: I am not a member of this channel",
            "Type /invite @PM Compare there.",
        ),
        ("failed", "restricted_action_thread_only_channel", "does not let me post here", "An admin can change that."),
        ("failed", "token_revoked", "my installation in this workspace has ended", "An admin has to install me again."),
        ("unknown", "restored from a backup", "the database was restored from a backup", "check whether it is there"),
        ("unknown", "lease expired", "the bot was stopped while it was being posted", "press Send it now"),
        ("unknown", "fatal_error", "may or may not have been posted: the answer was lost", "press Send it now"),
    ],
)
def test_a_reason_is_said_with_what_helps(state: str, reason: str, said: str, advice: str) -> None:
    """The doctor's line has the words, and its advice is there exactly where something helps."""
    words = text.message(tips_doctor.doctor(ON, [PastTip(NOW, "A tip", state, reason, "d" * 32)], NOW))
    assert said in words + "\n"
    assert ("What you can do" in words) == bool(advice)
    assert advice in words


def cards_that_say(code: str, *, alone: bool) -> dict[str, Card]:
    """Give every card on which people meet a refusal, of a channel's tips or of one person's own."""
    paused = TipsState("C1", "paused", zone="Europe/Paris", reason=code, is_personal=alone)
    off, on = replace(paused, state="off"), replace(paused, state="on", reason="", next_at=NOW)
    failed = [PastTip(NOW - timedelta(days=1), "A tip", "failed", code, "d" * 32)]
    return {
        "settings": tips_settings.settings(paused),
        "doctor, paused": tips_doctor.doctor(paused, failed, NOW),
        "doctor, off": tips_doctor.doctor(off, (), NOW),
        "doctor, on": tips_doctor.doctor(on, failed, NOW),
        "paused_notice": tips_notices.paused_notice(paused),
        "not_started": tips_notices.not_started(off, code),
        "not_shared": tips_notices.not_shared(code, Subject("dimension", "risks")),
        "could_not_reply": notices.could_not_reply(code),
    }


def every_reason() -> Iterator[Reason]:
    """Give one of every case there is: a cause each, and of the others some value in each field."""
    yield from Cause
    for case in set(get_args(Reason)) - {Cause}:
        (name,) = case.__struct_fields__
        yield case(12.5 if case is TooLate else "words of old" if case is Other else f"a_{name}")
    yield SkippedBy("")
    yield from map(PlatformCode, KNOWN)


def test_every_reason_is_read_back_as_it_was_stored() -> None:
    """Whatever a row holds is the same reason when it is read, and is said in words, in no platform's own way."""
    faults = []
    for one in every_reason():
        if reason.parse(str(one)) != one:
            faults.append(f"{one!r} is read back as {reason.parse(str(one))!r}")
        if not reasons.cause(str(one)).strip() or "<" in str(one):
            faults.append(f"{one!r} has no words, or a platform's")
    assert faults == []


@pytest.mark.parametrize("stored", ["skipped by U2", "skipped by <@U2>"])
def test_who_skipped_a_tip_is_named_as_a_person(stored: str) -> None:
    """Rows hold the id alone, older ones Slack's way to name it: each platform draws its own mention of either."""
    assert reason.parse(stored) == SkippedBy("U2")
    assert reasons.why(stored) == (Person("U2"), Text(" skipped it"))


def test_every_state_of_a_delivery_is_said() -> None:
    """No state that a row may have is without words on the doctor's card."""
    for state in get_args(DeliveryState):
        words = text.message(tips_doctor.doctor(ON, [PastTip(NOW, "A tip", state, "", "d" * 32)], NOW))
        assert "“A tip” " in words


def capital(words: str) -> str:
    """Begin a sentence."""
    return f"{words[:1].upper()}{words[1:]}"


def test_every_refusal_is_said_in_words_and_with_what_to_do() -> None:
    """No card shows a code that a messenger knows, and each ends in what to do; the codes are the messengers' own."""
    faults = []
    for code in KNOWN:
        whole = f"{capital(reasons.cause(code))}. {reasons.remedy(code)}, then press Resume."
        if reasons.sentence(code, "press Resume") != whole:
            faults.append(f"{code}: no sentence of its own that ends in what to do")
        for alone in (False, True):
            for name, card in cards_that_say(code, alone=alone).items():
                said, shown = text.message(card), reasons.in_private(code) if alone and name in OF_TIPS else code
                if code.casefold() in said.casefold():
                    faults.append(f"{code}, {name}: says the code")
                if not reasons.remedy(shown) or reasons.remedy(shown) not in said:
                    faults.append(f"{code}, {name}: does not say what to do")
    assert faults == []


def test_a_code_that_nobody_knows_yet_is_named_as_one() -> None:
    """What a platform thinks of next is no sentence of ours: whoever runs the bot finds it in the log by its name."""
    for code in UNHEARD_OF:
        for name, card in cards_that_say(code, alone=False).items():
            said = text.message(card)
            assert f"he platform refused it with the code “{code}”" in said, name
            assert "Whoever runs this bot can find the details in its log" in said, name


def test_what_may_have_been_posted_is_not_called_by_a_code() -> None:
    """Slack's own doubts are said as one: check whether it is there."""
    for code in slack_codes.UNSURE:
        card = tips_doctor.doctor(ON, [PastTip(NOW, "A tip", "unknown", code, "d" * 32)], NOW)
        assert "may or may not have been posted: the answer was lost" in text.message(card)
        assert code not in text.message(card)


@pytest.mark.parametrize("code", ["zone-unknown", "introduction-unknown", "app_uninstalled", "made_up_by_slack"])
def test_a_pause_ends_with_what_to_press(code: str) -> None:
    """Why tips are paused always leads to Resume, even for a code that has no words yet."""
    assert reasons.sentence(code, "press Resume").endswith(", then press Resume.")


def test_what_kept_a_tip_away_is_no_advice_once_a_later_one_went_out() -> None:
    """Nobody is told to invite a bot that has posted since; an extra one by hand settles nothing."""
    refused = PastTip(NOW, "A tip", "failed", "not_in_channel", "d" * 32)
    later = PastTip(NOW + timedelta(days=7), "Another", "sent", "", "e" * 32)
    assert "/invite" not in text.message(tips_doctor.doctor(ON, [later, refused], NOW))
    extra = replace(later, is_extra=True)
    assert "/invite" in text.message(tips_doctor.doctor(ON, [extra, refused], NOW))


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found"])
def test_nobody_is_asked_to_invite_the_bot_into_a_direct_message(code: str) -> None:
    """One person's own tips: another sentence, on each card that has one."""
    mine = TipsState("U1", "paused", zone="Europe/Paris", reason=code, is_personal=True)
    past = [PastTip(NOW, "A tip", "failed", code, "d" * 32)]
    cards = tips_settings.settings(mine), tips_doctor.doctor(mine, past, NOW)
    for card in (*cards, tips_notices.paused_notice(mine), tips_notices.not_started(mine, code)):
        words = text.message(card)
        assert "I cannot write to you by direct message" in words
        assert "invite" not in words


@pytest.mark.parametrize(
    ("state", "is_personal", "words"),
    [
        ("off", False, "Weekly tips in this channel are off"),
        ("paused", False, "Weekly tips in this channel are paused"),
        ("paused", True, "Your own weekly tips are paused"),
        ("starting", False, "Weekly tips in this channel are about to start."),
    ],
)
def test_a_preview_says_how_the_tips_stand(state: str, *, is_personal: bool, words: str) -> None:
    """Paused is not off, and one's own are not the channel's."""
    library = load(Path("content/ai-pm"))
    card = coming.preview(library, library.tips[0], TipsState("C1", state, is_personal=is_personal))
    assert words in text.message(card)
