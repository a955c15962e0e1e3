use std::{
    env, fs, io,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use proptest::prelude::*;

use super::{
    super::{
        budget::Amounts,
        prices::Money,
        saved::{CallState, SavedRun},
    },
    read::{Contents, read},
    record::{LONGEST_LINE, header, write_line},
    *,
};
use crate::{
    chat::{AssistantMessage, FinishReason, Message, Usage},
    tool::{CallFailure, ToolCall, ToolOutput},
};

/// A path for one test, removed with what it holds.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("openai-tools-journal-{}-{}", process::id(), NEXT.fetch_add(1, Relaxed));
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a new folder");
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("run.jsonl")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).expect("the folder of this test");
    }
}

fn begin_with(messages: Vec<Message>) -> Record {
    Record::Begin {
        model: "m".to_owned(),
        messages,
        spent: Amounts::ZERO,
        elapsed_ms: 0,
        finish_reason: None,
    }
}

fn begin() -> Record {
    begin_with(vec![Message::user("u")])
}

fn response(ids: &[&str], finish_reason: FinishReason) -> Record {
    let tool_calls = ids.iter().map(|id| ToolCall::new(*id, "f", "{}")).collect();
    Record::Response {
        message: AssistantMessage { tool_calls, ..AssistantMessage::default() },
        finish_reason,
        usage: None,
        cost: None,
        attempts: 1,
        id: None,
        model: None,
    }
}

fn asks(ids: &[&str]) -> Record {
    response(ids, FinishReason::ToolCalls)
}

fn started(id: &str) -> Record {
    Record::CallsStarted { call_ids: vec![id.into()] }
}

fn ended(id: &str) -> Record {
    Record::CallsEnded { outputs: vec![ToolOutput::new(id, format!("output of {id}"))] }
}

fn decided(id: &str, decision: Decision) -> Record {
    Record::Decided { call_id: id.into(), decision }
}

fn end() -> Record {
    Record::End { outcome: "completed".to_owned() }
}

fn bytes_of(records: &[Record]) -> Vec<u8> {
    let lines = records.iter().flat_map(|record| write_line(record).expect("a line"));
    header().into_bytes().into_iter().chain(lines).collect()
}

fn kind_of(bytes: &[u8]) -> JournalErrorKind {
    read(bytes).expect_err("refused").kind()
}

#[test]
fn a_file_gives_back_what_was_appended_and_is_gone_on_with() {
    let place = Place::new();
    let records = [begin(), asks(&["a"]), started("a")];
    let mut journal = FileJournal::create(place.file()).expect("a new journal");
    for record in &records {
        journal.append(record).expect("kept");
    }
    drop(journal);
    let mut opened = FileJournal::open(place.file()).expect("a journal");
    assert_eq!(opened.records, records);
    assert_eq!(opened.torn_bytes, 0);
    opened.journal.append(&ended("a")).expect("kept");
    drop(opened);
    let all = [&records[..], &[ended("a")]].concat();
    assert_eq!(fs::read(place.file()).expect("the file"), bytes_of(&all));
}

#[cfg(unix)]
#[test]
fn a_new_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    drop(FileJournal::create(place.file()).expect("a new journal"));
    let mode = fs::metadata(place.file()).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_torn_last_record_is_cut_off_wherever_it_was_torn() {
    let place = Place::new();
    let whole = bytes_of(&[begin(), asks(&["a"])]);
    let all = bytes_of(&[begin(), asks(&["a"]), started("a")]);
    for end in whole.len()..all.len() {
        fs::write(place.file(), &all[..end]).expect("written");
        let mut opened = FileJournal::open(place.file()).expect("a journal");
        assert_eq!(opened.torn_bytes, (end - whole.len()) as u64);
        opened.journal.append(&started("a")).expect("kept");
        drop(opened);
        assert_eq!(fs::read(place.file()).expect("the file"), all);
    }
}

#[test]
fn a_file_whose_header_is_torn_begins_anew() {
    let place = Place::new();
    for end in 0..header().len() {
        fs::write(place.file(), &header()[..end]).expect("written");
        let opened = FileJournal::open(place.file()).expect("a journal");
        assert_eq!((opened.records.len(), opened.torn_bytes), (0, end as u64));
        drop(opened);
        assert_eq!(fs::read_to_string(place.file()).expect("the file"), header());
    }
}

#[test]
fn a_second_journal_of_one_file_is_refused_while_the_first_is_open() {
    let place = Place::new();
    let journal = FileJournal::create(place.file()).expect("a new journal");
    let error = FileJournal::open(place.file()).expect_err("in use");
    assert_eq!(error.kind(), JournalErrorKind::InUse);
    drop(journal);
    FileJournal::open(place.file()).expect("free again");
}

