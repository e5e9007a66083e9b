/** The handle of the picture that is selected, or whose caption the caret is in. */
import { NodeSelection, Plugin } from "prosemirror-state";
import type { Commands } from "./commands";
import { handlesOf, type Handled } from "./handles";
import { pictureAt } from "./pictures";
import { node } from "./schema";

const picture: Handled = {
  name: "Picture",
  isAt: (state) => pictureAt(state) !== null,
  handles: [
    {
      words: "Picture",
      icon: "picture",
      name: () => "Picture",
      items: [
        "picture-natural", "picture-small", "picture-medium", "picture-full", null,
        "picture-centre", "picture-column", "picture-left", "picture-right", null, "describe-picture", "remove-picture",
      ],
    },
  ],
  settle(view, layer) {
    const figure = view.nodeDOM(pictureAt(view.state)!) as HTMLElement;
    const shown = (figure.querySelector("img") ?? figure).getBoundingClientRect();
    const home = layer.getBoundingClientRect();
    layer.style.setProperty("--left", `${Math.round(shown.left - home.left)}px`);
    layer.style.setProperty("--top", `${Math.round(shown.top - home.top)}px`);
  },
};

export const pictureHandles = (commands: Commands) => handlesOf(commands, picture);

/** Who presses a picture means it, not the caret's place beside it. */
export const pressedPicture = new Plugin({
  props: {
    handleClickOn(view, _position, pressed, at, event, direct) {
      if (!direct || pressed.type !== node("figure") || !(event.target instanceof HTMLImageElement) || !view.editable) return false;
      view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, at)));
      return true;
    },
  },
});
