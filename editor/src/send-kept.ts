/**
 * Sends what is kept on this device of a chapter that no tab has open: by the same exchange and the same writes as an
 * editor would, only that nobody sees it. A text to write in is made only if words lost their place in it and have to be
 * put back.
 */
import * as Y from "yjs";
import { Carets } from "./carets";
import { Composing } from "./composing";
import type { Refusal, Sending, Sent } from "./contract";
import { LocalStore } from "./local-store";
import { whenNewer } from "./newer";
import { writeAgain } from "./placing";
import { asRefusal } from "./refusals";
import { Rescue } from "./rescue";
import { Saving } from "./saving";
import { fragmentName } from "./schema";
import { wordsLeft } from "./unsaved";
import { ChapterView } from "./view";

/** Who gets no further by then lets it be tried anew. */
const within = 120_000;

const mayNot: Refusal = { temporary: false, words: "You may not write in this chapter.", code: "forbidden" };

export async function sendKept({ document: name, names, person, language, server }: Sending): Promise<Sent> {
  const doc = new Y.Doc();
  let view: ChapterView | null = null;
  let finish!: (sent: Sent) => void;
  const finished = new Promise<Sent>((resolve) => (finish = resolve));
  const open = (have: Uint8Array) =>
    server.open(have).catch((reason: unknown) => {
      const refusal = asRefusal(reason);
      // What may not even be read is not asked for again.
      if (!refusal.temporary) void refused(refusal);
      throw reason;
    });
  const kept = new LocalStore(name, person, names, look);
  const rescue = new Rescue(doc);
  const composing = new Composing(doc);
  const write = (update: Uint8Array) => server.write(update);
  const saving = new Saving(doc, { open, write }, kept, rescue, composing, true, look);

  async function refused(refusal: Refusal): Promise<void> {
    const left = await kept.left();
    const { here } = saving.unacknowledged;
    const updates = [...left.map(({ update }) => update), ...here];
    const together = updates.length > 1 ? [Y.mergeUpdates(updates)] : updates;
    finish({ sent: "refused", refusal, text: wordsLeft(together).join("\n\n") });
  }

  function nothingLeft(): void {
    // What cannot be read here for the moment is here all the same. Whoever has it open sends it.
    finish({ sent: kept.isKeeper && kept.works ? "sent" : "busy" });
  }

  function look(): void {
    if (!saving?.opened || saving.state === "saving" || saving.state === "offline") return;
    if (saving.unsaved === 0) nothingLeft();
    else void refused(saving.refusal ?? mayNot);
  }

  rescue.put = (lost) => {
    view ??= new ChapterView(document.createElement("div"), {
      fragment: doc.getXmlFragment(fragmentName),
      carets: new Carets(() => undefined),
      language,
      writable: () => true,
      upload: () => Promise.reject(mayNot),
      uploading: () => undefined,
      changed: () => undefined,
      focusMode: undefined,
    });
    writeAgain(view.view, doc, lost);
  };

  // What may have to be put back, only a newer page can put there: it stays on the device until then.
  whenNewer(doc.getXmlFragment(fragmentName), () => {
    finish({ sent: "busy" });
    saving.setWritable(false);
  });

  if ((await kept.left()).length === 0) nothingLeft();
  else void saving.exchange();
  const timer = setTimeout(() => finish({ sent: "busy" }), within);
  const sent = await finished;
  clearTimeout(timer);
  (view as ChapterView | null)?.destroy();
  await saving.end();
  await kept.close();
  doc.destroy();
  return sent;
}
