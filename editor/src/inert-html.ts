/**
 * What is pasted brings styles and handlers along. A browser's parser reports each of them as stopped by the page's
 * policy, though what it reads is no part of any page. So before it is read, they get names that mean nothing to it.
 */

/** A start tag, with whatever its quoted values hold. */
const tags = /<[a-z](?:[^<>"']|"[^"]*"|'[^']*')*>/gi;
const attributes = /([^\s"'<>/=]+)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]*))?/g;
/** What is in these is no text. */
const unread = /<(style|script)\b[\s\S]*?<\/\1\s*>/gi;

export function quieted(html: string): string {
  return html.replace(unread, "").replace(tags, (tag) =>
    tag.replace(attributes, (whole: string, name: string, _value: unknown, at: number) =>
      // The first is the tag's own name.
      at > 1 && /^(style|on\w+)$/i.test(name) ? `data-${whole}` : whole,
    ),
  );
}

/** How something that was quieted was to look, as its style said. */
export function styleOf(element: Element): string {
  return element.getAttribute("data-style") ?? "";
}
