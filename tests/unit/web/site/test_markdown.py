"""Our own change list as HTML, and nothing of it that is more than text."""

from __future__ import annotations

from gmsd.web.site.markdown import to_html


def test_headings_lists_tables_and_bold_words():
    made = to_html("# Weg\n\n**Let op** <x>\ntwee\n\n## Kop\n\n- een\n- `a/b`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert "Weg" not in made
    assert "<p><strong>Let op</strong> &lt;x&gt; twee</p>" in made
    assert "<h3>Kop</h3>" in made
    assert "<ul><li>een</li><li><code>a/b</code></li></ul>" in made
    assert '<th scope="col">a</th>' in made
    assert "<tr><td>1</td><td>2</td></tr>" in made
