"""A client of the layer in plain Python, written from docs/handbook/09-protocol.md alone; it keeps that text true.

    python3 client.py http://127.0.0.1:3000 socket|poll COOKIE COMMANDS ROOM

COOKIE is the one by which the application knows who it is; how one gets it is the application's affair. COMMANDS is what the paths of the application's commands begin with: `say` says something in a room for ever, and
`open_room` answers with the snapshot of one. It ends with status 0 when everything was as the text says.
"""
import base64, http.client, json, os, socket, struct, sys, time

SITE, TRANSPORT, COOKIE, COMMANDS, ROOM = sys.argv[1:]
HOST = SITE.split("//")[1]


class Client:
    def __init__(self, user):
        self.cookies = {COOKIE: user}
        self.client, self.uid, self.heard, self.at, self.socket = None, 0, [], {}, None
        self.request("GET", "/")  # Its answer has the cookie of the browser's session.

    def request(self, method, path, body=None, headers={}):
        web = http.client.HTTPConnection(HOST, timeout=40)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        web.request(method, path, body, {"Cookie": cookies, "Content-Type": "application/json", **headers})
        answer = web.getresponse()
        for line in answer.msg.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, answer.read().decode()

    # The frames, over a socket or in polls.

    def connect(self):
        hello = {"client": self.client} if self.client else {}
        if TRANSPORT == "poll":
            self.poll()
        else:
            host, port = HOST.split(":")
            self.socket = socket.create_connection((host, int(port)), timeout=40)
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            key = base64.b64encode(os.urandom(16)).decode()
            self.socket.sendall(
                f"GET /sputnik/socket HTTP/1.1\r\nHost: {HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nCookie: {cookies}\r\n\r\n".encode()
            )
            self.stream, self.parts = self.socket.makefile("rb"), ""
            assert b" 101 " in self.stream.readline()
            while self.stream.readline() != b"\r\n":
                pass
            self.send({"hello": hello})
        return self.until(lambda kind, data: kind == "welcome")["client"]

    def send(self, frame):
        text, mask = json.dumps(frame).encode(), os.urandom(4)
        size = struct.pack(">B", 128 | len(text)) if len(text) < 126 else struct.pack(">BH", 254, len(text))
        body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(text))
        self.socket.sendall(b"\x81" + size + mask + body)

    def receive(self):
        head, size = self.stream.read(2)
        size = {126: lambda: struct.unpack(">H", self.stream.read(2))[0],
                127: lambda: struct.unpack(">Q", self.stream.read(8))[0]}.get(size, lambda: size)()
        text = self.stream.read(size).decode()
        if head & 15 != 1:
            return
        if text[0] in "+=":  # A long frame comes in parts.
            self.parts += text[1:]
            if text[0] == "+":
                return self.send("pong")
            text, self.parts = self.parts, ""
        self.take(json.loads(text))

    def poll(self, frames=(), follow=None, kind="poll"):
        hello = {"client": self.client} if self.client else {}
        follows = follow or [{"channel": channel, "after": at} for channel, at in self.at.items()]
        ask = {"hello": hello, "follow": follows, "frames": list(frames)}
        status, mail = self.request("POST", f"/sputnik/{kind}", json.dumps({"ask": ask}))
        assert status == 200, mail
        for frame in json.loads(mail)["frames"]:
            self.take(frame)

    def take(self, frame):
        kind, data = (frame, None) if isinstance(frame, str) else next(iter(frame.items()))
        if kind == "ping":
            self.send("pong")
        elif kind == "welcome":
            self.client = data["client"]
        elif kind == "following":
            self.at.setdefault(data["channel"], data["at"])
        elif kind == "entry":
            at = self.at[data["channel"]]
            if data["epoch"] != at["epoch"] or data["offset"] <= at["offset"]:
                return  # It was seen.
            assert data["offset"] == at["offset"] + 1, "offsets have no holes"
            self.at[data["channel"]] = {"epoch": data["epoch"], "offset": data["offset"]}
        self.heard.append((kind, data))

    def until(self, is_it):
        """Waits until a frame comes that is it; what came before it is not looked at again."""
        patience = time.time() + 30
        while time.time() < patience:
            while self.heard:
                kind, data = self.heard.pop(0)
                if is_it(kind, data):
                    return data
            self.receive() if self.socket else self.poll(kind="long-poll")
        raise SystemExit("it never came")

    def follow(self, channel, after=None):
        self.at.pop(channel, None)
        follow = {"channel": channel, **({"after": after} if after else {})}
        if after:
            self.at[channel] = after
        self.send({"follow": follow}) if self.socket else self.poll(follow=[follow])

    def say(self, frame):
        self.send(frame) if self.socket else self.poll([frame])

    def command(self, name, arguments, uid=None, again=False):
        """Its status and its answer. What a person does anew has a new UID; what is sent again keeps its own."""
        self.uid += uid is None
        uid, path, body = uid or self.uid, COMMANDS + name, json.dumps(arguments)
        if self.socket:
            self.send({"call": {"uid": uid, "path": path, "body": body, "again": again}})
            kept, reply = [], None
            while reply is None:  # What is said meanwhile is for whoever waits for that.
                self.receive()
                found = [data for kind, data in self.heard if kind == "reply" and data["uid"] == uid]
                reply = found[0] if found else None
            self.heard = [(kind, data) for kind, data in self.heard if data is not reply]
            return reply["status"], reply["body"]
        headers = {"X-Sputnik-Client": self.client, "X-Sputnik-Uid": str(uid), **({"X-Sputnik-Again": "1"} if again else {})}
        status, answer = self.request("POST", path, body, headers)
        return status, json.loads(answer)


