//! Packages and their files, in a fixed order.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A directory called `name_version`.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) dir: PathBuf,
}

pub(super) fn packages(dir: &Path) -> io::Result<Vec<Package>> {
    let mut packages = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        let full = path.file_name().unwrap_or_default().to_string_lossy();
        let (name, version) = full.split_once('_').unwrap_or((&full, "-"));
        packages.push(Package {
            name: name.to_owned(),
            version: version.to_owned(),
            dir: path.clone(),
        });
    }
    packages.sort_by(|a, b| a.dir.cmp(&b.dir));
    Ok(packages)
}

/// Every plain file, links left out.
pub(super) fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                dirs.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
