//! What the store promises of the file: locks, writes, and what others do to it meanwhile.

use std::fs;

use super::super::*;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap().block_on(future)
}

fn edit_file(
    store: &Store,
    change: impl FnOnce(&mut Document) -> Result<()>,
) -> Result<Option<PathBuf>> {
    block_on(async {
        let patience = Duration::from_secs(30);
        store
            .lock(patience, OnMalformed::SetAside)
            .await?
            .edit(change)
    })
}

#[test]
fn many_writers_at_once_lose_no_change() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("new/pipecatcloud.toml"));
    std::thread::scope(|scope| {
        for number in 0..24 {
            let store = &store;
            scope.spawn(move || {
                edit_file(store, |document| {
                    document.set_in(&format!("org{number}"), "k", "v")
                })
                .unwrap();
            });
        }
    });
    assert_eq!(store.read().unwrap().organizations().count(), 24);
}

#[test]
fn a_held_lock_is_waited_for_and_then_reported() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("pipecatcloud.toml"));
    block_on(async {
        let _held = store.lock(Duration::ZERO, OnMalformed::Fail).await.unwrap();
        let error = store
            .lock(Duration::from_millis(50), OnMalformed::Fail)
            .await
            .err();
        assert_eq!(error.unwrap().code(), Code::ConfigLocked);
    });
}

#[test]
fn what_a_killed_writer_left_is_cleared_away_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    fs::write(folder.path().join(".pipecatcloud.toml.abc123.tmp"), "tok").unwrap();
    let others = [
        ".other.toml.abc123.tmp",
        ".pipecatcloud.toml.staging.abc123.tmp",
        ".pipecatcloud.toml.notes.tmp",
        ".pipecatcloud.toml.abc-12.tmp",
        ".pipecatcloud.toml.abc123.tmp.tmp",
    ];
    for other in others {
        fs::write(folder.path().join(other), "").unwrap();
    }
    edit_file(&Store::new(path), |document| document.set("org", "acme")).unwrap();
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut expected = others.to_vec();
    expected.extend(["pipecatcloud.toml", "pipecatcloud.toml.lock"]);
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[test]
fn an_edit_is_made_to_the_file_as_it_is_then() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    let store = Store::new(path.clone());
    fs::write(&path, "org = 'acme'\n").unwrap();
    block_on(async {
        let mut locked = store.lock(Duration::ZERO, OnMalformed::Fail).await.unwrap();
        // Somebody who knows no lock.
        fs::write(&path, "# mine\norg = 'acme'\nnew = 1\n").unwrap();
        locked.edit(|document| document.set("token", "t")).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "# mine\norg = 'acme'\nnew = 1\ntoken = \"t\"\n"
        );
        // What this process itself has written counts as well.
        locked
            .edit(|document| document.set("org", "other"))
            .unwrap();
        assert!(locked.document().text().contains("token = \"t\""));
    });
}

#[test]
fn an_edit_waits_until_somebody_elses_write_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    let store = Store::new(path.clone());
    fs::write(&path, "org = 'old'\n").unwrap();
    block_on(async {
        let mut locked = store.lock(Duration::ZERO, OnMalformed::Fail).await.unwrap();
        fs::write(&path, "org = 'ac").unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(SETTLING / 5);
                fs::write(&path, "org = 'acme'\n").unwrap();
            });
            locked.edit(|document| document.set("token", "t")).unwrap();
        });
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "org = 'acme'\ntoken = \"t\"\n");
        // Where it stays broken it is left alone.
        fs::write(&path, "org = 'ac").unwrap();
        let error = locked.edit(|document| document.set("token", "u")).err();
        assert_eq!(error.unwrap().code(), Code::ConfigMalformed);
        assert_eq!(fs::read_to_string(&path).unwrap(), "org = 'ac");
    });
}

/// So the disk may fill up after the rehearsal.
#[test]
#[cfg(unix)]
fn what_was_rehearsed_is_what_takes_the_files_place() {
    use std::os::unix::fs::MetadataExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    let store = Store::new(path.clone());
    fs::write(&path, "org = 'acme'\n").unwrap();
    let token = "t".repeat(20_000);
    block_on(async {
        let mut locked = store.lock(Duration::ZERO, OnMalformed::Fail).await.unwrap();
        locked.rehearse().unwrap();
        let draft = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .find(|entry| entry.file_name().to_string_lossy().ends_with(".tmp"));
        let draft = draft.unwrap().metadata().unwrap();
        assert!(draft.len() > 20_000, "{}", draft.len());
        locked
            .edit(|document| document.set("token", &*token))
            .unwrap();
        assert_eq!(fs::metadata(&path).unwrap().ino(), draft.ino());
    });
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text, format!("org = 'acme'\ntoken = \"{token}\"\n"));
}

