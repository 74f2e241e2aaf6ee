"""Text tiles: Markdown in, HTML out that needs nothing from elsewhere and holds nothing that acts."""

from collections.abc import Sequence
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
BLOCKS = {"blockquote", "br", "hr", "li", "ol", "p", "pre", "table", "tbody", "td", "th", "thead", "tr", "ul"}
TAGS = HEADINGS | BLOCKS | {"a", "code", "em", "s", "strong"}
SCHEMES = {"http", "https", "mailto"}


def html_of(text: str) -> SafeString:
    """HTML in the text is text. Tags, attributes and schemes that are not named here do not come out."""
    written = _markdown.render(text.replace("\0", ""))
    clean = nh3.clean(
        written,
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308 - it just was cleaned


def _step_down(state: StateCore) -> None:
    """The page's own title is the only h1, and no level is left out below it."""
    level = 1
    for token in state.tokens:
        if token.type == "heading_open":
            level = min(max(2, int(token.tag[1])), level + 1)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{level}"


def _image(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """A link: fetching the picture would tell somebody else who looks."""
    address = tokens[place].attrGet("src") or ""
    return f'<a href="{escape(address)}">{escape(tokens[place].content or address)}</a>'


_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_markdown.core.ruler.push("step_down", _step_down)
_markdown.add_render_rule("image", _image)