#[test]
fn a_file_that_is_there_is_not_replaced_and_one_that_is_not_is_not_made() {
    let place = Place::new();
    assert_eq!(FileJournal::open(place.file()).expect_err("none").kind(), JournalErrorKind::Io);
    fs::write(place.file(), "precious").expect("written");
    assert_eq!(FileJournal::create(place.file()).expect_err("there").kind(), JournalErrorKind::Io);
    let error = FileJournal::open(place.file()).expect_err("something else");
    assert_eq!(error.kind(), JournalErrorKind::NotAJournal);
    assert_eq!(fs::read_to_string(place.file()).expect("the file"), "precious");
}

#[test]
fn a_damaged_record_in_the_middle_is_named_and_nothing_is_cut() {
    let place = Place::new();
    let mut bytes = bytes_of(&[begin(), asks(&["a"]), started("a")]);
    let third_line = header().len() + write_line(&begin()).expect("a line").len();
    bytes[third_line] = b'x';
    fs::write(place.file(), &bytes).expect("written");
    let error = FileJournal::open(place.file()).expect_err("damaged");
    assert_eq!(error.kind(), JournalErrorKind::Broken { line: 3 });
    assert_eq!(fs::read(place.file()).expect("the file"), bytes);
}

#[test]
fn a_foreign_last_line_is_an_error_and_no_torn_record() {
    let bytes = [&bytes_of(&[begin()])[..], b"{\"kind\":\"end\"}\n"].concat();
    assert_eq!(kind_of(&bytes), JournalErrorKind::Broken { line: 3 });
}

#[test]
fn a_journal_of_another_major_version_is_refused_and_a_newer_minor_one_read() {
    let of = |version: &str| format!("{{\"format\":\"openai-tools journal\",{version},\"x\":1}}\n");
    let newer = of(r#""version":{"major":2,"minor":1}"#);
    let error = read(newer.as_bytes()).expect_err("newer");
    assert_eq!(
        error.to_string(),
        "the journal is of version 2.1, and this release reads versions 1.x"
    );
    let minor = of(r#""version":{"major":1,"minor":9}"#) + "{\"kind\":\"slept\",\"hours\":8}\n";
    assert_eq!(read(minor.as_bytes()).expect("readable").records, [Record::Unknown]);
    for foreign in ["\n", "{}\n", "[1]\n", "{\"format\":\"x\",\"version\":{}}\n", "\u{feff}{\n"] {
        assert_eq!(kind_of(foreign.as_bytes()), JournalErrorKind::NotAJournal, "{foreign:?}");
    }
}

/// A reader that never ends, so that a test need not hold what it reads.
struct Endless(Vec<u8>);

impl io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            buffer.fill(b'x');
            return Ok(buffer.len());
        }
        let length = buffer.len().min(self.0.len());
        buffer[..length].copy_from_slice(&self.0[..length]);
        self.0.drain(..length);
        Ok(length)
    }
}

#[test]
fn no_line_is_read_beyond_its_limit() {
    let endless = io::BufReader::with_capacity(1 << 20, Endless(header().into_bytes()));
    assert_eq!(read(endless).expect_err("too long").kind(), JournalErrorKind::TooLarge);
    let text = "x".repeat(LONGEST_LINE);
    let error = write_line(&Record::End { outcome: text }).expect_err("too long");
    assert_eq!(error.kind(), JournalErrorKind::TooLarge, "nor written");
}

#[test]
fn a_journal_that_failed_takes_no_more() {
    let place = Place::new();
    drop(FileJournal::create(place.file()).expect("a new journal"));
    let mut journal = FileJournal::open(place.file()).expect("a journal").journal;
    journal.replace_file(fs::File::open(place.file()).expect("read only"));
    assert_eq!(journal.append(&begin()).expect_err("read only").kind(), JournalErrorKind::Io);
    assert_eq!(journal.append(&begin()).expect_err("failed").kind(), JournalErrorKind::Stopped);
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes[..]);
        let _ = read(&[&bytes_of(&[begin()])[..], &bytes].concat()[..]);
        let _ = read(&[&bytes_of(&[begin()])[..], &bytes, b"\n", &bytes_of(&[])].concat()[..]);
    }
}

fn states(saved: &SavedRun) -> Vec<&'static str> {
    let word = |state: &CallState| match state {
        CallState::Answered(_) => "answered",
        CallState::InDoubt => "in doubt",
        CallState::Pending => "pending",
    };
    saved.calls().iter().map(|call| word(&call.state)).collect()
}

fn recovered(records: &[Record]) -> Recovered {
    recover(records.to_vec()).expect("no contradiction").expect("begun")
}

