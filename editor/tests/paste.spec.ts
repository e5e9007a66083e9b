import type { Writer } from "./support/stage";
import { expect, test } from "./support/stage";

interface Data {
  html?: string;
  text?: string;
  files?: { name: string; type: string }[];
}

/** Pastes, or drops in the middle of the text, as the browser would: the same event, the same data. */
async function bring(writer: Writer, data: Data, by: "paste" | "drop") {
  return writer.text.evaluate(
    (target, { html, text, files, by }) => {
      const brought = new DataTransfer();
      if (html !== undefined) brought.setData("text/html", html);
      if (text !== undefined) brought.setData("text/plain", text);
      for (const { name, type } of files ?? []) brought.items.add(new File(["picture"], name, { type }));
      const { left, right, top, bottom } = target.getBoundingClientRect();
      const common = { bubbles: true, cancelable: true, clientX: (left + right) / 2, clientY: (top + bottom) / 2 };
      const event =
        by === "paste"
          ? new ClipboardEvent("paste", { ...common, clipboardData: brought })
          : new DragEvent("drop", { ...common, dataTransfer: brought });
      // Whether the browser then does what it does by itself.
      return target.dispatchEvent(event);
    },
    { ...data, by },
  );
}

const paste = (writer: Writer, data: Data) => bring(writer, data, "paste");
const drop = (writer: Writer, data: Data) => bring(writer, data, "drop");

const p = (inner: string) => `<p dir="auto">${inner}</p>`;
const li = (inner: string, more = "") => `<li>${p(inner)}${more}</li>`;

const fromWord = `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"><style>p.MsoNormal {margin:0cm}</style></head>
<body lang=EN-GB><!--StartFragment-->
<h1 style='mso-list:none'><span lang=EN-GB>The plan<o:p></o:p></span></h1>
<p class=MsoNormal><span style='font-weight:bold;mso-bidi-font-weight:normal'>Bold</span>, <i style='mso-bidi-font-style:normal'>soft</i> and plain.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;</span></span></span><![endif]>First<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span><span style='mso-list:Ignore'>1.<span>&nbsp;</span></span></span><![endif]>Inner<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp;</span></span><![endif]>Second<o:p></o:p></p>
<p class=MsoNormal>After.<o:p></o:p></p>
<!--EndFragment--></body></html>`;

test("from Word: headings, looks and lists", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await paste(ann, { html: fromWord, text: "The plan" });
  expect(await ann.html()).toBe(
    `<h2 dir="auto">The plan</h2>${p("<strong>Bold</strong>, <em>soft</em> and plain.")}` +
      `<ul>${li("First", `<ol>${li("Inner")}</ol>`)}${li("Second")}</ul>${p("After.")}`,
  );
});

const fromDocs = `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1234"><p dir="ltr" style="line-height:1.38"><span style="font-size:11pt;font-family:Arial;color:#000000;font-weight:400;font-style:normal;text-decoration:none;vertical-align:baseline;white-space:pre-wrap;">Plain, </span><span style="font-weight:700;font-style:normal">bold</span><span style="font-weight:400;font-style:italic"> and soft</span></p><ul style="margin-top:0"><li dir="ltr" style="list-style-type:disc" aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:400">one</span></p></li></ul><br /><a href="https://example.org/" style="text-decoration:none"><span style="text-decoration:underline">link</span></a></b>`;

test("from Google Docs: the bold that is not bold", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await paste(ann, { html: fromDocs });
  const html = await ann.html();
  expect(html).toContain(p("Plain, <strong>bold</strong><em> and soft</em>"));
  expect(html).toContain(`<ul>${li("one")}</ul>`);
  expect(html).toContain('<a href="https://example.org/" rel="noopener">link</a>');
});

