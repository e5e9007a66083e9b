/**
 * Text that is newer than this page. After an update of the site, others write with a page whose schema has more than this
 * one's. The binding takes what it has no name for to be an accident, and deletes it for everybody: it must never see it.
 */
import * as Y from "yjs";
import { attributeNames } from "./schema";

type Values = { [name: string]: unknown };

function isKnown(kind: string, values: Values): boolean {
  const names = attributeNames.get(kind);
  return names !== undefined && Object.keys(values).every((name) => names.has(name));
}

function holdsNewerMark(text: Y.XmlText): boolean {
  const runs = text.toDelta() as { insert: unknown; attributes?: { [mark: string]: Values | null } }[];
  return runs.some(
    ({ insert, attributes }) =>
      typeof insert !== "string" || Object.entries(attributes ?? {}).some(([mark, values]) => !isKnown(mark, values ?? {})),
  );
}

/** Whether something in it, or itself, is of a kind that this page's schema has not. */
export function isNewer(type: unknown): boolean {
  if (type instanceof Y.XmlText) return holdsNewerMark(type);
  if (type instanceof Y.XmlElement && !isKnown(type.nodeName, type.getAttributes() as Values)) return true;
  return type instanceof Y.XmlFragment ? type.toArray().some(isNewer) : true;
}

/** Calls it once, as soon as something newer is in the text: before anything that began to observe the text later. */
export function whenNewer(fragment: Y.XmlFragment, found: () => void): void {
  const look = (events: Y.YEvent<Y.XmlFragment>[]) => {
    if (!events.some(bringsNewer)) return;
    fragment.unobserveDeep(look);
    found();
  };
  fragment.observeDeep(look);
}

function bringsNewer({ target, changes }: Y.YEvent<Y.XmlFragment>): boolean {
  if (target instanceof Y.XmlText) return holdsNewerMark(target);
  if (target instanceof Y.XmlElement && !isKnown(target.nodeName, target.getAttributes() as Values)) return true;
  return [...changes.added].some(({ content }) => !(content instanceof Y.ContentType) || isNewer(content.type));
}