#[test]
fn a_call_that_started_and_did_not_end_is_in_doubt() {
    let run = recovered(&[begin(), asks(&["a", "b", "c"]), started("b"), started("a"), ended("a")]);
    assert_eq!(states(&run.saved), ["answered", "in doubt", "pending"]);
    assert_eq!(run.in_doubt, [ToolCall::new("b", "f", "{}")]);
    assert_eq!(
        run.saved.spent(),
        Amounts { turns: 1, attempts: 1, tool_calls: 2, ..run.saved.spent() }
    );
}

#[test]
fn calls_that_start_or_end_together_share_a_record() {
    let call_ids = ["a", "b", "c"].map(Into::into).to_vec();
    let outputs = ["c", "a"].map(|id| ToolOutput::new(id, "o")).to_vec();
    let mut records = vec![begin(), asks(&["a", "b", "c"]), Record::CallsStarted { call_ids }];
    assert_eq!(states(&recovered(&records).saved), ["in doubt", "in doubt", "in doubt"]);
    records.push(Record::CallsEnded { outputs });
    assert_eq!(states(&recovered(&records).saved), ["answered", "in doubt", "answered"]);
}

#[test]
fn a_verdict_ends_the_doubt_and_a_second_start_brings_it_back() {
    let mut records = vec![begin(), asks(&["a"]), started("a")];
    records.push(decided("a", Decision::Arguments("[]".to_owned())));
    assert_eq!(states(&recovered(&records).saved), ["in doubt"]);
    records.push(decided("a", Decision::Approved));
    assert_eq!(states(&recovered(&records).saved), ["pending"]);
    assert_eq!(recovered(&records).saved.calls()[0].arguments(), "[]");
    records.push(started("a"));
    assert_eq!(states(&recovered(&records).saved), ["in doubt"]);
}

#[test]
fn the_calls_of_a_response_that_was_cut_off_are_never_pending() {
    let run = recovered(&[begin(), response(&["a"], FinishReason::Length)]);
    let CallState::Answered(output) = &run.saved.calls()[0].state else {
        panic!("{:?}", run.saved);
    };
    assert_eq!(output.failure, Some(CallFailure::ResponseIncomplete));
}

#[test]
fn an_end_holds_until_the_run_is_taken_up_again() {
    let mut records = vec![begin(), asks(&[]), end()];
    assert_eq!(recovered(&records).outcome.as_deref(), Some("completed"));
    records.push(Record::Messages { messages: vec![Message::user("more")], re_ask: true });
    let run = recovered(&records);
    assert_eq!((run.outcome, run.saved.spent().re_asks), (None, 1));
}

#[test]
fn a_run_that_was_put_away_can_begin_with_its_calls_open() {
    let asked = AssistantMessage {
        tool_calls: vec![ToolCall::new("a", "f", "{}")],
        ..AssistantMessage::default()
    };
    let begin = begin_with(vec![Message::user("u"), Message::Assistant(asked)]);
    let records = [begin, ended("a")];
    assert_eq!(states(&recovered(&records[..1]).saved), ["pending"]);
    assert_eq!(states(&recovered(&records).saved), ["answered"]);
}

#[test]
fn a_journal_that_takes_a_run_up_gives_back_the_same_run() {
    let mut records = vec![begin(), asks(&["a", "b", "c"]), started("a"), started("b"), ended("b")];
    records.push(decided("c", Decision::Arguments("[]".to_owned())));
    let Record::Begin { spent, elapsed_ms, .. } = &mut records[0] else {
        panic!("the beginning");
    };
    (spent.turns, *elapsed_ms) = (7, 1_500);
    let saved = recovered(&records).saved;
    assert_eq!((saved.spent().turns, saved.spent().tool_calls), (8, 2));
    assert_eq!(saved.elapsed().as_millis(), 1_500);
    assert_eq!(recovered(&records_of(&saved)).saved, saved);
}

#[test]
fn what_was_used_is_summed_up() {
    let usage = Usage { input_tokens: 5, total_tokens: 5, ..Usage::default() };
    let Record::Response { message, finish_reason, .. } = asks(&[]) else {
        panic!("a response");
    };
    let paid = Record::Response {
        message,
        finish_reason,
        usage: Some(usage),
        cost: Some(Money::from_micros(3)),
        attempts: 2,
        id: None,
        model: None,
    };
    let spent = recovered(&[begin(), paid.clone(), paid]).saved.spent();
    assert_eq!((spent.turns, spent.attempts, spent.usage.input_tokens), (2, 4, 10));
    assert_eq!((spent.cost, spent.transcript_bytes), (Money::from_micros(6), 1));
}