def said(text):
    """The entry that says this."""
    return lambda kind, data: kind == "entry" and "said" in data["entry"] and data["entry"]["said"]["body"] == text


ann, ben = Client("ann"), Client("ben")
ann.connect(), ben.connect()
assert ann.client != ben.client
ann.follow(ROOM)
ann.until(lambda kind, data: kind == "following" and data["channel"] == ROOM)

# Order: what is said comes as it was said, each once, with versions that rise.
versions = [ben.command("say_in_room", {"room": ROOM, "text": text}) for text in ("one", "two", "three")]
entries = [ann.until(said(text)) for text in ("one", "two", "three")]
assert [entry["entry"]["said"]["version"] for entry in entries] == [version for _, version in versions]
assert all(entry["entry"]["said"]["from"] == ben.client for entry in entries)
assert sorted(entries, key=lambda entry: entry["offset"]) == entries

# A retry gets the recorded reply, also over the other way, and changes nothing. Anything else under that UID is a conflict.
assert ben.command("say_in_room", {"room": ROOM, "text": "three"}, uid=3, again=True) == versions[2]
for arguments in ({"room": ROOM, "text": "four"}, {"text": "three", "room": ROOM}):
    for again in (True, False):
        status, fault = ben.command("say_in_room", arguments, uid=3, again=again)
        assert (status, fault["code"]) == (409, "conflict"), fault
status, fault = ann.command("nothing_of_the_kind", {})
assert (status, fault["code"]) == (404, "unknown_command")
assert ben.command("say_in_room", {"room": ROOM, "text": "next"})[0] == 200
assert ann.until(said("next"))["offset"] == entries[2]["offset"] + 1, "nothing was said twice"

# A whisper is heard by whoever follows, and stands in no log.
ben.follow(ROOM)
ben.until(lambda kind, data: kind == "following")
before = dict(ann.at[ROOM])
ben.say({"whisper": {"channel": ROOM, "body": {"caret": 12}}})
whisper = ann.until(lambda kind, data: kind == "whisper")
assert (whisper["from"], whisper["body"], ann.at[ROOM]) == (ben.client, {"caret": 12}, before)

# A position of another log is a gap: then a fresh snapshot, and on from there.
ann.follow(ROOM, after={"epoch": "another", "offset": 3})
assert ann.until(lambda kind, data: kind == "gap")["channel"] == ROOM
status, snapshot = ann.command("open_room", {"room": ROOM})
assert snapshot["state"] == ["one", "two", "three", "next"] and snapshot["version"] == 4, snapshot
ann.follow(ROOM, after=snapshot["at"])
ben.command("say_in_room", {"room": ROOM, "text": "after the gap"})
assert ann.until(said("after the gap"))["entry"]["said"]["version"] == 5

# A connection that is cut goes on from where it stood, as the same client, and by whichever way.
if ann.socket:
    ann.socket.close()
    ann.socket = None
client = ann.client
ben.command("say_in_room", {"room": ROOM, "text": "while away"})
assert ann.until(said("while away")) and ann.client == client

# A command is a POST; nobody is told that they are older than the server.
status, fault = ann.request("GET", COMMANDS + "say_in_room")
assert status == 405 and json.loads(fault)["code"] == "bad_request", fault
print("all is as the text says")
