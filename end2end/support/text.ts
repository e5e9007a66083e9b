const WORDS = `the of and to in a is that we for it as with be on by this are at from which or an edit text document
 local remote insertion deletion operation peer merge state history character concurrent editing collaborative tree
 network latency change version cursor position sequence identifier causal order replica conflict system user`
  .split(/\s+/)
  .filter(Boolean);

/** Markdown of about so many characters, the same every time: headings, paragraphs, lists, words of a paper. */
export function longText(length: number): string {
  let seed = 1957;
  const random = (below: number) => {
    // Numerical Recipes' generator: all that is asked of it is to be the same everywhere.
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const sentence = () => {
    const words = Array.from({ length: 6 + random(14) }, () => WORDS[random(WORDS.length)]!);
    const text = words.join(" ");
    return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
  };
  const blocks: string[] = [];
  let size = 0;
  for (let n = 1; size < length; n += 1) {
    let block = Array.from({ length: 3 + random(5) }, sentence).join(" ");
    if (n % 12 === 1) block = `## Part ${Math.ceil(n / 12)}\n\n${block}`;
    if (n % 9 === 5) block = Array.from({ length: 3 }, () => `- ${sentence()}`).join("\n");
    blocks.push(block);
    size += block.length + 2;
  }
  return blocks.join("\n\n").slice(0, length).trimEnd();
}
