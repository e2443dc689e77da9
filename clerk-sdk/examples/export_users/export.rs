//! The walk: every user and what belongs to them, a line for each, from where the file ends.

use std::collections::{HashSet, VecDeque};
use std::error::Error;
use std::fs::File;
use std::future::ready;
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use clerk_sdk::types::{OrganizationMembership, User};
use clerk_sdk::{ClientConfig, RateLimit, user};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
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

/// How many of the file's last users a walk can go on from: those who were written last may be deleted meanwhile.
const FOLLOWED: usize = 500;

/// How long a call may wait for its turn. Of a thousand calls at once with a development key, the last waits for
/// 100 seconds, which the usual limit does not allow. Each attempt has its own limit all the same.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Clerk itself, within its rate limits.
pub(crate) fn config(key: impl Into<String>) -> ClientConfig {
    ClientConfig::new(key)
        .rate_limit(RateLimit::published())
        .timeout(PATIENCE)
}

/// Appends all users that the file does not have yet, in the order in which they were made, with so many calls at
/// once; `progress` is told how many there are in the file.
///
/// The file is all that a walk leaves behind, and all that the next one needs: its last lines say where to go on.
/// A state of its own could say something else than the file after a kill.
pub(crate) async fn export(
    client: &user::Client,
    path: &Path,
    concurrency: usize,
    progress: impl Fn(u64),
) -> Result<Counts> {
    let (file, before, last) = resume(path)?;
    let mut file = BufWriter::new(file);
    let users = users_behind(client, &last).await;
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

/// The users behind those of the file, of whom `last` has the ids of the last ones.
///
/// Nobody can follow a user who is deleted: then one before is followed, and who is in the file is left out.
async fn users_behind<'c>(
    client: &'c user::Client,
    last: &[String],
) -> impl Stream<Item = clerk_sdk::Result<User>> + use<'c> {
    let mut back = 0;
    loop {
        let mut params = user::ListParams::new().order_by("+created_at");
        let (before, written) = last.split_at(last.len() - back);
        params.starting_after = before.last().cloned();
        let mut users = client.list(&params).items();
        let first = users.next().await;
        if before.len() > 1 && matches!(&first, Some(Err(error)) if is_refused(error)) {
            back = (2 * back + 1).min(last.len() - 1);
            continue;
        }
        let written: HashSet<String> = written.iter().cloned().collect();
        return stream::iter(first)
            .chain(users)
            .try_filter(move |user| ready(!written.contains(&user.id)));
    }
}

fn is_refused(error: &clerk_sdk::Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    matches!(status, Some(400 | 404 | 422))
}

async fn with_memberships(client: &user::Client, user: User) -> clerk_sdk::Result<Line> {
    let params = user::ListOrganizationMembershipsParams::new();
    let memberships = client.list_organization_memberships(&user.id, &params);
    Ok(Line {
        organization_memberships: memberships.items().try_collect().await?,
        user,
    })
}

/// What a line is read for when a walk goes on.
#[derive(Deserialize)]
struct Written {
    user: Id,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

/// Opens the file behind its last whole line: how many lines it has, and the ids of the users of the last ones.
fn resume(path: &Path) -> Result<(File, u64, Vec<String>)> {
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    let mut file = options
        .open(path)
        .map_err(|error| format!("cannot open {}: {error}", path.display()))?;
    let (mut count, mut length, mut last) = (0, 0, VecDeque::new());
    let mut reader = BufReader::new(&file);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
        count += 1;
        length += line.len() as u64;
        last.push_back((count, std::mem::take(&mut line)));
        if last.len() > FOLLOWED {
            last.pop_front();
        }
    }
    let path = path.display();
    if !line.starts_with(START) && !START.starts_with(&line) {
        return Err(format!("{path} ends with what is no user: it is another file").into());
    }
    let id = |(number, line): &(u64, Vec<u8>)| {
        let written: Result<Written, _> = serde_json::from_slice(line);
        let id = written.map(|written| written.user.id);
        id.map_err(|error| format!("line {number} of {path} is no user: {error}"))
    };
    let ids = last.iter().map(id).collect::<Result<_, _>>()?;
    // What a kill left of a line goes.
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length))?;
    Ok((file, count, ids))
}