test("from a web page: structure stays, dress goes, pictures elsewhere become their words", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await paste(ann, {
    html: `<div class="article"><h3 class="big" style="color:red">News</h3><div>In a <font color="red">div</font>.</div>
      <p>See <img src="https://elsewhere.example/x.png" alt="a harbour"> and <img src="//elsewhere.example/y.png">.</p>
      <blockquote class="q"><p>Quoted</p></blockquote><table><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></div>`,
  });
  expect(await ann.html()).toBe(
    `<h3 dir="auto">News</h3>${p("In a div.")}${p("See a harbour and .")}<blockquote>${p("Quoted")}</blockquote>` +
      `<table><tbody><tr><th>${p("A")}</th></tr><tr><td>${p("1")}</td></tr></tbody></table>`,
  );
});

test("what is hostile does nothing", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.evaluate(() => Object.assign(window, { harmed: 0 }));
  await paste(ann, {
    html: `<script>harmed++</script><img src=x onerror="harmed++"><p onclick="harmed++" style="background:url(javascript:harmed++)">Text
      <a href="javascript:harmed++">one</a> <a href=" java&#10;script:harmed++">two</a> <a href="data:text/html,<script>harmed++</script>">three</a>
      <a href="//elsewhere.example">four</a></p><svg onload="harmed++"><script>harmed++</script></svg><iframe srcdoc="<script>parent.harmed++</script>"></iframe>
      <math><mtext><script>harmed++</script></mtext></math><form><input autofocus onfocus="harmed++"></form><object data="javascript:harmed++"></object>`,
  });
  // A picture asked for after all that: when it has failed, whatever else was to load or to fail has.
  await ann.page.evaluate(
    () =>
      new Promise((failed) => {
        const last = new Image();
        last.onerror = () => requestAnimationFrame(() => setTimeout(failed));
        last.src = "/nothing";
      }),
  );
  expect(await ann.page.evaluate(() => (window as unknown as { harmed: number }).harmed)).toBe(0);
  const html = await ann.html();
  expect(html).toBe(p("Text one two three four"));
});

test("an address with a control character in it, the later ones too, is none", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  const link = (odd: string) => `<a href="https://example.org/a${odd}b">link</a>`;
  await paste(ann, { html: `<p>${["\u0001", "\u007f", "\u0080", "\u0085", "\u009f"].map(link).join(" ")}</p>` });
  expect(await ann.html()).toBe(p("link link link link link"));
  await paste(ann, { html: `<p> ${link("\u00a1")}</p>` });
  expect(await ann.html()).toContain('<a href="https://example.org/a\u00a1b" rel="noopener">link</a>');
});

test("plain text: blank lines part paragraphs, Markdown stays what it is", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await paste(ann, { text: "# One\nline\n\n- *two*\n\n\nthree\n" });
  expect(await ann.html()).toBe(`${p("# One<br>line")}${p("- *two*")}${p("three")}`);
});

test("what is more than one edit may be is not put in, and it is said", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  // Each letter is two bytes.
  await paste(ann, { text: "\u0436".repeat(600_000) });
  const notice = ann.page.getByRole("alert").filter({ hasText: "Too much at once" });
  await expect(notice).toContainText("Nothing was changed");
  // It takes no letter from who writes on.
  await expect(ann.text).toBeFocused();
  await ann.page.keyboard.type("Small. ");
  await ann.page.keyboard.press("Escape");
  await expect(notice).toBeHidden();
  expect(await ann.html()).toBe(p("Small. "));
  await paste(ann, { text: "\u0436".repeat(400_000) });
  await ann.saved();
  expect(stage.relay.xml.length).toBeGreaterThan(400_000);
  expect(Math.max(...stage.relay.log.map((update) => update.length))).toBeLessThan(1 << 20);
});

test("what is more than one edit may be is not put into a quotation either", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  // Each letter is three bytes.
  await ann.page.evaluate((client) => {
    for (let long = 0; long < 20; long += 1) window.harness.write(client, 0.99999, "\u5b57".repeat(20_000), long > 0);
  }, ann.client);
  await ann.saved();
  await ann.page.keyboard.press("Control+a");
  await ann.exec("quote");
  await expect(ann.page.getByRole("alert").filter({ hasText: "Too much at once" })).toContainText("Nothing was changed");
  await ann.page.keyboard.press("Escape");
  await ann.saved();
  expect(stage.relay.xml).not.toContain("blockquote");
});

