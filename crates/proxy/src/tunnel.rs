//! CONNECT: dial, answer, look at the first bytes, then relay or judge.

use crate::exchange::{self, Next, Path};
use crate::forward::{ForwardProxy, respond};
use pipelock_gate::{Ending, Exchange, Ingress, Opening, Outcome, Passage};
use pipelock_model::http::Origin;
use pipelock_model::{Caller, Transport};
use pipelock_net::{
    Downstream, FirstBytes, Incoming, Received, RelayEnd, Reply, ReplyTo, Upstream, relay,
};
use pipelock_policy::ForwardProxy as Settings;
use std::pin::pin;

pub(crate) async fn connect(proxy: &ForwardProxy, mut down: Downstream, incoming: Incoming) {
    let caller = Caller { peer: down.peer() };
    let Incoming {
        head,
        body,
        reply_to,
        ..
    } = incoming;
    let json = reply_to.json;
    let permit = match proxy
        .gate
        .open(head, &caller, Ingress::Connect)
        .await
        .permit()
    {
        Ok(permit) => permit,
        Err(denial) => {
            respond(&mut down, &Reply::refusal(&denial, json), body, &reply_to).await;
            return down.linger().await;
        }
    };
    let Ok(_slot) = proxy.tunnels.clone().try_acquire_owned() else {
        let denial = permit.exchange.refuse_capacity("too many active tunnels");
        close(permit.exchange, denial.status, 0, 0, Ending::Denied);
        respond(&mut down, &Reply::refusal(&denial, json), body, &reply_to).await;
        return down.linger().await;
    };
    let upstream = match proxy.dialer.connect_fresh(&permit).await {
        Ok(upstream) => upstream,
        Err(error) => {
            let reply = Reply::upstream_failure("tunnel dial failed", false);
            close(
                permit.exchange,
                reply.status,
                0,
                0,
                Ending::Upstream(error.failure()),
            );
            respond(&mut down, &reply, body, &reply_to).await;
            return down.linger().await;
        }
    };
    if down.established().await.is_err() {
        return close(permit.exchange, 0, 0, 0, Ending::Downstream);
    }
    let (origin, mut exchange) = permit.into_tunnel();
    Box::pin(opened_tunnel(proxy, down, upstream, &mut exchange, origin)).await;
    // What was not closed with its totals is recorded as aborted by its drop.
}

async fn opened_tunnel(
    proxy: &ForwardProxy,
    mut down: Downstream,
    mut upstream: Upstream,
    exchange: &mut Exchange,
    origin: Origin,
) {
    let peer = upstream.peer();
    let seen = if exchange.may_be_opaque(peer) {
        tokio::select! {
            seen = down.first_bytes() => Some(seen),
            () = upstream.server_first() => None,
        }
    } else {
        Some(down.first_bytes().await)
    };
    let opening = match &seen {
        None => Opening::ServerFirst,
        Some(FirstBytes::Hello(hello)) => Opening::Hello {
            server_name: hello.server_name.as_deref(),
            encrypted: hello.ech,
        },
        Some(FirstBytes::MalformedTls) => Opening::MalformedTls,
        Some(FirstBytes::Http) => Opening::Http,
        Some(FirstBytes::Opaque) => Opening::Opaque,
        Some(FirstBytes::Silence) => Opening::Silence,
        Some(FirstBytes::Closed) => {
            exchange.opened_for_nothing();
            return finish(exchange, 0, 0, Ending::Complete);
        }
    };
    let passage = match exchange.opening(opening, peer) {
        Ok(passage) => passage,
        Err(_) => {
            if !matches!(opening, Opening::Opaque | Opening::ServerFirst) {
                down.tls_alert();
            }
            return finish(exchange, 0, 0, Ending::Denied);
        }
    };
    let settings = exchange.snapshot().policy.forward.clone();
    match (passage, settings) {
        (Passage::Http, _) => http_inside(proxy, down, upstream, exchange, &origin).await,
        (
            raw,
            Some(Settings {
                idle, max_tunnel, ..
            }),
        ) => {
            let moved = relay(down, upstream, raw, exchange, idle, max_tunnel).await;
            let ending = match moved.end {
                RelayEnd::Closed | RelayEnd::Reset => Ending::Complete,
                RelayEnd::Idle | RelayEnd::Lifetime => Ending::TimedOut,
                RelayEnd::Denied(_) => Ending::Denied,
            };
            finish(exchange, moved.up, moved.down, ending);
        }
        (_, None) => finish(exchange, 0, 0, Ending::Denied),
    }
}

/// HTTP in a tunnel is judged as HTTP: same authority, same dialled socket, a new
/// snapshot a request.
async fn http_inside(
    proxy: &ForwardProxy,
    mut down: Downstream,
    mut upstream: Upstream,
    tunnel: &mut Exchange,
    origin: &Origin,
) {
    let ingress = Ingress::Tunnel {
        origin,
        peer: upstream.peer(),
    };
    let path = Path {
        gate: &proxy.gate,
        ingress,
        dialer: &proxy.dialer,
    };
    let life = tunnel
        .snapshot()
        .policy
        .forward
        .as_ref()
        .and_then(|forward| forward.max_tunnel);
    let mut over = pin!(async move {
        match life {
            Some(life) => tokio::time::sleep(life).await,
            None => std::future::pending().await,
        }
    });
    loop {
        let received = tokio::select! {
            biased;
            () = &mut over => Received::Closed,
            received = down.receive() => received,
            // Between requests the server closed its side, or spoke unasked: the
            // client learns it by a close, as it would without us.
            () = upstream.server_first() => Received::Closed,
        };
        let next = match received {
            Received::Request(incoming) => {
                Box::pin(exchange::fixed(path, &mut down, &mut upstream, *incoming)).await
            }
            Received::Malformed(malformed) => {
                let caller = Caller { peer: down.peer() };
                let denial = proxy.gate.malformed(malformed, &caller, Transport::Tunnel);
                down.reply(&Reply::refusal(&denial, false), &ReplyTo::unknown())
                    .await;
                Next::Linger
            }
            Received::TimedOut | Received::Closed => Next::Close,
        };
        match next {
            Next::KeepAlive => continue,
            Next::Linger => down.linger().await,
            Next::Abort => down.abort(),
            Next::Close => {}
        }
        return finish(tunnel, 0, 0, Ending::Complete);
    }
}

fn close(exchange: Exchange, status: u16, bytes_up: u64, bytes_down: u64, ending: Ending) {
    exchange.close(Outcome {
        status,
        bytes_up,
        bytes_down,
        ending,
    });
}

fn finish(exchange: &mut Exchange, bytes_up: u64, bytes_down: u64, ending: Ending) {
    exchange.finish(Outcome {
        status: 200,
        bytes_up,
        bytes_down,
        ending,
    });
}
