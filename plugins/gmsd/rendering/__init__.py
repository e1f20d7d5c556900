"""How everything is written that people read: templates, the mails and pages made of them, workbooks, and whom they are about.

No rule, count or sentence of a stage: a room keeps its own words in its folder `templates`.
"""

from gmsd.rendering.environments import RenderedMail, clean_text, compile_templates, one_line, render_mail, render_page, render_text
from gmsd.rendering.party import Party, Upload
from gmsd.rendering.repeated import MOST_ROWS
from gmsd.rendering.sheets import Cell, Sheet, workbook

__all__ = [
    "MOST_ROWS",
    "Cell",
    "Party",
    "RenderedMail",
    "Sheet",
    "Upload",
    "clean_text",
    "compile_templates",
    "one_line",
    "render_mail",
    "render_page",
    "render_text",
    "workbook",
]