test("a picture that comes along in the text is stored", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await paste(ann, { html: `<p>Look: <img alt="a dot" src="data:image/png;base64,iVBORw0KGgo="></p>` });
  await expect(ann.text.getByRole("img", { name: "a dot" })).toBeVisible();
  expect(stage.relay.uploads).toEqual([{ size: 8, type: "image/png" }]);
  expect(await ann.html()).toContain('<img src="/picture.png" alt="a dot" width="4" height="3">');
});

test("a picture's description is no longer than one may be, wherever it comes from", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await paste(ann, { html: `<p>Look: <img alt="${"a".repeat(3000)}" src="data:image/png;base64,iVBORw0KGgo="></p>` });
  await expect(ann.text.getByRole("img")).toBeVisible();
  await ann.saved();
  expect(/alt="(a*)"/.exec(stage.relay.xml)?.[1]).toHaveLength(2000);
});

test("a picture copied from a web page comes with HTML that only names it, and is stored", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  const html = '<meta charset="utf-8"><img src="https://elsewhere.example/x.png" alt="a harbour">';
  await paste(ann, { html, files: [{ name: "image.png", type: "image/png" }] });
  await expect(ann.text.getByRole("img", { name: "a harbour" })).toBeVisible();
  expect(stage.relay.uploads).toEqual([{ size: 7, type: "image/png" }]);
  // A text with a picture of itself stays a text.
  await paste(ann, { html: `<p>Cells</p><img src="file:///x.png">`, files: [{ name: "image.png", type: "image/png" }] });
  expect(await ann.html()).toContain("Cells");
  expect(stage.relay.uploads).toHaveLength(1);
});

test("what was copied from a page of this site has its pictures", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await paste(ann, { html: '<p>Look:</p><img src="http://editor.localhost/picture.png" alt="a dot"><p>There.</p>' });
  expect(await ann.html()).toContain('<img src="/picture.png" alt="a dot"');
});

test("pictures that do not come along with a text are not left out in silence", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await paste(ann, { html: '<p>One <img src="https://elsewhere.example/x.png"></p>' });
  await expect(ann.text.getByRole("alert")).toHaveText(/^A picture is stored elsewhere and was left out\./);
  await paste(ann, { html: '<p>Two <img src="//elsewhere.example/x.png" alt="x"> <img src="file:///C:/y.png"></p>' });
  await expect(ann.text.getByRole("alert").filter({ hasText: "2 pictures are stored elsewhere" })).toBeVisible();
  expect(await ann.html()).toContain("Two x");
});

test("a picture that comes along in a text that is dropped is stored, and not with what is pasted next", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await drop(ann, { html: `<p>Look: <img alt="a dot" src="data:image/png;base64,iVBORw0KGgo="></p>` });
  await expect(ann.text.getByRole("img", { name: "a dot" })).toBeVisible();
  await paste(ann, { text: "Next." });
  expect(await ann.html()).toContain("Next.");
  expect(stage.relay.uploads).toHaveLength(1);
});

test("a picture that is moved within the text is not stored again, though the browser drags it as a file, too", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("Before");
  await paste(ann, { html: '<img src="/picture.png" alt="a dot">' });
  const picture = ann.text.getByRole("img", { name: "a dot" });
  await picture.click();
  await picture.evaluate((target) => {
    const { left, top } = target.getBoundingClientRect();
    const dataTransfer = new DataTransfer();
    const common = { bubbles: true, cancelable: true, dataTransfer };
    target.dispatchEvent(new DragEvent("dragstart", { ...common, clientX: left + 1, clientY: top + 1 }));
    dataTransfer.items.add(new File(["picture"], "picture.png", { type: "image/png" }));
    const words = target.closest(".ProseMirror")!.querySelector("p")!;
    const to = words.getBoundingClientRect();
    words.dispatchEvent(new DragEvent("drop", { ...common, clientX: to.left + 1, clientY: to.top + 1 }));
  });
  expect(await ann.html()).toMatch(/^<figure>.*<\/figure><p dir="auto">Before<\/p>/);
  await expect(picture).toHaveCount(1);
  expect(stage.relay.uploads).toEqual([]);
});

