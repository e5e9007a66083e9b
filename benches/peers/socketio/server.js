// Socket.IO: rooms, and a way in to publish. RECOVER=1 switches connection state recovery on, REDIS_URL the Redis
// Streams adapter.
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

const http = createServer((request, response) => {
  const room = request.url.match(/^\/publish\/(.+)$/)?.[1];
  if (request.method !== "POST" || !room) {
    return response.writeHead(404).end();
  }
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    io.to(room).emit("said", body);
    response.end();
  });
});

const options = {};
if (process.env.RECOVER) {
  options.connectionStateRecovery = { maxDisconnectionDuration: 2 * 60 * 1000, skipMiddlewares: true };
}
if (process.env.REDIS_URL) {
  const redis = createClient({ url: process.env.REDIS_URL });
  await redis.connect();
  options.adapter = createAdapter(redis);
}
const io = new Server(http, options);

io.on("connection", (socket) => {
  socket.on("join", async (room, done) => {
    await socket.join(room);
    done();
  });
  socket.on("echo", (text, done) => done(text));
});

http.listen(Number(process.env.PORT), "127.0.0.1", 4096);