/// Somebody tidies up, or removes the whole folder, while an answer is waited for.
#[test]
fn a_rehearsed_place_that_was_cleared_away_is_made_again() {
    for with_folder in [false, true] {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("pipecatcloud");
        fs::create_dir(&folder).unwrap();
        let path = folder.join("pipecatcloud.toml");
        let store = Store::new(path.clone());
        fs::write(&path, "org = 'acme'\n").unwrap();
        block_on(async {
            let mut locked = store.lock(Duration::ZERO, OnMalformed::Fail).await.unwrap();
            locked.rehearse().unwrap();
            if with_folder && cfg!(unix) {
                fs::remove_dir_all(&folder).unwrap();
            } else {
                for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap()) {
                    if entry.file_name().to_string_lossy().ends_with(".tmp") {
                        fs::remove_file(entry.path()).unwrap();
                    }
                }
            }
            locked.edit(|document| document.set("token", "t")).unwrap();
        });
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.ends_with("token = \"t\"\n"), "{text}");
    }
}

/// Only the first who waited would be alone with the file otherwise.
#[test]
#[cfg(unix)]
fn a_lock_file_that_was_removed_while_it_was_waited_for_locks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("pipecatcloud.toml"));
    block_on(async {
        let patience = Duration::from_secs(20);
        let first = store.lock(patience, OnMalformed::Fail).await.unwrap();
        fs::remove_file(folder.path().join("pipecatcloud.toml.lock")).unwrap();
        let second = store.lock(patience, OnMalformed::Fail).await.unwrap();
        // Whoever waited for the first must not come in beside the second.
        let waiting = async {
            let third = store.lock(patience, OnMalformed::Fail).await.unwrap();
            drop(third);
        };
        drop(first);
        let third = tokio::time::timeout(Duration::from_millis(100), waiting).await;
        assert!(third.is_err());
        drop(second);
    });
}

#[test]
fn a_malformed_file_is_kept_under_a_name_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    let store = Store::new(path.clone());
    for (content, name) in [
        ("a = ", "pipecatcloud.toml.bak"),
        ("b = ", "pipecatcloud.toml.bak.1"),
    ] {
        fs::write(&path, content).unwrap();
        let kept = edit_file(&store, |document| document.set("org", "acme")).unwrap();
        assert_eq!(kept, Some(folder.path().join(name)));
        assert_eq!(
            fs::read_to_string(folder.path().join(name)).unwrap(),
            content
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "org = \"acme\"\n");
    }
}

#[test]
fn an_edit_that_fails_or_changes_nothing_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    let store = Store::new(path.clone());
    fs::write(&path, "org = 'acme'\n").unwrap();
    let written = || fs::metadata(&path).unwrap().modified().unwrap();
    let before = written();
    edit_file(&store, |document| document.remove("token")).unwrap();
    let failed = edit_file(&store, |document| {
        document.set("org", "other")?;
        Err(Error::new(Code::Internal, "no"))
    });
    assert!(failed.is_err());
    assert_eq!(written(), before);
    assert_eq!(fs::read_to_string(&path).unwrap(), "org = 'acme'\n");
}

/// As on Windows, where a file that is open cannot be replaced, nor always be written.
#[test]
#[cfg(windows)]
fn a_file_that_somebody_has_open_is_changed_all_the_same() {
    use std::os::windows::fs::OpenOptionsExt as _;

    const SHARE_READ: u32 = 1;
    const SHARE_WRITE: u32 = 2;
    let open = |path: &Path, share| {
        let mut options = fs::OpenOptions::new();
        options.read(true).share_mode(share).open(path).unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    let store = Store::new(path.clone());
    fs::write(&path, "org = 'acme'\n").unwrap();
    // Open for a moment, to nobody else.
    let held = open(&path, SHARE_READ);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            drop(held);
        });
        edit_file(&store, |document| document.set("token", "t")).unwrap();
    });
    // Open for good, as Python opens files.
    let held = open(&path, SHARE_READ | SHARE_WRITE);
    edit_file(&store, |document| document.set("token", "u")).unwrap();
    drop(held);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text, "org = 'acme'\ntoken = \"u\"\n");
}

/// Other programs write the file without our lock.
#[test]
fn a_change_is_made_to_the_file_as_it_is_at_that_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    let store = Store::new(path.clone());
    let changed = |locked: &mut Locked| locked.edit(|document| document.set("token", "new"));
    let text = || fs::read_to_string(&path).unwrap();
    block_on(async {
        fs::write(&path, "token = \"old\"\n").unwrap();
        let mut locked = store.lock(Duration::ZERO, OnMalformed::Fail).await.unwrap();
        fs::write(&path, "# theirs\ntoken = \"old\"\norg = \"acme\"\n").unwrap();
        changed(&mut locked).unwrap();
        assert_eq!(text(), "# theirs\ntoken = \"new\"\norg = \"acme\"\n");
        // What is half written is left alone.
        fs::write(&path, "token = \"ha").unwrap();
        let error = changed(&mut locked).unwrap_err();
        assert_eq!(error.code(), Code::ConfigMalformed);
        assert_eq!(text(), "token = \"ha");
        drop(locked);

        let mut locked = store
            .lock(Duration::ZERO, OnMalformed::SetAside)
            .await
            .unwrap();
        assert!(locked.replaces_malformed());
        fs::write(&path, "org = \"acme\"\n").unwrap();
        assert_eq!(changed(&mut locked).unwrap(), None);
        assert_eq!(text(), "org = \"acme\"\ntoken = \"new\"\n");
    });
}
