// Compares the CPU time that the processes of both emulators take for the same request.
//
// Each gets its requests over one connection, in turns, so that the ratio is stable even on a busy machine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { createServer } from "node:net";

const WARM_UP = 4_000;
const ROUNDS = 40;
const REQUESTS = 500;
// emulate answers a key 5,000 times an hour.
const REQUESTS_PER_KEY = 4_000;
// The ticks of /proc/<pid>/stat are a hundredth of a second.
const MICROSECONDS_PER_TICK = 10_000;

class Server {
  // `key` returns the secret key of the request with a number.
  static async start(name, key, [program, ...args], port) {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
    process.on("exit", () => child.kill());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const server = Object.assign(new Server(), { name, key, child, agent, port, sent: 0, cpu: 0 });
    const user = await server.createFirstUser();
    server.path = `/v1/users/${user.id}`;
    return server;
  }

  // The first request is sent until the server listens.
  async createFirstUser() {
    const body = JSON.stringify({ email_address: ["ann@example.com"], first_name: "Ann" });
    for (;;) {
      try {
        return JSON.parse(await this.send("POST", "/v1/users", body));
      } catch (error) {
        if (error.code !== "ECONNREFUSED" || this.child.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async send(method, path, body) {
    this.sent += 1;
    const headers = { authorization: `Bearer ${this.key(this.sent)}`, "content-type": "application/json" };
    const options = { port: this.port, method, path, headers, agent: this.agent, host: "127.0.0.1" };
    const sent = request(options).end(body);
    const [response] = await once(sent, "response");
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk;
    if (response.statusCode !== 200) throw new Error(`${this.name}: ${response.statusCode} ${text}`);
    return text;
  }

  async getUser(times) {
    for (let time = 0; time < times; time++) await this.send("GET", this.path);
  }

  // Returns the CPU time of the process, in ticks.
  async ticks() {
    const stat = await readFile(`/proc/${this.child.pid}/stat`, "utf8");
    const [utime, stime] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13);
    return Number(utime) + Number(stime);
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

const [ourPort, theirPort] = [await freePort(), await freePort()];
const emulate = ["node_modules/emulate/dist/index.js", "start", "--service", "clerk", "--port", String(theirPort)];
const servers = [
  await Server.start(
    "clerk-emulator",
    () => "sk_test_emulator",
    [process.argv[2], "--quiet", "--port", String(ourPort)],
    ourPort,
  ),
  await Server.start(
    "emulate",
    (number) => `sk_test_${Math.floor(number / REQUESTS_PER_KEY)}`,
    [process.execPath, ...emulate],
    theirPort,
  ),
];
for (const server of servers) await server.getUser(WARM_UP);
for (const server of servers) server.cpu = -(await server.ticks());
for (let round = 0; round < ROUNDS; round++) {
  for (const server of servers) await server.getUser(REQUESTS);
}
const [ours, theirs] = await Promise.all(
  servers.map(async (it) => ((it.cpu + (await it.ticks())) * MICROSECONDS_PER_TICK) / (ROUNDS * REQUESTS)),
);
const ratio = (theirs / ours).toFixed(1);
console.log(`CPU of GET /users/{id}: ${ours.toFixed(1)} µs, emulate ${theirs.toFixed(1)} µs, ratio ${ratio} (at least 10)`);
process.exit(0);
