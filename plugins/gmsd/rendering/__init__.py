"""How everything is written that people read: templates, the mails and pages made of them, workbooks, and whom they are about.

Not here: rules, counts, and the sentences of a stage: a room keeps its own words in its folder `templates`.
"""

from gmsd.rendering.environments import (
    RenderedMail,
    clean_text,
    compile_templates,
    fill,
    one_line,
    render_mail,
    render_page,
    render_page_of,
    render_part,
    render_text,
)
from gmsd.rendering.json_text import pretty_json
from gmsd.rendering.ods import Grid, spreadsheet
from gmsd.rendering.party import Party, Receipt
from gmsd.rendering.sheets import Cell, Sheet, workbook
from gmsd.rendering.styling import web_style
from gmsd.rendering.xlsx import MOST_ROWS

__all__ = [
    "MOST_ROWS",
    "Cell",
    "Grid",
    "Party",
    "Receipt",
    "RenderedMail",
    "Sheet",
    "clean_text",
    "compile_templates",
    "fill",
    "one_line",
    "pretty_json",
    "render_mail",
    "render_page",
    "render_page_of",
    "render_part",
    "render_text",
    "spreadsheet",
    "web_style",
    "workbook",
]