#[test]
fn records_that_contradict_each_other_are_named() {
    let cases: [(&[Record], &str); 8] = [
        (&[end()], "not begun"),
        (&[begin(), begin()], "twice"),
        (&[begin(), started("a")], "none of the last"),
        (&[begin(), asks(&["a", "a"])], "one id"),
        (&[begin(), asks(&["a"]), ended("a"), ended("a")], "already"),
        (&[begin(), asks(&["a"]), ended("a"), started("a")], "already"),
        (&[begin(), asks(&["a"]), asks(&["b"])], "goes on"),
        (&[begin(), asks(&["a"]), ended("b")], "none of the last"),
    ];
    for (records, why) in cases {
        let said = recover(records.to_vec()).expect_err(why).to_string();
        let number = format!("record {} of", records.len());
        assert!(said.contains(why) && said.starts_with(&number), "{said}");
    }
    assert_eq!(recover([]), Ok(None));
}

/// A run of a few turns whose parallel calls are decided about, started and ended in any order.
fn random_run(seed: u64) -> Vec<Record> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut records = vec![begin()];
    for _ in 0..random.usize(1..4) {
        // The same ids in each response: servers do that.
        let ids = &["a", "b", "c"][..random.usize(0..4)];
        records.push(asks(ids));
        let mut steps: Vec<Vec<Record>> = ids
            .iter()
            .map(|id| {
                let mut steps = vec![ended(id)];
                if random.bool() {
                    steps.push(started(id));
                }
                if random.u8(0..4) == 0 {
                    steps.push(decided(id, Decision::Approved));
                }
                steps
            })
            .collect();
        while !steps.is_empty() {
            let at = random.usize(0..steps.len());
            records.extend(steps[at].pop());
            steps.retain(|steps| !steps.is_empty());
        }
        if random.bool() {
            records.push(Record::Messages { messages: vec![Message::user("u")], re_ask: false });
        }
    }
    records.push(end());
    records
}

/// The outputs that a stored run holds, wherever they are.
fn outputs(saved: &SavedRun) -> Vec<ToolOutput> {
    let told = saved.messages().iter().filter_map(|message| match message {
        Message::Tool(output) => Some(output.clone()),
        _ => None,
    });
    let waiting = saved.calls().iter().filter_map(|call| match &call.state {
        CallState::Answered(output) => Some(output.clone()),
        _ => None,
    });
    told.chain(waiting).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Whenever the process is killed: what was written whole counts, each call of the last
    /// response is in the one state that its records say, and no output is lost.
    #[test]
    fn every_prefix_of_a_journal_is_recovered(seed: u64) {
        let records = random_run(seed);
        let bytes = bytes_of(&records);
        let mut ends = vec![header().len()];
        for record in &records {
            ends.push(ends[ends.len() - 1] + write_line(record).expect("a line").len());
        }
        for cut in 0..=bytes.len() {
            let Contents { records: kept, whole_bytes, torn_bytes } =
                read(&bytes[..cut]).expect("a torn end is no damage");
            prop_assert_eq!(whole_bytes + torn_bytes, cut as u64);
            let whole = ends.iter().filter(|end| **end <= cut).count().saturating_sub(1);
            prop_assert_eq!(&kept[..], &records[..whole]);
            let Some(run) = recover(kept).expect("no contradiction") else {
                prop_assert_eq!(whole, 0);
                continue;
            };
            let written: Vec<_> = records[..whole]
                .iter()
                .flat_map(|record| match record {
                    Record::CallsEnded { outputs } => outputs.clone(),
                    _ => Vec::new(),
                })
                .collect();
            let mut found = outputs(&run.saved);
            prop_assert_eq!(found.len(), written.len());
            for output in written {
                let at = found.iter().position(|found| *found == output);
                prop_assert!(at.is_some(), "an output is lost");
                found.remove(at.unwrap_or_default());
            }
            let since = records[..whole]
                .iter()
                .rposition(|record| matches!(record, Record::Response { .. }))
                .map_or(&[][..], |at| &records[at..whole]);
            for call in run.saved.calls() {
                let id = &call.call.id;
                let state = since.iter().fold("pending", |state, record| match record {
                    Record::CallsStarted { call_ids } if call_ids.contains(id) => "in doubt",
                    Record::CallsEnded { outputs } if outputs[0].call_id == *id => "answered",
                    _ => state,
                });
                let doubted = run.in_doubt.iter().filter(|call| call.id == *id).count();
                prop_assert_eq!(doubted, usize::from(state == "in doubt"));
                let is = match &call.state {
                    CallState::Answered(_) => "answered",
                    CallState::InDoubt => "in doubt",
                    CallState::Pending => "pending",
                };
                prop_assert_eq!(is, state);
            }
            let again = SavedRun::from_json(&run.saved.to_json());
            prop_assert_eq!(again.as_ref(), Ok(&run.saved));
            let taken_up = recover(records_of(&run.saved)).expect("no contradiction");
            prop_assert_eq!(taken_up.map(|run| run.saved), Some(run.saved));
        }
    }
}