test("who may only read is told so on dropping or pasting a picture, and keeps the page", async ({ stage }) => {
  const ann = await stage.enter("Ann", { writable: false });
  await expect(ann.text).toHaveAttribute("contenteditable", "false");
  for (const by of ["drop", "paste"] as const) {
    expect(await bring(ann, { files: [{ name: "harbour.png", type: "image/png" }] }, by)).toBe(false);
    await expect(ann.page.getByRole("alert").filter({ hasText: "No pictures here" })).toContainText("may only be read");
    await ann.page.keyboard.press("Escape");
  }
  expect(stage.relay.uploads).toEqual([]);
});

test("a picture file: a place is held while it is stored, then what it shows is asked for beside who writes on", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  const ben = await stage.enter("Ben");
  stage.relay.uploadDelay = 1200;
  await ann.text.click();
  await ann.page.keyboard.type("Before");
  await paste(ann, { files: [{ name: "harbour.png", type: "image/png" }] });
  await expect(ann.text.getByRole("status")).toContainText("Storing harbour.png…");
  await ben.text.click();
  await ben.page.keyboard.press("Control+Home");
  await ben.page.keyboard.type("Ben. ");
  await ann.page.keyboard.type(" it");
  const asked = ann.text.getByRole("form", { name: "Describe the picture" });
  await expect(asked).toBeVisible();
  await expect(ben.text.locator("figure.undescribed")).toHaveCount(1);
  await expect(ben.text.getByRole("form")).toHaveCount(0);
  // Nothing is taken from who writes, and what others write does not take the field away.
  await expect(ann.text).toBeFocused();
  await ann.page.keyboard.type(" came");
  await ann.page.keyboard.press("Control+Alt+d");
  const field = asked.getByRole("textbox", { name: "What the picture shows" });
  await expect(field).toBeFocused();
  await ann.page.keyboard.type("A har");
  await ben.page.keyboard.type("Ben. ");
  await expect(ann.text).toContainText("Ben. Ben. Before it came");
  await ann.page.keyboard.type("bour");
  await ann.page.keyboard.press("Enter");
  await expect(ann.text).toBeFocused();
  await ann.page.keyboard.type(".");
  await expect(asked).toBeHidden();
  await expect(ben.text.getByRole("img", { name: "A harbour" })).toBeVisible();
  await expect(ben.text.locator("figure.undescribed")).toHaveCount(0);
  expect(await ann.html()).toBe(
    `${p("Ben. Ben. Before it came.")}<figure><img src="/picture.png" alt="A harbour" width="4" height="3"><figcaption dir="auto"></figcaption></figure>${p("")}`,
  );
});

test("a picture on its way is not saved yet, and the browser asks before leaving", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  stage.relay.uploadDelay = 1200;
  await ann.text.click();
  await ann.page.keyboard.type("Before");
  await ann.saved();
  const asks = () => ann.page.evaluate(() => !window.dispatchEvent(new Event("beforeunload", { cancelable: true })));
  expect(await asks()).toBe(false);
  await paste(ann, { files: [{ name: "harbour.png", type: "image/png" }] });
  await expect.poll(async () => (await ann.state()).saving).toBe("saving");
  expect(await ann.state()).toMatchObject({ unsaved: 1, kept: false });
  expect(await asks()).toBe(true);
  await ann.text.getByRole("form", { name: "Describe the picture" }).getByRole("button", { name: "Not now" }).click();
  await expect(ann.text.locator("figure.undescribed")).toBeVisible();
  await ann.saved();
  expect(await asks()).toBe(false);
  expect((await ann.state()).kept).toBe(true);
});

