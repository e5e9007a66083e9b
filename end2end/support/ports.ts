import { once } from "node:events";
import { createServer } from "node:net";

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const listener = createServer();
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  await new Promise((closed) => listener.close(closed));
  if (typeof address !== "object" || !address) throw new Error("no free port");
  return address.port;
}
