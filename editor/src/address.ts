/** Which addresses a link or a picture may have. */

export interface UrlRule {
  schemes: string[];
  /** Whether a path on this site is allowed. */
  relative: boolean;
  max: number;
}

export const linkRule: UrlRule = { schemes: ["http", "https", "mailto"], relative: true, max: 2000 };
export const pictureRule: UrlRule = { schemes: [], relative: true, max: 2000 };

/** The address if it may stand in the document. Browsers skip control characters inside a scheme: none may be there. */
export function allowedUrl(url: string, rule: UrlRule): string | null {
  const trimmed = url.trim();
  if (trimmed === "" || trimmed.length > rule.max || /[\u0000-\u0020\u007f-\u009f\\]/.test(trimmed)) return null;
  // `//host` leaves the site.
  if (rule.relative && /^(\/(?!\/)|#)/.test(trimmed)) return trimmed;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase();
  return scheme !== undefined && rule.schemes.includes(scheme) ? trimmed : null;
}

/** What somebody typed as an address, completed: `example.org` is meant as a web page, `a@b.org` as mail. */
export function completedUrl(typed: string): string | null {
  const trimmed = typed.trim();
  const direct = allowedUrl(trimmed, linkRule);
  if (direct !== null) return direct;
  if (/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(trimmed)) return allowedUrl(`mailto:${trimmed}`, linkRule);
  if (/^[^\s:/]+\.[^\s:]+(:\d+)?(\/\S*)?$/.test(trimmed)) return allowedUrl(`https://${trimmed}`, linkRule);
  return null;
}
