use proptest::prelude::*;

use super::*;

fn update(before: &str, diff: &str) -> Result<String, PatchFault> {
    let change = FileChange::Update { path: "p".to_owned(), diff: diff.to_owned() };
    let after = change.apply(Some(before)).map_err(|error| error.fault())?;
    Ok(after.expect("an update leaves a file"))
}

fn create(diff: &str) -> Result<Option<String>, PatchError> {
    FileChange::Create { path: "p".to_owned(), diff: diff.to_owned() }.apply(None)
}

#[test]
fn a_new_file_is_its_added_lines() {
    assert_eq!(create("+a\n+\n+b\n"), Ok(Some("a\n\nb".to_owned())));
    assert_eq!(create("+a\r\n+b\r\n+"), Ok(Some("a\r\nb\r\n".to_owned())));
    assert_eq!(create(""), Ok(Some(String::new())));
    assert_eq!(
        create("+a\nb").map_err(|error| (error.line(), error.fault())),
        Err((Some(2), PatchFault::Line))
    );
}

#[test]
fn what_is_there_and_what_is_not_are_told_apart() {
    let path = || "p".to_owned();
    let delete = FileChange::Delete { path: path() };
    assert_eq!(delete.apply(Some("a")), Ok(None));
    assert_eq!(delete.apply(None), Err(PatchFault::Missing.into()));
    let new = FileChange::Create { path: path(), diff: "+a".to_owned() };
    assert_eq!(new.apply(Some("")), Err(PatchFault::Exists.into()));
    let update = FileChange::Update { path: path(), diff: "+a".to_owned() };
    assert_eq!(update.apply(None), Err(PatchFault::Missing.into()));
}

#[test]
fn lines_are_found_by_their_context() {
    for (before, diff, after) in [
        ("a\nb\nc\n", " a\n-b\n+B\n c", "a\nB\nc\n"),
        ("a\nb\nc\n", "@@\n-b", "a\nc\n"),
        ("a\nb\nc", "@@ a\n+x", "a\nx\nb\nc"),
        // The second of two: its place comes first.
        ("f:\n  x\ng:\n  x\n", "@@ g:\n-  x\n+  y", "f:\n  x\ng:\n  y\n"),
        (
            "c:\n f:\n  x\nd:\n f:\n  x\n",
            "@@ d:\n@@  f:\n-  x\n+  y",
            "c:\n f:\n  x\nd:\n f:\n  y\n",
        ),
        // Two changes of one section, and two sections.
        ("a\nb\nc\nd\n", "-a\n+A\n b\n-c\n+C", "A\nb\nC\nd\n"),
        ("a\nb\nc\nd\n", "@@\n-a\n@@\n-d\n+D", "b\nc\nD\n"),
        ("a\nb\n", " a\n+x\n-b\n+B\n", "a\nx\nB\n"),
        // White space.
        ("a  \n\tb\n", " a\n-b\n+B\n", "a  \nB\n"),
        ("a\n\nb\n", " a\n\n-b", "a\n\n"),
        // Ends of lines.
        ("a\r\nb\r\n", " a\n+x\n", "a\r\nx\r\nb\r\n"),
        ("a\nb", " b\n+c", "a\nb\nc"),
        ("", "+a", "a\n"),
        // The end of the file.
        ("x\na\nx\n", "@@\n-x\n+y\n*** End of File", "x\na\ny\n"),
        ("a\n", "+b\n*** End of File", "a\nb\n"),
        ("a", "+b\n*** End of File\n", "a\nb"),
        ("a\n", "@@\n-a\n+b\n*** End Patch", "b\n"),
        ("a\n", "", "a\n"),
    ] {
        assert_eq!(update(before, diff).as_deref(), Ok(after), "{before:?} {diff:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    for (before, diff, fault) in [
        ("a\nb\n", " b\n-a", PatchFault::Context),
        ("a\nb\n", "@@\n-b\n@@\n-a", PatchFault::Context),
        ("a\n", "@@ nowhere\n+x", PatchFault::Place),
        ("a\n", "?a", PatchFault::Line),
        ("a\n", "*** Begin Patch\n-a", PatchFault::Line),
    ] {
        assert_eq!(update(before, diff), Err(fault), "{before:?} {diff:?}");
    }
    let error = PatchError::at(6, PatchFault::Context);
    assert!(error.to_string().starts_with("line 7 of the diff: "));
}

#[test]
fn lines_that_are_all_alike_take_linear_time() {
    let before = "a\n".repeat(200_000);
    // Each section almost fits everywhere, and in the first two readings nowhere.
    let section = format!("@@\n{} b\n", " a\n".repeat(50));
    assert_eq!(update(&before, &section.repeat(2_000)), Err(PatchFault::Context));
    let spaced = format!("{before}z\n");
    let section = "@@\n a \n";
    let diff = format!("{}{}", section.repeat(100_000), "@@\n-z\n+y\n");
    assert!(update(&spaced, &diff).is_ok());
    let last = format!("{}a \n", "a\n".repeat(200_000));
    let diff = " a\n a \n a\n@@\n".repeat(50_000);
    let tried = update(&last, &diff);
    assert!(matches!(tried, Err(PatchFault::TooAlike | PatchFault::Context)), "{tried:?}");
}

/// A diff of whole lines: what is kept, what goes, what comes.
fn steps() -> impl Strategy<Value = Vec<(u8, String)>> {
    proptest::collection::vec((0_u8..3, "[a-z ]{1,4}[a-z]"), 1..30)
}

proptest! {
    #[test]
    fn a_diff_of_the_whole_file_gives_the_file_that_was_meant(steps in steps(), crlf: bool) {
        let newline = if crlf { "\r\n" } else { "\n" };
        let of = |kept: [u8; 2]| {
            let lines = steps.iter().filter(|(kind, _)| kept.contains(kind));
            lines.flat_map(|(_, line)| [line.as_str(), newline]).collect::<String>()
        };
        let (before, after) = (of([0, 1]), of([0, 2]));
        let sign = |kind: u8| [" ", "-", "+"][usize::from(kind)];
        let lines = steps.iter().flat_map(|(kind, line)| [sign(*kind), line.as_str(), "\n"]);
        let diff: String = lines.collect();
        // Of an empty file nobody knows how its lines end.
        prop_assume!(!before.is_empty());
        prop_assert_eq!(update(&before, &diff), Ok(after));
    }

    #[test]
    fn nothing_panics(before in "([ab+@ -]{0,3}\r?\n){0,12}[ab]?", diff in "((@@|[-+ *]|\\*\\*\\* End of File)? ?[ab]{0,2}\r?\n){0,12}") {
        let _ = update(&before, &diff);
        let _ = create(&diff);
    }

    #[test]
    fn any_two_texts_are_taken(before: String, diff: String) {
        let _ = update(&before, &diff);
    }
}
