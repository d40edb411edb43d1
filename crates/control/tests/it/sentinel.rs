//! The sentinel file.

use pipelock_control::Switchboard;
use pipelock_gate::KillSwitch;
use pipelock_model::event::KillSource;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn path(name: &str) -> PathBuf {
    let name = format!("pipelock-{name}-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let _ = std::fs::remove_file(&path);
    path
}

#[test]
fn the_switch_follows_the_file_and_tells_every_change_once() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let (path, told) = (path("sentinel"), Arc::new(Mutex::new(Vec::new())));
    let board = Arc::new(Switchboard::new());
    let test = async {
        let mut changes = board.watch();
        let (followed, heard, file) = (board.clone(), told.clone(), path.clone());
        let following = tokio::spawn(async move {
            followed
                .follow_sentinel(file, |on| heard.lock().unwrap().push(on))
                .await;
        });
        for present in [true, false, true] {
            match present {
                true => std::fs::write(&path, "").unwrap(),
                false => std::fs::remove_file(&path).unwrap(),
            }
            changes.changed().await.unwrap();
            assert_eq!(board.active(), present.then_some(KillSource::Sentinel));
        }
        // The other sources are not the file's business.
        board.set(KillSource::Signal, true);
        changes.changed().await.unwrap();
        std::fs::remove_file(&path).unwrap();
        changes.changed().await.unwrap();
        assert_eq!(board.active(), Some(KillSource::Signal));
        following.abort();
    };
    runtime.block_on(async {
        tokio::time::timeout(Duration::from_secs(10), test)
            .await
            .unwrap()
    });
    assert_eq!(*told.lock().unwrap(), [true, false, true, false]);
}
