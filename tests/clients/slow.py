"""What takes long: a 20 s upload and a 60 s stream, over plain HTTP and a tunnel.

Usage: slow.py PROXY(host:port) ORIGIN(host:port)
"""

import hashlib
import http.client
import sys
import threading
import time

PROXY, ORIGIN = sys.argv[1:3]
FAILED = []


def connect(tunnel):
    host, port = PROXY.rsplit(":", 1)
    client = http.client.HTTPConnection(host, int(port), timeout=90)
    if tunnel:
        origin, origin_port = ORIGIN.rsplit(":", 1)
        client.set_tunnel(origin, int(origin_port))
        return client, ""
    return client, f"http://{ORIGIN}"


def check(name, good, seen=""):
    print(f"{'ok   ' if good else 'FAIL '} {name}" + ("" if good else f": {seen}"), flush=True)
    if not good:
        FAILED.append(name)


def upload(tunnel):
    client, base = connect(tunnel)
    part, digest = b"The river carries small boats.\n" * 512, hashlib.sha256()

    def parts():
        for _ in range(20):
            digest.update(part)
            yield part
            time.sleep(1)

    client.request("POST", base + "/upload", body=parts(), encode_chunked=True,
                   headers={"Host": ORIGIN, "Transfer-Encoding": "chunked"})
    body = client.getresponse().read()
    name = "20 s upload" + (" in a tunnel" if tunnel else "")
    check(name, digest.hexdigest().encode() in body, body[:200])


def stream(tunnel):
    client, base = connect(tunnel)
    client.request("GET", base + "/events?seconds=60", headers={"Host": ORIGIN})
    answer, late, turns, start = client.getresponse(), 0.0, 0, None
    while line := answer.readline():
        if b'"at": ' not in line:
            continue
        sent = float(line.split(b'"at": ')[1].split(b"}")[0])
        start = start or time.monotonic() - sent
        late = max(late, time.monotonic() - start - sent)
        turns += 1
    name = "60 s stream" + (" in a tunnel" if tunnel else "")
    check(f"{name}, every event at once", turns >= 58 and late < 0.5, f"{turns} events, {late:.2f} s late")


def guarded(work, tunnel):
    try:
        work(tunnel)
    except Exception as error:
        check(f"{work.__name__} tunnel={tunnel}", False, repr(error))


threads = [threading.Thread(target=guarded, args=(work, tunnel))
           for work in (upload, stream) for tunnel in (False, True)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit(bool(FAILED))
