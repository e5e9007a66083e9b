/** The shortcuts as a list, for the sheet here and for one of the page's own. */
import { commandsFor, keyNames, type Action } from "./commands";
import type { Shortcut } from "./contract";
import { furtherKeys } from "./keys";

const parts = ["Words", "Blocks", "Insert", "Edit"] as const;

export function listed(actions: Action[]): Shortcut[] {
  const pressed = parts.flatMap((part) => [
    ...actions
      .filter((action) => action.part === part && action.keys !== undefined)
      .map((action) => ({ part, keys: keyNames(action.keys!), what: action.words })),
    ...(part === "Edit" ? furtherKeys.map(([keys, what]) => ({ part, keys: keyNames(keys), what })) : []),
  ]);
  const typed = actions
    .filter((action) => action.typed !== undefined)
    .map((action) => ({ part: "While typing", keys: action.typed!, what: action.words }));
  return [...pressed, ...typed];
}

const nothing = () => false;

/** Every shortcut of the editor, with its keys as they are written on this person's keyboard. */
export function shortcuts(): Shortcut[] {
  const windows = { link: nothing, language: nothing, term: nothing, picture: nothing, describe: nothing, find: nothing, shortcuts: nothing };
  return listed(Object.values<Action>(commandsFor({ ...windows, focusMode: nothing, isInFocusMode: nothing })));
}
