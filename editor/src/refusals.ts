/** What a write is refused with, and what it means. */
import type { Refusal } from "./contract";

export const lost: Refusal = { temporary: true, words: "There was no answer.", code: "no_answer" };

/** What an update is refused with that builds on one the server never got. */
export const stale = "stale";
export const leftStale: Refusal = {
  temporary: false,
  words:
    "What an earlier tab had kept on this device continues words that never arrived, so it cannot be put into the chapter. " +
    "Please copy what you need of it.",
  code: stale,
};

/** What the page refuses with what it got no answer to: it may have arrived. */
const timedOut = "timed_out";

export function asRefusal(reason: unknown): Refusal {
  const refusal = reason as Partial<Refusal> | null;
  if (reason === lost || refusal?.code === timedOut) return lost;
  if (typeof refusal?.temporary === "boolean") {
    return { temporary: refusal.temporary, words: String(refusal.words ?? ""), code: String(refusal.code ?? "") };
  }
  return { temporary: true, words: "The text could not be sent. It is kept here and tried again.", code: "unknown" };
}
