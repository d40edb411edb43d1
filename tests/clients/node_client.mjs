// Node's fetch through the proxy: node_client.mjs HTTP HTTPS, with undici's
// ProxyAgent where it is installed, else with Node's own --use-env-proxy.
import { createHash } from "node:crypto";

const [http, https] = process.argv.slice(2);
let fetchThrough = globalThis.fetch;
let options = () => ({});
if (process.env.WITH_UNDICI) {
  const { fetch, ProxyAgent } = await import("undici");
  const { readFileSync } = await import("node:fs");
  const ca = readFileSync(process.env.NODE_EXTRA_CA_CERTS);
  const dispatcher = new ProxyAgent({ uri: process.env.HTTP_PROXY, requestTls: { ca } });
  fetchThrough = fetch;
  options = () => ({ dispatcher });
}

let failed = 0;
function check(name, good, seen = "") {
  console.log(`${good ? "ok   " : "FAIL "} ${name}${good ? "" : `: ${seen}`}`);
  if (!good) failed += 1;
}

const data = Buffer.alloc(1 << 20, "The river carries small boats.\n");
const sum = createHash("sha256").update(data).digest("hex");
for (const base of [http, https]) {
  const scheme = base.split(":")[0];
  try {
    const page = await (await fetchThrough(`${base}/page`, options())).text();
    check(`node ${scheme} GET`, page.includes("quiet town"), page);
    const sent = { ...options(), method: "POST", body: data };
    const answer = await (await fetchThrough(`${base}/upload`, sent)).text();
    check(`node ${scheme} POST`, answer.includes(sum), answer);
    const redirected = await fetchThrough(`${base}/redirect`, options());
    check(`node ${scheme} redirect`, redirected.url === `${base}/page`, redirected.url);
    const early = await fetchThrough(`${base}/early-hints`, options());
    check(`node ${scheme} 103`, early.status === 200, early.status);
  } catch (error) {
    check(`node ${scheme}`, false, error.cause ?? error);
  }
}
process.exit(failed ? 1 : 0);
