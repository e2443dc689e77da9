//! The export: writes one line per user to a file, and resumes after the last line that the file has. If a page cannot be
//! requested, for example during an outage, it pauses and resumes from the cursor of the list.

use std::collections::{HashSet, VecDeque};
use std::error::Error;
use std::fs::File;
use std::future::ready;
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use clerk_sdk::types::{OrganizationMembership, User, UserSortField};
use clerk_sdk::{Call, ClientConfig, List, RateLimit, ResponseBody, user};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::part::Part;

pub(crate) type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// One line of the file.
#[derive(Deserialize, Serialize)]
pub(crate) struct Line {
    pub(crate) user: User,
    pub(crate) organization_memberships: Vec<OrganizationMembership>,
}

/// The start of every line.
const LINE_START: &[u8] = br#"{"user":"#;

/// The number of users in the file before an export, and the number written by it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Counts {
    pub(crate) before: u64,
    pub(crate) written: u64,
}

/// How an export makes calls.
pub(crate) struct Options {
    /// The maximum number of concurrent calls.
    pub(crate) concurrency: usize,
    /// How long to wait after a call that failed in spite of its retries.
    pub(crate) pause: Duration,
    /// The users to export.
    pub(crate) part: Part,
}

/// The number of pauses after which an export gives up, if no call succeeds in between.
const MAX_PAUSES: u32 = 10;

/// The number of lines that are buffered before they are written to the file.
const LINES_PER_FLUSH: u64 = 100;

/// The number of users at the end of the file that an export can resume from. The last ones may have been deleted
/// since.
const MAX_CURSORS: usize = 500;

/// The time limit of a call, which includes waiting for the rate limit. With a development key, the last of a thousand
/// concurrent calls waits for 100 seconds, longer than the default limit. Each attempt still has its own time limit.
const CALL_TIMEOUT: Duration = Duration::from_secs(3600);

/// Returns the configuration for Clerk, with its published rate limits.
pub(crate) fn config(key: impl Into<String>) -> ClientConfig {
    ClientConfig::new(key)
        .rate_limit(RateLimit::clerk_limits())
        .timeout(CALL_TIMEOUT)
}

/// Appends all users that the file does not contain yet, in order of creation. Calls `progress` with the number of users
/// in the file.
///
/// An export keeps no state besides the file, whose last lines determine where to resume. Separate state could differ
/// from the file if the process is killed.
pub(crate) async fn export(
    client: &user::Client,
    path: &Path,
    options: &Options,
    progress: impl Fn(u64),
) -> Result<Counts> {
    let (file, before, last) = open_to_resume(path)?;
    let mut file = BufWriter::new(file);
    let users = users_after(client, &last, options).await;
    // `buffered` makes concurrent calls and keeps the order of the users.
    let mut lines = users
        .map(|user| async { with_memberships(client, user?, options.pause).await })
        .buffered(options.concurrency);
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
        if counts.written.is_multiple_of(LINES_PER_FLUSH) {
            file.flush()?;
            progress(before + counts.written);
        }
    }
    file.flush()?;
    progress(before + counts.written);
    Ok(counts)
}

/// Returns the users created after those in the file. `last` contains the ids of the last users in the file.
///
/// The id of a deleted user is not a valid cursor. In that case, an earlier user is the cursor, and the users that are
/// already in the file are skipped.
async fn users_after<'c>(
    client: &'c user::Client,
    last: &[String],
    options: &Options,
) -> impl Stream<Item = clerk_sdk::Result<User>> + use<'c> {
    let Options { pause, part, .. } = *options;
    let mut skipped = 0;
    loop {
        let mut params = part.restrict(user::ListParams::new().order_by(UserSortField::CreatedAt));
        let (cursors, written) = last.split_at(last.len() - skipped);
        params.starting_after = cursors.last().cloned();
        let users = resuming_items(move || client.list(&params), pause);
        let mut users = Box::pin(users.fuse());
        let first = users.next().await;
        if cursors.len() > 1 && matches!(&first, Some(Err(error)) if is_invalid_cursor(error)) {
            skipped = (2 * skipped + 1).min(last.len() - 1);
            continue;
        }
        let written: HashSet<String> = written.iter().cloned().collect();
        return stream::iter(first)
            .chain(users)
            .try_filter(move |user| ready(part.contains(user) && !written.contains(&user.id)));
    }
}

/// Returns whether an error may mean that the user of the cursor does not exist.
fn is_invalid_cursor(error: &clerk_sdk::Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    matches!(status, Some(400 | 404 | 422))
}

async fn with_memberships(
    client: &user::Client,
    user: User,
    pause: Duration,
) -> clerk_sdk::Result<Line> {
    let params = user::ListOrganizationMembershipsParams::new();
    let list = || client.list_organization_memberships(&user.id, &params);
    let organization_memberships = resuming_items(list, pause).try_collect().await?;
    Ok(Line {
        user,
        organization_memberships,
    })
}

/// Streams the items of a list. If the call for a page fails, for example during an outage, waits and resumes after the
/// last item: no page is requested again.
fn resuming_items<T: ResponseBody>(
    list: impl Fn() -> Call<List<T>>,
    pause: Duration,
) -> impl Stream<Item = clerk_sdk::Result<T>> {
    let start = (list().items(), list, 0);
    stream::unfold(start, move |(mut items, list, mut pauses)| async move {
        loop {
            let error = match items.next().await? {
                Ok(item) => return Some((Ok(item), (items, list, 0))),
                Err(error) => error,
            };
            let cursor = items.cursor().filter(|_| error.is_retryable());
            let Some(cursor) = cursor.filter(|_| pauses < MAX_PAUSES) else {
                return Some((Err(error), (items, list, pauses)));
            };
            pauses += 1;
            let requested = error.retry_after().unwrap_or_default();
            tokio::time::sleep(requested.max(pause)).await;
            items = list().resume_from(&cursor).items();
        }
    })
}

/// The part of a line that is needed to resume.
#[derive(Deserialize)]
struct WrittenLine {
    user: WrittenUser,
}

#[derive(Deserialize)]
struct WrittenUser {
    id: String,
}

/// Opens the file at the end of its last complete line. Returns the number of complete lines, and the ids of the last
/// users.
fn open_to_resume(path: &Path) -> Result<(File, u64, Vec<String>)> {
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
        if last.len() > MAX_CURSORS {
            last.pop_front();
        }
    }
    let path = path.display();
    if !line.starts_with(LINE_START) && !LINE_START.starts_with(&line) {
        return Err(format!("{path} is not an export of users, so it is another file").into());
    }
    let id = |(number, line): &(u64, Vec<u8>)| {
        let line: Result<WrittenLine, _> = serde_json::from_slice(line);
        let id = line.map(|line| line.user.id);
        id.map_err(|error| format!("line {number} of {path} is not an exported user: {error}"))
    };
    let ids = last.iter().map(id).collect::<Result<_, _>>()?;
    // Removes an incomplete line, which a killed process may leave.
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length))?;
    Ok((file, count, ids))
}
