"""What stands in a DOCX, read by nothing of ours: its words, pictures and links, as JSON."""

import collections
import json
import re
import sys
import xml.etree.ElementTree as etree
import zipfile

UNREAD = {"del", "moveFrom", "Fallback", "delText", "pPr", "sectPr", "tblPr", "tcPr", "tblGrid"}


def name(element):
    return element.tag.rsplit("}", 1)[-1]


def value(element, wanted):
    for key, said in element.attrib.items():
        if key.rsplit("}", 1)[-1] == wanted:
            return said
    return ""


class Text:
    def __init__(self, notes):
        self.notes, self.words, self.images, self.links, self.fields = notes, [], 0, 0, []

    def is_shown(self):
        return all(shown for shown, _ in self.fields)

    def add(self, text):
        if self.is_shown():
            self.words.append(text)

    def field(self, kind):
        if kind == "begin":
            self.fields.append((False, ""))
        elif kind == "separate" and self.fields:
            does = self.fields.pop()[1].split()
            self.fields.append((not does or does[0] not in ("TOC", "INDEX"), ""))
        elif kind == "end" and self.fields:
            self.fields.pop()

    def read(self, element):
        tag = name(element)
        if tag in UNREAD:
            return
        if tag == "r" and any(name(about) == "vanish" and value(about, "val") not in ("0", "false") for part in element for about in part):
            return
        if tag == "tr" and any(name(about) == "del" for part in element if name(part) == "trPr" for about in part):
            return
        if tag == "sdt" and any("Contents" in value(about, "val") for about in element.iter() if name(about) == "docPartGallery"):
            return
        if tag == "t" and not element.tag.startswith("{http://schemas.openxmlformats.org/drawingml"):
            self.add(element.text or "")
        elif tag == "instrText" and self.fields:
            self.fields[-1] = (self.fields[-1][0], self.fields[-1][1] + (element.text or ""))
        elif tag == "fldChar":
            self.field(value(element, "fldCharType"))
        elif tag in ("tab", "br", "cr", "p", "tc", "noBreakHyphen"):
            self.add(" ")
        elif tag in ("footnoteReference", "endnoteReference"):
            self.add(" ")
            note = self.notes.get((tag[0], value(element, "id")))
            for child in note if note is not None else []:
                self.read(child)
            self.add(" ")
        self.images += tag == "blip"
        self.links += tag == "hyperlink"
        for child in element:
            self.read(child)
        if tag in ("p", "tc"):
            self.add(" ")


def main(path):
    archive = zipfile.ZipFile(path)
    notes = {}
    for kind in ("footnotes", "endnotes"):
        part = f"word/{kind}.xml"
        if part in archive.namelist():
            for note in etree.fromstring(archive.read(part)):
                notes[(kind[0], value(note, "id"))] = note
    text = Text(notes)
    text.read(etree.fromstring(archive.read("word/document.xml")))
    words = collections.Counter(re.findall(r"\w+", "".join(text.words)))
    print(json.dumps({"words": words, "images": text.images, "links": text.links}))


main(sys.argv[1])
