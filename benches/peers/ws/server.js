// ws: a set of sockets a room, and a way in to publish. The path is the room.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const rooms = new Map();

const http = createServer((request, response) => {
  const room = request.url.match(/^\/publish\/(.+)$/)?.[1];
  if (request.method !== "POST" || !room) {
    return response.writeHead(404).end();
  }
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    for (const socket of rooms.get(room) ?? []) {
      socket.send(body);
    }
    response.end();
  });
});

const server = new WebSocketServer({ server: http });

// Dead peers are looked for as the library's own documentation shows.
setInterval(() => {
  for (const socket of server.clients) {
    if (!socket.isAlive) {
      socket.terminate();
      continue;
    }
    socket.isAlive = false;
    socket.ping();
  }
}, 30_000);

server.on("connection", (socket, request) => {
  const room = request.url.slice(1);
  if (!rooms.has(room)) {
    rooms.set(room, new Set());
  }
  rooms.get(room).add(socket);
  socket.isAlive = true;
  socket.on("pong", () => (socket.isAlive = true));
  socket.on("message", (text, binary) => socket.send(text, { binary }));
  socket.on("error", () => {});
  socket.on("close", () => rooms.get(room).delete(socket));
  socket.send("ready");
});

http.listen(Number(process.env.PORT), "127.0.0.1", 4096);
