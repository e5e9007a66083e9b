// The server of y-websocket, with the persistence it brings: every update is put into LevelDB, in the folder
// YPERSISTENCE. It is the last release for Yjs 13, which is what people's editors have.
import { createServer } from "node:http";
import { setupWSConnection } from "@y/websocket-server/utils";
import { WebSocketServer } from "ws";

const http = createServer((_request, response) => response.end("okay"));
new WebSocketServer({ server: http }).on("connection", setupWSConnection);

http.listen(Number(process.env.PORT), "127.0.0.1", 4096);
