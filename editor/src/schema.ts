/**
 * The editor's schema, made from `schema.json`, which the server reads too.
 *
 * Content is always "any number of a group", never a sequence: whatever two people's edits merge into must be valid,
 * because an element that is not would be thrown away with the words in it.
 */
import { Schema, type Attrs, type DOMOutputSpec, type MarkSpec, type NodeSpec } from "prosemirror-model";
import source from "../schema.json";
import { allowedUrl, type UrlRule } from "./address";
import { markRules, nodeRules } from "./parsing";

export const fragmentName = source.fragment;
export const greatestDepth = source.depth;

type Template = string | number | { [attribute: string]: string } | Template[];
type Value = string | number | boolean;
interface Attribute extends Partial<UrlRule> {
  type: string;
  default: Value;
  min?: number;
  max?: number;
  of?: string[];
}
interface Kind {
  name: string;
  group?: string;
  content?: string | string[];
  attributes?: { [name: string]: Attribute };
  html: Template[];
}

/** How ProseMirror is to treat a node: what only matters while somebody writes. */
const traits: { [node: string]: Partial<NodeSpec> } = {
  heading: { defining: true },
  list_item: { defining: true },
  task_item: { defining: true },
  blockquote: { defining: true },
  // In verse and code Enter is a line: before one that begins the text, or between two, only the gap is a way to write.
  verse: { defining: true, whitespace: "pre", createGapCursor: true },
  code_block: { defining: true, code: true, createGapCursor: true },
  figure: { isolating: true, draggable: true, selectable: true },
  table: { tableRole: "table", isolating: true },
  table_row: { tableRole: "row" },
  table_cell: { tableRole: "cell", isolating: true },
  table_header: { tableRole: "header_cell", isolating: true },
  hard_break: { inline: true, selectable: false, linebreakReplacement: true },
  footnote: { inline: true, isolating: true, selectable: false },
};

const markTraits: { [mark: string]: Partial<MarkSpec> } = {
  // What is typed at a link's end is no part of it.
  link: { inclusive: false },
  index_term: { inclusive: false },
  code: { code: true },
};

/** `{name}` stands for an attribute's value; an attribute with `{name?}` is left out where the value is the default. */
function filled(template: Template[], values: Attrs, attributes: Kind["attributes"]): DOMOutputSpec {
  const named = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
  const part = (template: Template): unknown => {
    if (typeof template === "number") return template;
    if (typeof template === "string") return named(template);
    if (Array.isArray(template)) return filled(template, values, attributes);
    const given: { [name: string]: string } = {};
    for (const [name, value] of Object.entries(template)) {
      const [all, optional] = /\{(\w+)\?\}/.exec(value) ?? [];
      if (all === undefined) given[name] = named(value);
      else if (values[optional!] !== attributes?.[optional!]?.default) given[name] = value.replace(all, String(values[optional!]));
    }
    return given;
  };
  return template.map(part) as unknown as DOMOutputSpec;
}

/** The value as the schema allows it, or its default. Applied to whatever comes from outside, and to what is shown. */
export function allowedValue(rule: Attribute, value: unknown): Value {
  switch (rule.type) {
    case "integer": {
      const number = Number(value);
      return Number.isInteger(number) && number >= rule.min! && number <= rule.max! ? number : rule.default;
    }
    case "boolean":
      return value === true || value === "true";
    case "url":
      return allowedUrl(String(value ?? ""), rule as UrlRule) ?? rule.default;
    case "choice":
      return rule.of!.includes(String(value)) ? String(value) : rule.default;
    case "language":
      return /^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,4}$/.test(String(value)) ? String(value) : rule.default;
    default:
      return String(value ?? rule.default).slice(0, rule.max);
  }
}

/** What is shown of a node or mark: whatever stands in the document, nothing but what the schema allows. */
function shown(kind: Kind, values: Attrs): DOMOutputSpec {
  const rules = Object.entries(kind.attributes ?? {});
  const allowed = Object.fromEntries(rules.map(([name, rule]) => [name, allowedValue(rule, values[name])]));
  return filled(kind.html, allowed, kind.attributes);
}

function attributesOf(kind: Kind): NodeSpec["attrs"] {
  const attributes = Object.entries(kind.attributes ?? {});
  return Object.fromEntries(attributes.map(([name, rule]) => [name, { default: rule.default }]));
}

function contentOf(kind: Kind): string {
  if (kind.content === undefined) return "";
  return Array.isArray(kind.content) ? `(${kind.content.join(" | ")})*` : `${kind.content}*`;
}

const nodes: { [name: string]: NodeSpec } = { doc: { content: `${source.top.content}+` } };
for (const kind of source.nodes as Kind[]) {
  nodes[kind.name] = {
    ...(kind.group ? { group: kind.group } : {}),
    content: contentOf(kind),
    // Marks are of words. A block that could carry one would take it from the words in it.
    marks: kind.content === "inline" || kind.content === "text" ? "_" : "",
    attrs: attributesOf(kind),
    parseDOM: nodeRules[kind.name],
    toDOM: (node) => shown(kind, node.attrs),
    ...traits[kind.name],
  };
}
nodes.text = { group: "inline" };

const marks: { [name: string]: MarkSpec } = {};
for (const kind of source.marks as Kind[]) {
  marks[kind.name] = {
    attrs: attributesOf(kind),
    parseDOM: markRules[kind.name],
    toDOM: (mark) => shown(kind, mark.attrs),
    ...markTraits[kind.name],
  };
}

export const schema = new Schema({ nodes, marks });

/** A node type that the schema has. */
export const node = (name: string) => schema.nodes[name]!;
/** A mark type that the schema has. */
export const mark = (name: string) => schema.marks[name]!;

/** The names of the attributes of each node and mark. */
export const attributeNames = new Map(
  ([...source.nodes, ...source.marks] as Kind[]).map(({ name, attributes }) => [name, new Set(Object.keys(attributes ?? {}))]),
);

/** The rules for the attributes of a node or mark. */
export function attributeRules(name: string): { [name: string]: Attribute } {
  return ([...source.nodes, ...source.marks] as Kind[]).find((kind) => kind.name === name)?.attributes ?? {};
}
