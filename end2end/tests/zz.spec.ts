import { stage } from "../support/stage";
import { expect, test } from "../support/test";
test("zz", async ({ ann, ben, guest }) => {
  const { book, chapters } = await stage(ann, [ben], "Tides");
  await ann.does.publish(book);
  await ann.book.open(book, chapters["Tides"]);
  guest.page.on("websocket", (ws) => {
    ws.on("framereceived", (f) => console.log("<<", String(f.payload).slice(0, 600)));
    ws.on("framesent", (f) => console.log(">>", String(f.payload).slice(0, 600)));
  });
  guest.page.on("request", (r) => r.method() === "POST" && console.log("POST", r.url(), r.postData()?.slice(0, 300)));
  guest.page.on("console", (m) => console.log("console", m.text().slice(0, 300)));
  await guest.book.open(book, chapters["Tides"]);
  console.log("---- open");
  await ann.chapter.type("For everyone to read.");
  await ann.chapter.isSaved();
  await guest.page.waitForTimeout(4000);
  console.log(await guest.chapter.text.innerText());
});
