/** Pictures in what is pasted. */
import { allowedUrl, pictureRule } from "../address";
import { isPicture } from "../pictures";

interface Coming {
  file: Blob;
  alt: string;
}

export interface Pictured {
  pictures: Coming[];
  /** How many are stored elsewhere. */
  leftOut: number;
}

export const nothingPictured: Pictured = { pictures: [], leftOut: 0 };

/** Pictures of this site stay, those that came along are stored; of others elsewhere only what they show, in words. */
export function replacePictures(body: HTMLElement): Pictured {
  const pictures: Coming[] = [];
  let leftOut = 0;
  for (const image of [...body.querySelectorAll("img")]) {
    // Such a picture only tells its maker who reads.
    if (["width", "height"].every((side) => /^[0-2](px)?$/.test(image.getAttribute(side) ?? ""))) {
      image.remove();
      continue;
    }
    const src = withoutSite(image.getAttribute("src") ?? "");
    const alt = image.getAttribute("alt") ?? "";
    image.setAttribute("src", src);
    if (allowedUrl(src, pictureRule) !== null) continue;
    const isEmoji = /^(\p{Extended_Pictographic}|\p{Regional_Indicator})[\p{Extended_Pictographic}\p{Regional_Indicator}\p{EMod}\u200d\ufe0f]*$/u.test(alt);
    // Until the page has fetched the picture itself, another stands in its place.
    const file = isEmoji || image.hasAttribute("data-src") ? null : fileFrom(src);
    if (file !== null) pictures.push({ file, alt });
    else if (!isEmoji) leftOut += 1;
    const words = file === null ? alt.trim() : "";
    image.replaceWith(words);
  }
  return { pictures, leftOut };
}

/** An address as it stands in a chapter: copied from a page of this site, it is a whole one. */
function withoutSite(src: string): string {
  const { origin } = location;
  return src.startsWith(`${origin}/`) ? src.slice(origin.length) : src;
}

function fileFrom(src: string): Blob | null {
  const found = /^data:([\w/+.-]+);base64,([A-Za-z0-9+/=\s]+)$/.exec(src);
  if (found === null) return null;
  try {
    const bytes = Uint8Array.from(atob(found[2]!), (letter) => letter.charCodeAt(0));
    const file = new Blob([bytes], { type: found[1] });
    return isPicture(file) ? file : null;
  } catch {
    return null;
  }
}
