"""What stands in an EPUB, read by nothing of ours: its words, pictures and links, as JSON."""

import collections
import html.parser
import json
import posixpath
import re
import sys
import urllib.parse
import xml.dom.minidom
import zipfile

UNREAD = {"head", "script", "style", "template"}
INLINE = set("a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q s samp small span strike strong sub sup tt u var wbr".split())
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.unread, self.text, self.images, self.links, self.breaks = [], [], 0, 0, 0

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.part(tag)
        kinds = (given.get("epub:type") or "").split() + (given.get("role") or "").split()
        is_break = "pagebreak" in kinds or "doc-pagebreak" in kinds
        if self.unread:
            if tag not in VOID:
                self.unread.append(tag)
        elif tag in UNREAD or is_break:
            self.breaks += is_break
            self.unread.append(tag)
        else:
            self.images += tag == "img"
            self.links += tag == "a" and bool(given.get("href"))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def part(self, tag):
        """Blocks part words, marks do not."""
        if tag not in INLINE:
            self.text.append(" ")

    def handle_endtag(self, tag):
        self.part(tag)
        if self.unread and tag in self.unread:
            while self.unread.pop() != tag:
                pass

    def handle_data(self, data):
        if not self.unread:
            self.text.append(data)


def main(path):
    archive = zipfile.ZipFile(path)
    container = xml.dom.minidom.parseString(archive.read("META-INF/container.xml"))
    package = container.getElementsByTagName("rootfile")[0].getAttribute("full-path")
    document = xml.dom.minidom.parseString(archive.read(package))
    items = {item.getAttribute("id"): item for item in document.getElementsByTagName("item")}
    words, images, links, seen = collections.Counter(), 0, 0, set()
    for reference in document.getElementsByTagName("itemref"):
        item = items.get(reference.getAttribute("idref"))
        if item is None or "nav" in item.getAttribute("properties").split():
            continue
        href = urllib.parse.unquote(item.getAttribute("href"))
        name = posixpath.normpath(posixpath.join(posixpath.dirname(package), href))
        if name in seen or name not in archive.namelist():
            continue
        seen.add(name)
        page = Page()
        page.feed(archive.read(name).decode("utf-8", "replace"))
        page.close()
        words.update(re.findall(r"\w+", "".join(page.text)))
        images += page.images
        links += page.links
    print(json.dumps({"words": words, "images": images, "links": links}))


main(sys.argv[1])
