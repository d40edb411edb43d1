//! The floor: a forward proxy on hyper that relays and judges nothing.
//!
//! Absolute-URI requests go through a pooled client, CONNECT is a plain copy.
//! Whatever our proxy costs above this is the price of judging.

use std::net::SocketAddr;

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt, Empty, combinators::BoxBody};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderName};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};

type Body = BoxBody<Bytes, hyper::Error>;
type Upstream = Client<HttpConnector, Incoming>;

#[derive(Parser)]
struct Args {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8890")]
    listen: SocketAddr,
    /// Worker threads.
    #[arg(long, default_value_t = 1)]
    workers: usize,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(args.workers)
        .enable_all()
        .build()?
        .block_on(serve(args.listen))
}

async fn serve(listen: SocketAddr) -> anyhow::Result<()> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let upstream: Upstream = Client::builder(TokioExecutor::new()).build(connector);
    let listener = TcpListener::bind(listen).await?;
    loop {
        let (socket, _) = listener.accept().await?;
        let upstream = upstream.clone();
        tokio::spawn(async move {
            let _ = socket.set_nodelay(true);
            let service = service_fn(move |request| relay(upstream.clone(), request));
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(socket), service)
                .with_upgrades()
                .await;
        });
    }
}

async fn relay(
    upstream: Upstream,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, hyper::Error> {
    if request.method() == Method::CONNECT {
        return Ok(connect(request).await);
    }
    if request.uri().scheme().is_none() {
        // Our own routes: good enough for "is it up".
        return Ok(Response::new(empty()));
    }
    request.headers_mut().remove(CONNECTION);
    request
        .headers_mut()
        .remove(HeaderName::from_static("proxy-connection"));
    match upstream.request(request).await {
        Ok(response) => Ok(response.map(BodyExt::boxed)),
        Err(_) => Ok(status(StatusCode::BAD_GATEWAY)),
    }
}

async fn connect(request: Request<Incoming>) -> Response<Body> {
    let Some(authority) = request.uri().authority().map(ToString::to_string) else {
        return status(StatusCode::BAD_REQUEST);
    };
    let Ok(mut upstream) = TcpStream::connect(authority).await else {
        return status(StatusCode::BAD_GATEWAY);
    };
    tokio::spawn(async move {
        let _ = upstream.set_nodelay(true);
        if let Ok(upgraded) = hyper::upgrade::on(request).await {
            // The socket itself again, so that the copy is the plain one.
            if let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() {
                let mut downstream = parts.io.into_inner();
                let _ = tokio::io::copy_bidirectional(&mut downstream, &mut upstream).await;
            }
        }
    });
    Response::new(empty())
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(empty());
    *response.status_mut() = status;
    response
}

fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed()
}
