import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A line to the server that can be cut, for a browser that cannot be told to be offline. */
export class Line {
  private readonly open = new Set<Socket>();
  private whole = true;

  private constructor(
    private readonly listener: Server,
    readonly url: string,
  ) {}

  static async to(server: string): Promise<Line> {
    const { hostname, port } = new URL(server);
    const listener = createServer((from) => line.join(from, connect(Number(port), hostname)));
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const address = listener.address();
    if (typeof address !== "object" || !address) throw new Error("nowhere to listen");
    const line = new Line(listener, `http://127.0.0.1:${address.port}`);
    return line;
  }

  cut(): void {
    this.whole = false;
    for (const socket of this.open) socket.destroy();
  }

  mend(): void {
    this.whole = true;
  }

  close(): void {
    this.cut();
    this.listener.close();
  }

  private join(from: Socket, to: Socket): void {
    const ends = [from, to];
    for (const end of ends) {
      this.open.add(end);
      end.on("error", () => undefined);
      end.on("close", () => {
        this.open.delete(end);
        for (const other of ends) other.destroy();
      });
    }
    if (!this.whole) return void from.destroy();
    from.pipe(to).pipe(from);
  }
}
