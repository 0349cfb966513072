"""Every reason why a tip did not come is said in words, with what to do about it where something helps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cards import compose_tips, compose_tips_doctor, compose_tips_notices, reasons, text
from cards.compose_tips import TipsState
from cards.compose_tips_doctor import PastTip
from content.library import load

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ON = TipsState("C1", "on", zone="Europe/Paris", next_at=NOW)


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
        ("unknown", "restored from a backup", "the database was restored from a backup", "look whether it is there"),
        ("unknown", "lease expired", "the bot was stopped while it was being posted", "press Send it now"),
        ("unknown", "fatal_error", "may or may not have been posted: the answer was lost", "press Send it now"),
    ],
)
def test_a_reason_is_said_with_what_helps(state: str, reason: str, said: str, advice: str) -> None:
    """The doctor's line has the words, and its advice is there exactly where something helps."""
    words = text.message(compose_tips_doctor.doctor(ON, [PastTip(NOW, "A tip", state, reason, "d" * 32)], NOW))
    assert said in words + "\n"
    assert ("What you can do" in words) == bool(advice)
    assert advice in words


@pytest.mark.parametrize("code", ["zone-unknown", "introduction-unknown", "app_uninstalled", "made_up_by_slack"])
def test_a_pause_ends_with_what_to_press(code: str) -> None:
    """Why tips are paused always leads to Resume, even for a code that has no words yet."""
    assert reasons.sentence(code, "press Resume").endswith(("then press Resume.", ", press Resume."))


def test_what_kept_a_tip_away_is_no_advice_once_a_later_one_went_out() -> None:
    """Nobody is told to invite a bot that has posted since; an extra one by hand settles nothing."""
    refused = PastTip(NOW, "A tip", "failed", "not_in_channel", "d" * 32)
    later = PastTip(NOW + timedelta(days=7), "Another", "sent", "", "e" * 32)
    assert "/invite" not in text.message(compose_tips_doctor.doctor(ON, [later, refused], NOW))
    extra = replace(later, is_extra=True)
    assert "/invite" in text.message(compose_tips_doctor.doctor(ON, [extra, refused], NOW))


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found"])
def test_nobody_is_asked_to_invite_the_bot_into_a_direct_message(code: str) -> None:
    """One person's own tips: another sentence, on each card that has one."""
    mine = TipsState("U1", "paused", zone="Europe/Paris", reason=code, is_personal=True)
    past = [PastTip(NOW, "A tip", "failed", code, "d" * 32)]
    cards = compose_tips.settings(mine), compose_tips_doctor.doctor(mine, past, NOW)
    for card in (*cards, compose_tips_notices.paused_notice(mine), compose_tips_notices.not_started(mine, code)):
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
    card = compose_tips.preview(library, library.tips[0], TipsState("C1", state, is_personal=is_personal))
    assert words in text.message(card)