test("a picture that is stored when one may not write any more is put in when one may", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  stage.relay.uploadDelay = 500;
  await ann.text.click();
  await ann.page.keyboard.type("Before");
  await ann.saved();
  await paste(ann, { files: [{ name: "harbour.png", type: "image/png" }] });
  const mayWrite = (may: boolean) =>
    ann.page.evaluate(([client, may]) => window.harness.handle(client).setWritable(may), [ann.client, may] as const);
  await mayWrite(false);
  await expect(ann.text.getByRole("status")).toHaveText("harbour.png comes here when you may write again.");
  await expect.poll(async () => (await ann.state()).saving).toBe("refused");
  expect(stage.relay.xml).not.toContain("picture.png");
  await mayWrite(true);
  await ann.saved();
  expect(stage.relay.xml).toContain("picture.png");
  await expect(ann.text.getByRole("status")).toHaveCount(0);
});

test("a file that is no picture is refused in words", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await paste(ann, { files: [{ name: "harbour.svg", type: "image/svg+xml" }] });
  await expect(ann.text.getByRole("alert")).toHaveText(/^harbour\.svg is no picture that can be shown here/);
  expect(stage.relay.uploads).toEqual([]);
  expect((await ann.state()).saving).toBe("saved");
});

test("a picture that comes into an empty paragraph leaves the caret there, and its mark opens the field", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  stage.relay.uploadDelay = 300;
  await ann.text.click();
  await ann.page.keyboard.type("One");
  await ann.page.keyboard.press("Enter");
  await paste(ann, { files: [{ name: "harbour.png", type: "image/png" }] });
  await expect(ann.text.getByRole("form", { name: "Describe the picture" })).toBeVisible();
  await ann.page.keyboard.type("and two");
  const figure = (alt: string) => `<figure><img src="/picture.png" alt="${alt}" width="4" height="3"><figcaption dir="auto"></figcaption></figure>`;
  expect(await ann.html()).toBe(p("One") + figure("") + p("and two"));
  await ann.page.keyboard.press("Control+Alt+d");
  await ann.page.keyboard.press("Escape");
  await expect(ann.text.getByRole("form")).toHaveCount(0);
  await ann.text.locator("figure img").dblclick();
  await ann.page.keyboard.type("A quay");
  // Who goes back to the text has said it.
  await ann.text.getByText("and two").click();
  expect(await ann.html()).toBe(p("One") + figure("A quay") + p("and two"));
});

test("lines that are pasted into a note or beneath a picture stay there", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("Said");
  await ann.page.keyboard.press("Control+Alt+f");
  await ann.page.keyboard.type("By: ");
  await paste(ann, { text: "one\ntwo\n\nthree" });
  await ann.page.keyboard.type(" ");
  await paste(ann, { html: "<p><b>four</b></p><ul><li>five</li></ul><h2>six</h2>" });
  await ann.page.keyboard.type("!");
  await ann.page.keyboard.press("Escape");
  await ann.page.keyboard.type(" so.");
  expect(await ann.html()).toBe(
    p(`Said<span class="footnote"><span>By: one two three <strong>four</strong> five six!</span></span> so.`),
  );
  await paste(ann, { html: '<figure><img src="/picture.png" alt="a dot"><figcaption>One </figcaption></figure>' });
  await ann.text.getByText("One", { exact: true }).click();
  await ann.move("End");
  await ann.page.keyboard.type(" ");
  await paste(ann, { text: "two\n\nthree" });
  expect(await ann.html()).toContain('<figcaption dir="auto">One two<br>three</figcaption></figure>');
});

test("copied within the editor, everything stays as it is", async ({ stage }) => {
  const ann = await stage.enter("Ann");
  await ann.text.click();
  await ann.page.keyboard.type("[x] done");
  await ann.page.keyboard.press("Control+a");
  await ann.page.keyboard.press("Control+c");
  await ann.page.keyboard.press("Control+End");
  await ann.page.keyboard.press("Enter");
  await ann.page.keyboard.press("Enter");
  await ann.page.keyboard.press("Control+v");
  expect((await ann.html()).match(/data-done="true"/g)).toHaveLength(2);
});
