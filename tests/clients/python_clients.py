"""requests, httpx and aiohttp through the proxy: one line a check.

Usage: python_clients.py PROXY HTTP HTTPS CERT
"""

import asyncio
import hashlib
import ssl
import sys

import aiohttp
import httpx
import requests

PROXY, HTTP, HTTPS, CERT = sys.argv[1:5]
DATA = bytes(range(256)) * 4096
SUM = hashlib.sha256(DATA).hexdigest()
FAILED = []


def check(name, good, seen=""):
    print(f"{'ok   ' if good else 'FAIL '} {name}" + ("" if good else f": {seen}"))
    if not good:
        FAILED.append(name)


def with_requests():
    session = requests.Session()
    session.trust_env = False
    session.proxies, session.verify = {"http": PROXY, "https": PROXY}, CERT
    for base in (HTTP, HTTPS):
        scheme = base.split(":")[0]
        check(f"requests {scheme} GET", "quiet town" in session.get(base + "/page").text)
        answer = session.post(base + "/upload", data=DATA)
        check(f"requests {scheme} POST", answer.json().get("sha256") == SUM, answer.text)
        parts = (DATA[at : at + 65536] for at in range(0, len(DATA), 65536))
        answer = session.post(base + "/upload", data=parts)
        check(f"requests {scheme} chunked", answer.json().get("sha256") == SUM, answer.text)
        answer = session.get(base + "/redirect")
        check(f"requests {scheme} redirect", len(answer.history) == 1, answer.history)
        length = session.head(base + "/page").headers.get("Content-Length")
        check(f"requests {scheme} HEAD", length == "1234", length)


def with_httpx():
    context = ssl.create_default_context(cafile=CERT)
    with httpx.Client(proxy=PROXY, verify=context, trust_env=False, timeout=30) as client:
        for base in (HTTP, HTTPS):
            scheme = base.split(":")[0]
            check(f"httpx {scheme} GET", "quiet town" in client.get(base + "/page").text)
            with client.stream("GET", base + "/stream?seconds=2") as answer:
                lines = list(answer.iter_lines())
            check(f"httpx {scheme} NDJSON", len(lines) >= 2, lines)
            answer = client.post(base + "/upload", content=DATA)
            check(f"httpx {scheme} POST", answer.json().get("sha256") == SUM, answer.text)


async def with_aiohttp():
    context = ssl.create_default_context(cafile=CERT)
    async with aiohttp.ClientSession() as session:
        for base in (HTTP, HTTPS):
            scheme = base.split(":")[0]
            async with session.get(base + "/page", proxy=PROXY, ssl=context) as answer:
                check(f"aiohttp {scheme} GET", "quiet town" in await answer.text())
            async with session.get(base + "/trailers", proxy=PROXY, ssl=context) as answer:
                check(f"aiohttp {scheme} trailers", "river" in await answer.text())
            many = [session.get(base + f"/bytes/{n}000", proxy=PROXY, ssl=context) for n in range(20)]
            sizes = [len(await answer.read()) for answer in await asyncio.gather(*many)]
            check(f"aiohttp {scheme} 20 at a time", sizes == [n * 1000 for n in range(20)], sizes)


with_requests()
with_httpx()
asyncio.run(with_aiohttp())
sys.exit(bool(FAILED))
