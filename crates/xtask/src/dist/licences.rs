//! The licences of what is linked into a library or program: a copy of it must carry them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value as Json;

use crate::command::{self, cargo_line};

/// Writes the text about `package` to the file `to`.
pub(super) fn write(package: &str, to: &Path) -> Result<()> {
    Ok(fs::write(to, third_party(package)?)?)
}

/// One text with all third-party crates in `package`, the licence each is under, and the licences'
/// texts.
fn third_party(package: &str) -> Result<String> {
    let crates = linked(package)?;
    let mut out = format!(
        "Linked into this: the Rust standard library (MIT OR Apache-2.0) and {} crates. What is offered under \
         MIT or the Apache License 2.0 is used under MIT.\n\n",
        crates.len()
    );
    // By its words: many crates have the same licence with other spaces and line breaks.
    let mut texts: BTreeMap<String, (String, Vec<&str>)> = BTreeMap::new();
    for one in &crates {
        writeln!(out, "{}: {}", one.name, one.licence)?;
        let found = chosen(&one.licence, licence_texts(&one.folder)?);
        for text in found {
            let (_, names) = texts.entry(words(&text)).or_insert((text, Vec::new()));
            names.push(&one.name);
        }
    }
    for (text, names) in texts.values() {
        write!(
            out,
            "\n{}\n{}\n\n{}\n",
            "-".repeat(80),
            names.join(", "),
            text.trim_end()
        )?;
    }
    Ok(out)
}

/// The texts that count: of a crate under MIT or Apache-2.0 that of MIT, which is a tenth as long.
fn chosen(licence: &str, texts: Vec<String>) -> Vec<String> {
    let offers = licence.split(" OR ").flat_map(|offer| offer.split('/'));
    let has_choice =
        !licence.contains(['(', ')']) && offers.map(str::trim).any(|offer| offer == "MIT");
    let is_mit = |text: &String| text.contains("Permission is hereby granted, free of charge");
    if !has_choice || !texts.iter().any(is_mit) {
        return texts;
    }
    let is_apache = |text: &String| {
        let start: String = words(text).chars().take(80).collect();
        start.contains("Apache License") && !is_mit(text)
    };
    texts.into_iter().filter(|text| !is_apache(text)).collect()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Linked {
    name: String,
    licence: String,
    folder: PathBuf,
}

/// The third-party crates of `package`'s tree without those that only build it, by name.
fn linked(package: &str) -> Result<Vec<Linked>> {
    let mut tree = cargo_line(
        "tree --quiet --locked --edges normal,no-proc-macro --prefix none --no-dedupe -f {p}",
    );
    tree.args(["--package", package]);
    let tree = command::run(tree)?;
    let mut names: Vec<_> = tree.lines().filter_map(name_and_version).collect();
    names.sort_unstable();
    names.dedup();
    ensure!(!names.is_empty(), "cargo tree listed no dependency");
    let metadata = command::run(cargo_line("metadata --quiet --locked --format-version 1"))?;
    let metadata: Json = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    names
        .into_iter()
        .map(|name| describe(packages, &name))
        .collect()
}

/// `serde v1.0.0` of a line of `cargo tree`; none for a crate of this workspace, which has a path.
fn name_and_version(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    let ours = words.next().is_some_and(|path| path.starts_with("(/"));
    (!ours).then(|| format!("{name} {version}"))
}

fn describe(packages: &[Json], name: &str) -> Result<Linked> {
    let text = |package: &Json, member: &str| package[member].as_str().map(str::to_owned);
    let is_it = |package: &&Json| {
        let (Some(its_name), Some(version)) = (text(package, "name"), text(package, "version"))
        else {
            return false;
        };
        format!("{its_name} {version}") == name
    };
    let package = packages.iter().find(is_it);
    let package = package.with_context(|| format!("cargo metadata has no {name}"))?;
    let licence = text(package, "license").with_context(|| format!("{name} names no licence"))?;
    let manifest = text(package, "manifest_path").context("a package has a manifest")?;
    Ok(Linked {
        name: name.to_owned(),
        licence,
        folder: Path::new(&manifest)
            .parent()
            .context("a manifest has a folder")?
            .to_owned(),
    })
}

/// The licence files at the top of a crate and one folder down, where vendored C code has its own.
fn licence_texts(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    let mut folders = vec![folder.to_owned()];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    for folder in folders {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_file() && is_licence(&path) {
                texts.push(fs::read_to_string(&path)?.replace("\r\n", "\n"));
            }
        }
    }
    Ok(texts)
}

fn is_licence(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_uppercase());
    name.is_some_and(|name| {
        ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"]
            .iter()
            .any(|start| name.starts_with(start))
    })
}

#[cfg(test)]
mod tests {
    use super::{chosen, is_licence, name_and_version, words};
    use std::path::Path;

    #[test]
    fn our_own_crates_are_no_third_party() {
        let name = name_and_version("serde v1.0.2");
        assert_eq!(name.as_deref(), Some("serde 1.0.2"));
        let name = name_and_version("serde_derive v1.0.2 (proc-macro)");
        assert_eq!(name.as_deref(), Some("serde_derive 1.0.2"));
        assert_eq!(name_and_version("streamtoken v0.1.0 (/a/b)"), None);
        assert_eq!(name_and_version(""), None);
    }

    #[test]
    fn of_two_licences_the_short_one_is_chosen() {
        let mit = "MIT License\nPermission is hereby granted, free of charge, to any".to_owned();
        let apache = "   Apache License\n Version 2.0, January 2004".to_owned();
        let notice = "A notice".to_owned();
        let all = vec![apache.clone(), mit.clone(), notice.clone()];
        for licence in [
            "MIT OR Apache-2.0",
            "Apache-2.0/MIT",
            "Zlib OR Apache-2.0 OR MIT",
        ] {
            assert_eq!(
                chosen(licence, all.clone()),
                [mit.clone(), notice.clone()],
                "{licence}"
            );
        }
        for licence in [
            "Apache-2.0",
            "MIT AND Apache-2.0",
            "(MIT OR Apache-2.0) AND ISC",
        ] {
            assert_eq!(chosen(licence, all.clone()), all, "{licence}");
        }
        assert_eq!(chosen("MIT OR Apache-2.0", vec![apache.clone()]), [apache]);
    }

    #[test]
    fn a_licence_is_known_by_its_words() {
        assert_eq!(
            words("  MIT\n\nPermission is\n"),
            words("MIT Permission  is")
        );
        assert_ne!(words("MIT, 2019 A"), words("MIT, 2019 B"));
    }

    #[test]
    fn licences_are_known_by_their_names() {
        for name in [
            "LICENSE",
            "license-mit",
            "LICENCE.txt",
            "COPYING",
            "NOTICE.md",
            "UNLICENSE",
        ] {
            assert!(
                is_licence(Path::new("/crate").join(name).as_path()),
                "{name}"
            );
        }
        assert!(!is_licence(Path::new("/crate/README.md")));
    }
}
