use crate::harness::{CONFIG, Proxy, pipelock, said, say};
use serde_json::Value;
use std::net::TcpListener;

#[test]
fn a_running_proxy_is_healthy_and_an_empty_port_is_not() {
    let proxy = Proxy::start(CONFIG);
    for flags in [
        &[][..],
        &["--ready"],
        &["--wait", "5s"],
        &["--timeout", "1s"],
    ] {
        let at = proxy.at();
        let output = pipelock()
            .args(["healthcheck", "--addr", &at])
            .args(flags)
            .output();
        let said = said(&output.unwrap());
        assert_eq!(
            (said.code, said.out.as_str()),
            (0, "healthy\n"),
            "{flags:?}: {}",
            said.err
        );
    }
    // Bound but never accepted by anybody once it is dropped.
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string();
    let said = say(&["healthcheck", "--addr", &free]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains(&free), "{}", said.err);
}

#[test]
fn a_server_that_never_answers_is_not_healthy() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = silent.local_addr().unwrap().to_string();
    assert_eq!(
        say(&["healthcheck", "--addr", &at, "--timeout", "100ms"]).code,
        1
    );
}

#[test]
fn proxy_variables_do_not_turn_the_question_away() {
    let proxy = Proxy::start(CONFIG);
    let mut command = pipelock();
    command
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .env("http_proxy", "http://127.0.0.1:1");
    let output = command
        .args(["healthcheck", "--addr", &proxy.at()])
        .output();
    assert_eq!(output.unwrap().status.code(), Some(0));
}

#[test]
fn json_says_what_was_answered() {
    let proxy = Proxy::start(CONFIG);
    let said = say(&["healthcheck", "--json", "--addr", &proxy.at()]);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (&json["healthy"], &json["status"]),
        (&Value::from(true), &Value::from(200))
    );
    assert_eq!(json["addr"], proxy.at());
    assert_eq!(
        json.as_object().unwrap().keys().next_back().unwrap(),
        "schema_version"
    );
}

#[test]
fn a_taken_port_is_named_and_exits_1() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    for flags in [&[][..], &["--check"]] {
        let said = said(
            &pipelock()
                .args(["run", "--listen", &at])
                .args(flags)
                .output()
                .unwrap(),
        );
        assert_eq!(said.code, 1, "{flags:?}: {}", said.err);
        assert!(said.err.contains(&at), "{flags:?}: {}", said.err);
        assert!(
            !said.err.lines().any(|line| line == "ready"),
            "{}",
            said.err
        );
    }
}

#[test]
fn a_taken_metrics_port_stops_the_start_too() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let files = crate::harness::Files::new();
    let config = files.write("c.yaml", &format!("{CONFIG}metrics_listen: \"{at}\"\n"));
    let said = say(&["run", "--config", &config, "--listen", "127.0.0.1:0"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains(&at), "{}", said.err);
}

#[test]
fn the_banner_says_where_and_how_it_serves() {
    let proxy = Proxy::start(CONFIG);
    let (banner, at) = (proxy.banner(), proxy.at());
    for words in [
        format!("Pipelock v{} starting", env!("CARGO_PKG_VERSION")),
        "Mode:    balanced (enforcing)".to_owned(),
        format!("Listen:  {at}"),
        format!("Health:  http://{at}/health"),
        "content inside TLS is not inspected".to_owned(),
    ] {
        assert!(banner.contains(&words), "no {words:?} in {banner}");
    }
    let audit = Proxy::with(CONFIG, &["--mode", "audit"]);
    assert!(
        audit.banner().contains("Mode:    audit (detect-only"),
        "{}",
        audit.banner()
    );
}
