//! Images and files that are shown with the prompt.

use openai_tools::{cli::Exit, testing::Reply};
use serde_json::json;

use crate::scene::{File, Scene};

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
    for (option, given, named) in [
        ("--image", text.path(), "neither a PNG"),
        ("--file", empty.path(), "it is empty"),
        ("--image", "/no/such/file.png", "/no/such/file.png"),
    ] {
        let scene = Scene::new([]);
        let ran = scene.run(&[option, given, "What?"]);
        assert_eq!(ran.exit, Exit::Failure, "{option} {given}");
        assert!(ran.stderr.contains(named), "{}", ran.stderr);
        assert!(scene.requests().is_empty());
    }
}
