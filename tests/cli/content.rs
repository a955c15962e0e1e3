//! Images and files that are shown with the prompt.

use openai_tools::{cli::Exit, testing::Reply};
use serde_json::json;

use crate::scene::{File, Scene};

#[both_apis::test]
fn an_image_is_seen_with_and_without_a_stream() {
    let picture = File::new("seen.png", b"\x89PNG");
    for options in [&[][..], &["--stream"]] {
        let scene = Scene::new([Reply::text("a cat")]);
        let all = [options, &["--image", picture.path(), "What?"]].concat();
        let (exit, report) = scene.report(&all);
        assert_eq!((exit, &report["text"]), (Exit::Success, &json!("a cat")));
        let sent = scene.requests()[0].json();
        assert!(sent.to_string().contains("data:image/png;base64,iVBORw=="), "{sent}");
    }
}

#[test]
fn a_file_by_url_asks_for_the_api_that_takes_it() {
    let scene = Scene::new([]);
    let (exit, report) = scene.report(&["--file", "https://example.com/a.pdf", "What?"]);
    assert_eq!((exit, &report["error"]["kind"]), (Exit::Failure, &json!("usage")));
    let message = report["error"]["message"].as_str().expect("words");
    assert!(message.contains("use --api responses"), "{message}");
}

#[test]
fn images_and_files_follow_the_prompt() {
    let picture = File::new("picture.dat", b"\x89PNG");
    let notes = File::new("notes.csv", b"a,b");
    let scene = Scene::new([Reply::text("a cat")]);
    let url = "https://example.com/dog.png";
    let arguments = ["--image", picture.path(), "--image", url, "--file", notes.path(), "What?"];
    let (exit, report) = scene.report(&arguments);
    assert_eq!((exit, &report["text"]), (Exit::Success, &json!("a cat")));
    let sent = scene.requests()[0].json();
    let content = sent["messages"][0]["content"].as_array().expect("parts").clone();
    assert_eq!(content[0], json!({"type": "text", "text": "What?"}));
    let inline = json!({"url": "data:image/png;base64,iVBORw=="});
    assert_eq!(content[1], json!({"type": "image_url", "image_url": inline}));
    assert_eq!(content[2], json!({"type": "image_url", "image_url": {"url": url}}));
    assert_eq!(content[3]["file"]["file_data"], "data:text/csv;base64,YSxi");
    assert!(content[3]["file"]["filename"].as_str().expect("a name").ends_with("notes.csv"));
}

#[test]
fn images_go_over_the_responses_api_too() {
    let scene = Scene::new([Reply::text("a dog")]);
    let url = "https://example.com/dog.png";
    let file = "https://example.com/dog.pdf";
    let (exit, _) = scene.report(&["--api", "responses", "--image", url, "--file", file, "What?"]);
    assert_eq!(exit, Exit::Success);
    let content = &scene.requests()[0].json()["input"][0]["content"];
    assert_eq!(content[1]["image_url"], url);
    assert_eq!(content[2], json!({"type": "input_file", "file_url": file}));
}

#[test]
fn what_cannot_be_shown_is_an_error_before_anything_is_sent() {
    let text = File::new("text.png", b"no image");
    let empty = File::new("empty.pdf", b"");
    let huge = File::new("huge.png", [&b"\x89PNG"[..], &vec![0; 15 << 20]].concat());
    for (option, given, named) in [
        ("--image", text.path(), "neither a PNG"),
        ("--file", empty.path(), "it is empty"),
        ("--image", "/no/such/file.png", "/no/such/file.png"),
        ("--image", env!("CARGO_TARGET_TMPDIR"), "directory"),
        ("--image", huge.path(), "larger than 15 MiB"),
        ("--image", "ftp://example.com/a.png", "a `ftp` URL is no image"),
        ("--image", "data:text/plain;base64,QQ==", "a `data` URL is no image"),
    ] {
        let scene = Scene::new([]);
        let ran = scene.run(&[option, given, "What?"]);
        assert_eq!(ran.exit, Exit::Failure, "{option} {given}");
        assert!(ran.stderr.contains(named), "{}", ran.stderr);
        assert!(scene.requests().is_empty());
    }
}
