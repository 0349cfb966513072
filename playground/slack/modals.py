"""What people do with a modal: fill it, send it, close it."""

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from playground.shared.values import Answer
from playground.slack import acts, clicks, inputs, payloads
from playground.slack.methods import views
from playground.slack.values import Outcome, Refusal, User, View


class Modals(clicks.Clicks):
    """Modals and what is filled in."""

    async def submit(self, user: User, view: View, values: Mapping[str, Any] | None = None) -> Outcome:
        """values: action_id or block_id -> what `choose` takes, or text; the rest keeps what it holds.

        What Slack's own client refuses (an empty required input) sends nothing: error "required".
        """
        current = self._current(view)
        assert isinstance(current, View)  # noqa: S101  # narrowed: views stay views
        for name, wanted in (values or {}).items():
            await self._fill(user, current, name, wanted)
        state = self._values(user, current)
        errors = inputs.local_errors(current.blocks, state)
        if errors:
            self.world.put_view(structs.replace(current, errors=errors))
            return Outcome(error="required")
        payload = payloads.interaction(self.world, "view_submission", user)
        payload |= {
            "trigger_id": self.platform.tickets.issue_trigger(user.id),
            "view": payloads.with_state(current, state),
            "response_urls": [],
        }
        watch = acts.Watch(self.platform, user)
        answer = await self.outbound.post_payload(payload)
        error = self._after_submit(user, current, answer)
        return structs.replace(watch.answered(answer, error), trigger_id=payload["trigger_id"])

    async def _fill(self, user: User, view: View, name: str, wanted: Any) -> None:  # noqa: ANN401  # what a person picks
        for block in view.blocks:
            for element in payloads.elements(block):
                if name not in {element.get("action_id"), block["block_id"]} or element["type"] in inputs.STATELESS:
                    continue
                option = wanted
                if element["type"] == "external_select" and isinstance(wanted, str):
                    option = await self._offered(user, view, element["action_id"], wanted)
                held = self.world.entered.setdefault((user.id, view.id), {})
                held.setdefault(block["block_id"], {})[element["action_id"]] = inputs.entered(element, option)
                return
        raise LookupError(f"the modal has no input {name!r}")

    def _after_submit(self, user: User, view: View, answer: Answer) -> str | None:
        """Does what response_action says; anything Slack would not understand is a fault, and the modal stays."""
        world = self.world
        error, details = answer.error, []
        body = answer.body if isinstance(answer.body, dict) else {}
        if error is None:
            try:
                match body.get("response_action"):
                    case None:
                        world.close_views(user.id, every=False)
                    case "clear":
                        world.close_views(user.id, every=True)
                    case "errors":
                        world.put_view(structs.replace(view, errors=_checked_errors(view, body.get("errors"))))
                    case "update":
                        views.replaced(self.platform, view, body.get("view"))
                    case "push":
                        stack = world.modals[user.id]
                        world.push_view(views.made(self.platform, user.id, body.get("view") or {}, beneath=stack))
                    case other:
                        raise Refusal("invalid_response_action", errors=[str(other)])  # noqa: TRY301  # the sentence belongs to the case
            except Refusal as refusal:
                error, details = refusal.error, list(refusal.extra.get("errors", ()))
        if error is not None:
            self.platform.fault("view_submission", error, details)
            words = "We had some trouble connecting. Try again?"
            world.put_view(structs.replace(view, errors={"": words}))
        return error

    async def close(self, user: User, view: View) -> Outcome | None:
        """Closes a modal; tells the bot only when the view asked for it (notify_on_close)."""
        current = self._current(view)
        assert isinstance(current, View)  # noqa: S101  # narrowed: views stay views
        state = self._values(user, current)
        self.world.close_views(user.id, every=bool(current.body["clear_on_close"]))
        if not current.body["notify_on_close"]:
            return None
        payload = payloads.interaction(self.world, "view_closed", user)
        payload |= {"view": payloads.with_state(current, state), "is_cleared": bool(current.body["clear_on_close"])}
        watch = acts.Watch(self.platform, user)
        answer = await self.outbound.post_payload(payload)
        return watch.answered(answer, answer.error)


def _checked_errors(view: View, errors: object) -> dict[str, str]:
    inputs_there = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs_there:
        raise Refusal("invalid_errors", errors=[f"errors must name input blocks: {sorted(inputs_there)}"])
    return {str(block_id): str(words) for block_id, words in errors.items()}
