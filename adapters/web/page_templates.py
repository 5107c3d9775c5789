"""Day pages and the pages beside them as HTML. Pure: jinja2 escapes everything that a paper or a person wrote."""

from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.readers import SAYING
from adapters.web.render import authors_of, origin_in_words, web_address
from adapters.web.static_files import StaticFiles
from bot.model import Paper
from bot.shown import match_in_words
from bot.words import day_in_words, weekday_in_words

TEMPLATES = Path(__file__).parent / "templates"


def paper_path(paper: Paper, query: str = "") -> str:
    """Return the path of a paper's page, with the search that led to it."""
    path = f"/paper/{quote(paper.id, safe=':/')}"
    return f"{path}?q={quote(query, safe='')}" if query else path


class PageTemplates:
    """Renders the templates below ``templates/pages``."""

    def __init__(self, files: StaticFiles, *, with_playground: bool) -> None:
        """Read and compile the templates.

        Args:
            with_playground: The pages lead to the playground, because there is one.
        """
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "address": web_address,
            "authors": authors_of,
            "day": day_in_words,
            "match": match_in_words,
            "origin": origin_in_words,
            "page": paper_path,
            "weekday": weekday_in_words,
            "encoded": lambda text: quote(text, safe=""),
            "source": lambda name: name.partition("?")[0][:40],
        }
        self._environment.globals |= {
            **SAYING,
            "styles": files.address("pages.css"),
            "icon": files.address("icon.svg"),
            "with_playground": with_playground,
        }
        # Compiled now: the first visitor should not wait for it.
        for name in self._environment.list_templates(filter_func=lambda name: name.startswith("pages/")):
            self._environment.get_template(name)

    def render(self, name: str, **values: object) -> str:
        return self._environment.get_template(f"pages/{name}.html").render(**values)
