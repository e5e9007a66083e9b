// The page: what is in the inbox, kept up to date by the channel of whoever is signed in.
import init from "/pkg/notifications.js";

/** Calls a command of the server; it is sent again until it is answered, and takes effect once. */
const ask = (command, args = {}) =>
  new Promise((answer, fail) => sputnik.sendToChannel("inbox", { command, ...args }, answer, fail));

const find = (selector) => document.querySelector(selector);
const inbox = new Map();

function show() {
  find("#inbox").replaceChildren(...[...inbox.values()].map(card));
  find("#nothing").hidden = inbox.size > 0;
  document.title = inbox.size > 0 ? `(${inbox.size}) Notifications` : "Notifications";
}

/** What people wrote is text, and stays text. */
function card({ number, by, text }) {
  const [card, from, button] = ["li", "b", "button"].map((name) => document.createElement(name));
  from.textContent = by;
  button.textContent = "Put away";
  button.onclick = () => ask("put_away", { number }).catch(() => (button.disabled = false), (button.disabled = true));
  card.append(from, text, button);
  return card;
}

async function fetchInbox() {
  const opened = await ask("open_inbox");
  inbox.clear();
  for (const notification of opened.inbox) inbox.set(notification.number, notification);
  show();
  return opened;
}

function hear(news, info) {
  // Something may be missing: it is fetched anew. Or nothing more comes, as after signing in as somebody else.
  if (news === null) return info?.ended ? location.reload() : fetchInbox();
  if ("came" in news) inbox.set(news.came.number, news.came);
  else inbox.delete(news.put_away);
  show();
}

find("#notify").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const status = form.querySelector("[role=status]");
  const { to, text } = Object.fromEntries(new FormData(form));
  form.elements.text.value = "";
  status.textContent = "On its way …";
  await ask("notify", { to, text }).then(
    () => (status.textContent = `Sent to ${to}.`),
    (fault) => (status.textContent = fault.words),
  );
});

await init(); // From here on there is `sputnik`.
sputnik.connect();
try {
  const { me } = await ask("open_inbox");
  find("#me").textContent = me;
  sputnik.subscribeToChannel(`@user/${me}`, hear);
  // Again, now that nothing that comes is missed.
  await fetchInbox();
  find("main").hidden = false;
} catch (fault) {
  if (fault.code !== "not_signed_in") throw fault;
  find("#sign-in").hidden = false;
}
