/** What every page loads to look after what is kept on this device. It knows nothing of what a text is. */
export { belongTo, hasPage, rememberPage } from "./chapters";
export { letGo, watch } from "./kept";
export { tellUnsendable } from "./news";

/** Has the service worker answer when there is no connection. Where there can be none, everything needs one. */
export function beThereOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  // Where it is refused, nothing is lost but that pages can be opened without a connection.
  navigator.serviceWorker.register("/service-worker.js").catch(() => undefined);
}
