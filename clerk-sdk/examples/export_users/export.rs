//! The walk: every user and what belongs to them, a line for each, from where the file ends.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use clerk_sdk::types::{OrganizationMembership, User};
use clerk_sdk::user;
use futures_util::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};

pub(crate) type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// One line of the file.
#[derive(Deserialize, Serialize)]
pub(crate) struct Line {
    pub(crate) user: User,
    pub(crate) organization_memberships: Vec<OrganizationMembership>,
}

/// How every line starts.
const START: &[u8] = br#"{"user":"#;

/// What a file has before a walk, or after it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Counts {
    pub(crate) before: u64,
    pub(crate) written: u64,
}

/// How many lines are kept in memory before they are written.
const FLUSHED: u64 = 100;

/// Appends all users that the file does not have yet, in the order in which they were made, with so many calls at
/// once; `progress` is told how many there are in the file.
///
/// The file is all that a walk leaves behind, and all that the next one needs: its last line says where to go on.
/// A state of its own could say something else than the file after a kill.
pub(crate) async fn export(
    client: &user::Client,
    path: &Path,
    concurrency: usize,
    progress: impl Fn(u64),
) -> Result<Counts> {
    let (file, before, last) = resume(path)?;
    let mut file = BufWriter::new(file);
    let mut params = user::ListParams::new().order_by("+created_at");
    params.starting_after = last;

    let users = client.list(&params).items();
    // As many calls as are allowed at once, and their answers in the order of the users.
    let mut lines = users
        .map(|user| async { with_memberships(client, user?).await })
        .buffered(concurrency);
    let mut counts = Counts { before, written: 0 };
    progress(before);
    while let Some(line) = lines.next().await {
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                file.flush()?;
                return Err(error.into());
            }
        };
        serde_json::to_writer(&mut file, &line)?;
        file.write_all(b"\n")?;
        counts.written += 1;
        if counts.written.is_multiple_of(FLUSHED) {
            file.flush()?;
            progress(before + counts.written);
        }
    }
    file.flush()?;
    progress(before + counts.written);
    Ok(counts)
}

async fn with_memberships(client: &user::Client, user: User) -> clerk_sdk::Result<Line> {
    let params = user::ListOrganizationMembershipsParams::new();
    let memberships = client.list_organization_memberships(&user.id, &params);
    Ok(Line {
        organization_memberships: memberships.items().try_collect().await?,
        user,
    })
}

/// Opens the file behind its last whole line: how many lines it has, and the id of the user of the last one.
fn resume(path: &Path) -> Result<(File, u64, Option<String>)> {
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    let mut file = options
        .open(path)
        .map_err(|error| format!("cannot open {}: {error}", path.display()))?;
    let (mut lines, mut length, mut last) = (0, 0, Vec::new());
    let mut reader = BufReader::new(&file);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
        lines += 1;
        length += line.len() as u64;
        std::mem::swap(&mut last, &mut line);
        line.clear();
    }
    let path = path.display();
    if !line.starts_with(START) && !START.starts_with(&line) {
        return Err(format!("{path} ends with what is no user: it is another file").into());
    }
    let id = match lines {
        0 => None,
        _ => {
            let last: Result<Line, _> = serde_json::from_slice(&last);
            let last =
                last.map_err(|error| format!("line {lines} of {path} is no user: {error}"))?;
            Some(last.user.id)
        }
    };
    // What a kill left of a line goes.
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length))?;
    Ok((file, lines, id))
}
