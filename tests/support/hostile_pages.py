"""Pages of somebody who wants to run code, reach out, hide what a page says, or make a build hang; by name of file."""

# ruff: noqa: E501 - a line of a page is a line of this file

ALIVE = "document.title='ALIVE'"
EVIL = "https://evil.example"
_ROW = "| " + "x | " * 40


def _nested(start: str, deeper: str, depth: int) -> str:
    return "".join(f"{deeper * level}{start}\n\n" for level in range(depth))


def _tabs(depth: int) -> str:
    return _nested('=== "Tab <b onclick=x>"', "    ", depth)


PAGES = {
    "snippet-cycle.md": '# Cycle\n\n--8<-- "snippet-cycle.md"\n--8<-- "snippet-other.md"\n',
    "snippet-other.md": '# Other\n\n--8<-- "snippet-cycle.md"\n' * 20,
    "snippet-tricks.md": (
        '# Tricks\n\n--8<-- "./../../../../../etc/passwd"\n--8<-- "docs/../../../secret.md"\n--8<-- "secret.md:1:99999999999999999999"\n'
        '--8<-- "..%2f..%2fsecret.md"\n--8<-- "\\\\..\\\\secret.md"\n--8<-- "file:///etc/passwd"\n--8<--\n/etc/passwd\n../../secret.md\n'
        "--8<--\n{! /etc/passwd !}\n{* ../../secret.md *}\n"
    ),
    "admonitions.md": "# Deep\n\n" + _nested('!!! danger "x <img src=x onerror=y>"', "    ", 400),
    "tabs.md": "# Tabs\n\n" + _tabs(300),
    "details.md": "# Details\n\n" + _nested('???+ note "x"', "    ", 400) + "<details><summary>" * 3_000,
    "md-in-html.md": (
        f'# HTML\n\n<div markdown="1" onclick="{ALIVE}">\n<script markdown="1">{ALIVE}</script>\n[x](javascript:{ALIVE})\n</div>\n\n'
        f'<div markdown="span"><svg/onload={ALIVE}></div>\n\n' + '<div markdown="block">\n' * 800 + "x\n" + "</div>\n" * 800
    ),
    "attributes.md": (
        f'# Heading {{: onmouseover="{ALIVE}" style="position:fixed;inset:0" id="__drawer" class="md-overlay cb-banner" }}\n\n'
        f'*x*{{: onclick="{ALIVE}" tabindex=0 autofocus onfocus={ALIVE} }} [y](page.md){{: href="javascript:{ALIVE}" target=_top ping="{EVIL}" }}\n\n'
        f'![z](plan.png){{: src="{EVIL}/p.png" srcset="{EVIL}/2.png 2x" onerror="{ALIVE}" }}\n\n| a |\n|---|\n| b {{: background="{EVIL}/t" }} |\n'
    ),
    "footnotes.md": (
        f'# Notes\n\nA[^1] b[^<script>] c[^"onclick={ALIVE}].\n\n[^1]: <img src={EVIL}/f onerror={ALIVE}> [x](javascript:{ALIVE})\n'
        f'[^<script>]: x\n[^"onclick={ALIVE}]: y\n' + "".join(f"\n[^n{n}]: [^n{n + 1}] [^n{n - 1}]" for n in range(2_000))
    ),
    "references.md": (
        f"# References\n\n[a][j] [b][d] [c][v] ![d][j] ![e][s] [j]\n\n[j]: javascript:{ALIVE}\n[d]: data:text/html,<script>{ALIVE}</script>\n"
        f"[v]: <vbscript:x> \"' onmouseover='{ALIVE}\"\n[s]: data:image/svg+xml,<svg/onload={ALIVE}>\n\n" + "[" * 3_000 + "a][j]"
    ),
    "schemes.md": (
        "# Schemes\n\n"
        + " ".join(
            f"[x]({scheme}{ALIVE})"
            for scheme in (
                "JaVaScRiPt:",
                "java\tscript:",
                "&#106;avascript:",
                "javascript&colon;",
                "%6aavascript:",
                "\u200bjavascript:",
                "feed:javascript:",
                "view-source:javascript:",
                "blob:",
                "filesystem:",
                "about:",
                "ms-its:",
                "jar:",
                "x-javascript:",
                "//evil.example\\@",
                "\\\\evil.example/",
            )
        )
        + f"\n\n<javascript:{ALIVE}> <JAVASCRIPT:{ALIVE}>\n\n<a href=\"&#x01;javascript:{ALIVE}\">a</a> <a href='jav&#x09;ascript:{ALIVE}'>b</a>\n"
    ),
    "svg-use.md": (
        f'# Use\n\n<svg><use href="data:image/svg+xml,&lt;svg id=x onload={ALIVE}>#x"/><use xlink:href="{EVIL}/s.svg#x"/>'
        f'<animate attributeName=href values="javascript:{ALIVE}"/></svg>\n\n<math><maction actiontype="statusline#{EVIL}">x</maction></math>\n\n'
        f'<svg><style><img src=x onerror={ALIVE}></style></svg><math><mtext></mtext><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={ALIVE}&gt;">'
    ),
    "parsers.md": (
        f'# Parsers\n\n<noscript><p title="</noscript><img src=x onerror={ALIVE}>">\n\n<textarea><img title="</textarea><img src=x onerror={ALIVE}>">\n\n'
        f'<xmp><p title="</xmp><img src=x onerror={ALIVE}>">\n\n<template><script>{ALIVE}</script></template>\n\n<plaintext>\n\n'
        f"<select><style></select><img src=x onerror={ALIVE}></style>\n\n<!--><img src=x onerror={ALIVE}>-->\n\n<![CDATA[><img src=x onerror={ALIVE}>]]>\n\n"
        f'<?php <img src=x onerror={ALIVE}> ?>\n\n<table><td><a href=x><table><a href="javascript:{ALIVE}">y</table>\n'
    ),
    "clobbering.md": (
        '# Names\n\n<form name="body"><input name="attributes"></form><a id="location" name="defaultView" href="x:y">a</a><img name="getElementById">'
        '<a id="__config">b</a><input type="radio" id="__toc" name="__palette" checked><a name="cookie">c</a>\n\n## search {#__search}\n\n## t {#__toc}\n\n[x](#__search) [y](#__foo) [z](#__tabbed_77_1) <a href="#__codelineno-99-9">c</a> [w](page.md#__bar) [v](#__drawer)\n'
    ),
    "mermaid.md": (
        f'# Mermaid\n\n```mermaid\n%%{{init: {{"securityLevel": "loose", "theme": "base", "themeCSS": "@import url({EVIL}/m.css)", "htmlLabels": true}}}}%%\n'
        f'flowchart TD\n  A["<script>{ALIVE}</script>"] -->|"<img src={EVIL}/e>"| B\n  click A call alert()\n  click B "javascript:{ALIVE}" _self\n'
        f"  classDef x fill:url({EVIL}/c)\n  style A fill:red,background:url({EVIL}/d)\n  class A x\n```\n\n"
        "```mermaid\nflowchart LR\n" + "\n".join(f"  n{n} --> n{n * 7 % 997}" for n in range(900)) + "\n```\n\n"
        "```mermaid\nsequenceDiagram\n" + "  loop x\n" * 2_000 + "```\n"
    ),
    "graphviz.md": (
        f'# Graphviz\n\n```dot\ndigraph {{ graph [imagepath="/etc" stylesheet="{EVIL}/g.css"]; a [shape=none image="passwd" href="javascript:{ALIVE}" '
        f'label=<<TABLE HREF="javascript:{ALIVE}"><TR><TD><IMG SRC="/etc/passwd"/></TD></TR></TABLE>>] }}\n```\n\n'
        "```graphviz\ndigraph {\n"
        + "\n".join(f"n{n} -> {{n{n * 3 % 400} n{n * 5 % 400} n{n * 7 % 400}}}" for n in range(400))
        + "\n}\n```\n"
    ),
    "math.md": (
        f"# Math\n\n$$\\href{{javascript:{ALIVE}}}{{x}} \\url{{javascript:{ALIVE}}} \\includegraphics{{{EVIL}/m.png}} \\htmlData{{onclick={ALIVE}}}{{y}}$$\n\n"
        "$$\\def\\a{\\a\\a}\\a \\newcommand{\\b}{\\b\\b}\\b$$\n\n$$"
        + "\\frac{" * 3_000
        + "$$\n\n$"
        + "{" * 5_000
        + "$\n\n$$"
        + "x^" * 20_000
        + "$$\n"
    ),
    "lists.md": "# Lists\n\n"
    + "".join(f"{'  ' * level}- x\n" for level in range(600))
    + "".join(f"{'>' * level} q\n\n" for level in range(1, 300)),
    "table.md": f"# Table\n\n{_ROW}\n{'|---' * 41}|\n" + f"{_ROW}\n" * 900 + "\n" + "|" * 30_000 + "\n" + "|-" * 15_000 + "\n",
    "emphasis.md": "# Emphasis\n\n"
    + "*a **b ***c " * 4_000
    + "\n\n"
    + "_" * 20_000
    + "a\n\n"
    + "~~^^==" * 5_000
    + "\n\n"
    + "`" * 5_000
    + " "
    + "``` " * 5_000,
    "brackets.md": "# Brackets\n\n"
    + "![" * 6_000
    + "](" * 6_000
    + "\n\n"
    + "<a " * 8_000
    + "\n\n"
    + "<!--" * 8_000
    + "\n\n"
    + "&" * 20_000
    + "\n\n"
    + "<" * 20_000,
    "abbreviations.md": "# Words\n\n"
    + "".join(f"*[{'a' * (n % 40 + 1)}{n}]: x\n" for n in range(1_500))
    + "\n"
    + "aaaa1 " * 5_000
    + "\n\n"
    + ":a" * 20_000,
    "bidi.md": (
        '---\ntitle: "Pay \u202etnuocca ruoy\u2066"\n---\n# \u202eelif \u2067gnp.exe\u202c \u200f\n\n## \u202eh\n\n[\u202emoc.elpmaxe//:sptth](page.md) `\u202ex`\n'
    ),
    "fences.md": (
        f'# Fences\n\n```{{.python title="<img src=x onerror={ALIVE}>" hl_lines="1-999999999" linenums="-1 0 9" onclick={ALIVE} data-x="\'><script>"}}\nx\n```\n\n'
        '```python hl_lines="1-200000000" linenums="99999999999999999999"\nx\n```\n\n' + "~~~~ x\n" * 3_000 + "````md\n" * 2_000
    ),
    "alerts.md": (
        f'# Alerts\n\n> [!NOTE] <img src=x onerror={ALIVE}>\n> <script>{ALIVE}</script>\n\n- a\n\n  > [!TIP] " onclick={ALIVE} <svg/onload={ALIVE}>\n'
        f"  > [x](javascript:{ALIVE})\n\n    > [!WARNING] x\n    > y\n\n"
        + "> " * 200
        + "[!NOTE] deep\n\n"
        + "- a\n"
        + "\n  > [!NOTE]\n  > a\n" * 2_000
    ),
    "other-fences.md": (
        f'# Other\n\n::: mermaid\ngraph TD; A["<img src={EVIL}/o onerror={ALIVE}>"]-->B; click A "javascript:{ALIVE}"\n:::\n\n```{{mermaid}}\n'
        f"%%{{init: {{'themeCSS': '@import url({EVIL})'}}}}%%\ngraph TD\nA-->B\n```\n\n```MERMAID\nsequenceDiagram\nA->>B: <script>{ALIVE}</script>\n```\n\n"
        + "::: mermaid\n" * 3_000
        + "```Mermaid\n" * 3_000
    ),
    "ranges.md": '# Ranges\n\n--8<-- "docs/page.md:-999999:-1,1:999999,:,-1"\n--8<-- "docs/page.md:'
    + "1:2," * 5_000
    + '1"\n--8<-- "docs/page.md:-:-"\n',
    "page.md": "# Page\n\nIt is shown.\n",
}
INCLUDING = {
    "mkdocs.yml": "site_name: Cycle\nINHERIT: a/base.yml\nnav:\n  - index.md\n  - A: '!include ./a/mkdocs.yml'\n  - '*include ./*/mkdocs.yml'\n  - Linked: linked.md\n",
    "a/base.yml": (
        "INHERIT: ../mkdocs.yml\nexclude_docs: ['*a*a*a*a*b', '**/x/**/x/**/y']\nplugins: [redirects: {redirect_maps: {"
        + "".join(f"r{n}.md: r{n + 1}.md, " for n in range(500))
        + f"a.md: 'index.md#gone\\\"onclick={ALIVE.replace(chr(39), '')}', j.md: 'javascript:x', '../../x.md': index.md}}}}]\n"
    ),
    "docs/index.md": "# Cycle\n\nIt is shown.\n",
    "a/mkdocs.yml": "site_name: a\nnav:\n  - B: '!include ../b/mkdocs.yml'\n",
    "a/docs/index.md": "# A\n",
    "b/mkdocs.yml": "site_name: b\nnav:\n  - A: '!include ../a/mkdocs.yml'\n  - All: '!include ../mkdocs.yml'\n",
    "b/docs/index.md": "# B\n",
}
"""A repository of sets that include each other."""
