"""One page a build: a self-contained HTML file with pictures, tables, reasons and sources.

The page loads nothing: styles and script are inside, and a content policy allows no others. Everything it
shows is computed from the fabric and its roll-up, and the same input gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from topogen.draw.shown.finding import alert_words, finding
from topogen.draw.shown.heading import title_of
from topogen.export import export_bytes
from topogen.export.options import DEFAULT
from topogen.page.cards import cards
from topogen.page.charts import charts
from topogen.page.file_names import renamed, renamed_options, renamed_text, short_names
from topogen.page.leads import leads, made_of
from topogen.page.pictures import pictures
from topogen.page.reasons import reasons
from topogen.page.schedule import schedule
from topogen.page.sources import source_ids, what_money_rests_on
from topogen.page.tables import tables, with_kinds
from topogen.plot.render import render_svg
from topogen.takeoff.basis_line import footer_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.plot.theme import Spec
    from topogen.takeoff.roll_up import RollUp

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def to_html(
    fabric: Fabric,
    roll_up: RollUp,
    options: Options = DEFAULT,
    *,
    follow: str = "",
    render: Callable[[Spec], str] = render_svg,
    read: Callable[[str], bytes] | None = None,
) -> str:
    """Return the page of a build.

    Parameters
    ----------
    fabric, roll_up
        The built fabric, counted and valued.
    options
        Revisions, expectations and published figures, as of the other files of a build.
    follow
        Where a served page hears of changes; without it the page connects to nothing.
    render
        What makes an SVG of the specification of a chart.
    read
        What returns a file of the build by its name, where files are written already.
    """
    read = read or (lambda name: b"".join(export_bytes(name, fabric, roll_up, options)))
    script, style = (_text(name) for name in ("page.js", "page.css"))
    names = short_names(fabric)
    options = renamed_options(options, names)
    shown = [
        with_kinds(one, fabric.catalog) if one.id == "link_classes" else one for one in tables(options, read)
    ]
    shown += what_money_rests_on(fabric, roll_up, shown)
    named = reasons(renamed(fabric, names), roll_up, options)
    lines, line_count = schedule(fabric, options, read)
    made = made_of(fabric.catalog, roll_up)
    page = _environment().get_template("page.html.jinja")
    return page.render(
        name=fabric.name,
        title=title_of(fabric),
        finding=finding(fabric, roll_up),
        alert=alert_words(fabric),
        status=fabric.spec.status or "",
        basis=footer_of(fabric, roll_up),
        options=options,
        cards=cards(fabric, roll_up, options),
        pictures=pictures(fabric, roll_up, leads([*shown, lines], made)),
        made_of=made,
        charts=charts(fabric, roll_up, render),
        tables=[one for one in shown if one.id != "sources"],
        sources=[one for one in shown if one.id == "sources"],
        schedule=lines,
        line_count=line_count,
        links=roll_up.totals.links,
        reasons=named.items,
        excerpts=named.excerpts,
        leads={
            "part": {one.what: one.id for one in named.items},
            "source": source_ids(shown),
        },
        table_ids={one.id for one in shown},
        warnings=[renamed_text(str(one), names) for one in (*fabric.warnings, *roll_up.warnings)],
        script=Markup(script),  # noqa: S704 - our own file
        style=Markup(style),  # noqa: S704 - our own file
        policy=_policy(script, follow),
        follow=follow,
    )


def render_template(name: str, **values: object) -> str:
    """Return a page without a script of its own."""
    style = Markup(_text("page.css"))  # noqa: S704 - our own file
    policy = POLICY.replace("img-src data:", "img-src 'self' data:")
    return _environment().get_template(name).render(style=style, policy=policy, **values)


def empty_page(follow: str) -> str:
    """Return a page with nothing on it yet that loads again when it hears of a change."""
    script = _text("page.js")
    page = _environment().get_template("empty.html.jinja")
    return page.render(script=Markup(script), policy=_policy(script, follow), follow=follow)  # noqa: S704 - ours


def _policy(script: str, follow: str) -> str:
    """Return what a browser may do with the page: run its one script, connect to nothing or to its server."""
    connect = "; connect-src 'self'" if follow else ""
    return f"{POLICY}; script-src '{_digest(script)}'{connect}"


def _environment() -> Environment:
    loader = PackageLoader("topogen.page", "")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _text(name: str) -> str:
    return files("topogen.page").joinpath(name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    """Return the hash by which a browser knows the one script that may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
