use crate::harness::{CONFIG, Files, Origin, PATIENCE, Proxy, half, pipelock, said};
use rustix::process::Signal;
use std::io::Read;

/// Runs an agent that is a shell script, to its end.
fn with_agent(flags: &[&str], script: &str) -> crate::harness::Said {
    let files = Files::new();
    // The log goes elsewhere: standard output is the agent's.
    let config = format!(
        "{CONFIG}logging:\n  output: file\n  file: \"{}\"\n",
        files.path("log")
    );
    let config = files.write("c.yaml", &config);
    let mut command = pipelock();
    command
        .env("NO_PROXY", "localhost")
        .env("no_proxy", "localhost");
    command
        .args(["run", "--config", &config, "--listen", "127.0.0.1:0"])
        .args(flags);
    said(&command.args(["--", "sh", "-c", script]).output().unwrap())
}

#[test]
fn an_agent_finds_the_proxy_in_its_environment() {
    let script = "echo $HTTP_PROXY; echo $HTTPS_PROXY; echo $http_proxy; echo $https_proxy; \
                  echo $PIPELOCK_FETCH_URL; echo ${NO_PROXY+set}$NO_PROXY ${no_proxy+set}$no_proxy";
    let said = with_agent(&[], script);
    assert_eq!(said.code, 0, "{}", said.err);
    let listen = said
        .err
        .lines()
        .find_map(|line| line.trim().strip_prefix("Listen:"))
        .unwrap();
    let proxy = format!("http://{}", listen.trim());
    let fetch = format!("{proxy}/fetch");
    let lines: Vec<&str> = said.out.lines().collect();
    // Empty and set: no host is reached around the proxy.
    assert_eq!(lines, [&proxy, &proxy, &proxy, &proxy, &*fetch, "set set"]);
}

#[test]
fn the_exit_code_of_an_agent_becomes_ours() {
    for code in [0, 1, 7, 255] {
        assert_eq!(with_agent(&[], &format!("exit {code}")).code, code);
    }
    assert_eq!(
        with_agent(&[], "kill -KILL $$").code,
        128 + 9,
        "as shells say it"
    );
}

#[test]
fn an_agent_reaches_the_proxy_from_its_first_moment() {
    let at = "${HTTP_PROXY#http://}";
    let script = format!(
        "exec {} healthcheck --ready --addr {at}",
        env!("CARGO_BIN_EXE_pipelock")
    );
    let said = with_agent(&[], &script);
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, "healthy\n"),
        "{}",
        said.err
    );
}

#[test]
fn an_agent_that_does_not_exist_is_named() {
    let said = said(
        &pipelock()
            .args(["run", "--listen", "127.0.0.1:0", "--", "no-such-agent"])
            .output()
            .unwrap(),
    );
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("no-such-agent"), "{}", said.err);
}

#[test]
fn no_exec_only_names_the_variables() {
    let proxy = Proxy::with(CONFIG, &["--no-exec", "--", "sh", "-c", "exit 9"]);
    let banner = proxy.banner();
    assert!(
        banner.contains(&format!("HTTP_PROXY=http://{}", proxy.at())),
        "{banner}"
    );
    assert_eq!(proxy.own("/health"), 200, "it serves on");
    proxy.signal(Signal::TERM);
    assert_eq!(proxy.end().0, 0);
}

/// An agent that waits, and does this at a termination signal.
fn waiting(files: &Files, at_the_end: &str) -> Proxy {
    let fifo = files.path("fifo");
    // A read that never returns, so that the shell waits without a child.
    let script = format!(
        "mkfifo {fifo}; exec 3<>{fifo}; trap '{at_the_end}' TERM; echo started; \
         while :; do read -r line <&3; done"
    );
    let config = format!(
        "{CONFIG}logging:\n  output: file\n  file: \"{}\"\n",
        files.path("log")
    );
    Proxy::with(&config, &["--", "sh", "-c", &script])
}

#[test]
fn a_termination_signal_reaches_the_agent_before_the_drain() {
    let files = Files::new();
    let mut proxy = waiting(&files, "echo ending; exit 5");
    let (origin, lines) = (Origin::start(), proxy.log_lines());
    assert_eq!(lines.recv_timeout(PATIENCE).as_deref(), Ok("started"));
    let mut download = half(&proxy, &origin);
    proxy.signal(Signal::TERM);
    assert_eq!(lines.recv_timeout(PATIENCE).as_deref(), Ok("ending"));
    origin.go_on();
    let mut rest = String::new();
    download.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "data: river\n\n", "the download was still open");
    assert_eq!(proxy.end().0, 5);
}

#[test]
fn an_agent_that_stays_is_killed() {
    let files = Files::new();
    let mut proxy = waiting(&files, ":");
    let lines = proxy.log_lines();
    assert_eq!(lines.recv_timeout(PATIENCE).as_deref(), Ok("started"));
    proxy.signal(Signal::TERM);
    assert_eq!(proxy.end().0, 128 + 9);
}
