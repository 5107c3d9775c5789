"""The pages behind a mail's links. Looking at one changes nothing, since scanners open every link; its button does.

A token in the address is all that a request needs: there is no cookie that another site's form could borrow.
"""

from aiohttp import web

from adapters.email.render import PAGE
from bot.mailing import Mailing
from bot.model import Verdict
from bot.replies import NoticeReply, RefusalReply
from bot.words import say, spoken

LONGEST_TITLE = 300


class MailPages:
    """The handlers of all pages below ``/mail``."""

    def __init__(self, mailing: Mailing) -> None:
        self._mailing = mailing

    @property
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/mail/confirm", self.confirming),
            web.post("/mail/confirm", self.confirm),
            web.get("/mail/unsubscribe", self.leaving),
            web.post("/mail/unsubscribe", self.leave),
            web.get("/mail/tell", self.telling),
            web.post("/mail/tell", self.tell),
        ]

    async def confirming(self, request: web.Request) -> web.Response:
        begins = await self._mailing.asked_for(_token(request))
        if begins is None:
            return _closed()
        lines = (begins, say("Press the button if you want them. If somebody else asked, close this page."))
        return _page(say("Get these mails?"), lines, button=say("Yes, send them"), request=request)

    async def confirm(self, request: web.Request) -> web.Response:
        begins = await self._mailing.confirm(_token(request))
        if begins is None:
            return _closed()
        return _page(say("Confirmed"), (f"{begins}.", say("Each mail has a link that ends them.")))

    async def leaving(self, request: web.Request) -> web.Response:
        if not await self._mailing.is_for_leaving(_token(request)):
            return _closed()
        lines = (say("Nothing more is sent to this address, and it is forgotten."),)
        return _page(say("No more of these mails?"), lines, button=say("No more mails"), request=request)

    async def leave(self, request: web.Request) -> web.Response:
        """Answer the button, and mail programs that unsubscribe by themselves (RFC 8058)."""
        if not await self._mailing.leave(_token(request)):
            return _closed()
        return _page(say("Done"), (say("No more of these mails are sent to this address; it is forgotten."),))

    async def telling(self, request: web.Request) -> web.Response:
        found = await self._mailing.asked_about(_token(request))
        if found is None:
            return _closed()
        paper, verdict = found
        button = say("I like it") if verdict is Verdict.LIKE else say("Not for me")
        return _page(paper.title[:LONGEST_TITLE], (", ".join(paper.authors[:3]),), button=button, request=request)

    async def tell(self, request: web.Request) -> web.Response:
        answer = await self._mailing.tell(_token(request))
        if answer is None:
            return _closed()
        # Around an answer its own language is spoken, whatever the browser asks for.
        with spoken(answer.language):
            match answer.reply:
                case NoticeReply():
                    return _page(say("Noted"), (answer.reply.text, *answer.reply.lines))
                case RefusalReply():
                    return _page(say("Not noted"), (answer.reply.why,), status=409)
                case _:
                    return _page(say("Noted"), ())


def _closed() -> web.Response:
    why = say("It is too old, or the address was taken back. Ask again in chat: {command}", command="/papers mail")
    return _page(say("This link opens nothing"), (why,), status=404)


def _token(request: web.Request) -> str:
    return request.query.get("t", "")


def _page(
    heading: str, lines: tuple[str, ...], *, status: int = 200, button: str = "", request: web.Request | None = None
) -> web.Response:
    action = request.path_qs if request is not None else ""
    html = PAGE.render(heading=heading, lines=[line for line in lines if line], button=button, action=action)
    body = html.encode("utf-8", "replace")
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=body, status=status, content_type="text/html", charset="utf-8", headers=headers)
