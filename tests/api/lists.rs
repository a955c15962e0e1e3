//! Lists whose server counts wrongly, is slow, or fails in between.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use bytes::Bytes;
use openai_tools::{
    Client, Error, ErrorKind,
    client::{Body, ListStream, RetryPolicy, Sending, StoredFile, Transport},
};
use serde_json::{Value, json};

type Answer = Box<dyn Fn(Option<&str>) -> (u16, Value) + Send + Sync>;

/// Answers by what stands in `after`, a second later.
struct Pages {
    answer: Answer,
    asked: Arc<Mutex<Vec<Option<String>>>>,
}

impl Transport for Pages {
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        let query = request.uri().query().unwrap_or_default();
        let after = query.split('&').find_map(|pair| pair.strip_prefix("after="));
        self.asked.lock().expect("no panic").push(after.map(str::to_owned));
        let (status, body) = (self.answer)(after);
        let response = http::Response::builder().status(status);
        let response = response.body(Body::full(body.to_string().into())).expect("a response");
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(response)
        })
    }
}

fn serving(
    answer: impl Fn(Option<&str>) -> (u16, Value) + Send + Sync + 'static,
) -> (Client, Arc<Mutex<Vec<Option<String>>>>) {
    let asked = Arc::<Mutex<Vec<_>>>::default();
    let transport = Pages { answer: Box::new(answer), asked: Arc::clone(&asked) };
    let never = RetryPolicy::new().with_max_retries(0);
    let client = Client::builder().transport(transport).retry(never).build().expect("good");
    (client, asked)
}

fn page(ids: &[&str], has_more: bool) -> (u16, Value) {
    let files: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    (200, json!({"object": "list", "data": files, "has_more": has_more}))
}

/// The ids that are given out, and how it ends.
async fn told(stream: &mut ListStream<StoredFile>) -> (String, Option<Error>) {
    let mut ids = String::new();
    while let Some(file) = stream.next().await {
        match file {
            Ok(file) => ids.push_str(&file.id),
            Err(error) => {
                assert!(stream.next().await.is_none());
                return (ids, Some(error));
            }
        }
    }
    (ids, None)
}

#[tokio::test(start_paused = true)]
async fn pages_that_lead_around_in_a_circle_are_an_error_behind_what_came() {
    for length in [1, 2, 3, 7, 50] {
        let next = move |after: Option<&str>| {
            let after: usize = after.map_or(0, |after| after.parse().expect("a number"));
            // The first page leads into the circle.
            page(&[&(after % length + 1).to_string()], true)
        };
        let (client, asked) = serving(next);
        let (ids, error) = told(&mut client.files().list().stream()).await;
        let error = error.expect("a circle");
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert!(error.to_string().contains("circle"), "{error}");
        assert!(ids.starts_with('1'), "{ids}");
        let asked = asked.lock().expect("no panic").len();
        assert!(asked <= 4 * length, "{length}: {asked}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_does_not_say_what_is_behind_it_is_given_out_before_the_error() {
    let empty_ids = json!({"data": [{"id": ""}], "has_more": true, "last_id": ""});
    for answer in [page(&[], true), (200, empty_ids)] {
        let last = answer.clone();
        let (client, _) = serving(move |after| match after {
            None => page(&["a", "b"], true),
            Some(_) => last.clone(),
        });
        let mut stream = client.files().list().stream();
        let (ids, error) = told(&mut stream).await;
        assert_eq!(ids, "ab");
        assert_eq!(error.expect("it has more").kind(), ErrorKind::InvalidResponse);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_goes_on_behind_what_came_before_an_error() {
    let failed = AtomicUsize::new(0);
    let (client, asked) = serving(move |after| match after {
        None => page(&["a", "b"], true),
        Some("b") if failed.fetch_add(1, SeqCst) == 0 => (500, json!({"error": {}})),
        Some("b") => page(&["c"], false),
        Some(_) => (404, json!({"error": {}})),
    });
    let list = client.files().list().limit(2);
    let mut stream = list.clone().stream();
    let (ids, error) = told(&mut stream).await;
    assert_eq!((ids.as_str(), stream.last_id()), ("ab", Some("b")));
    assert_eq!(error.expect("a fault").status(), Some(500));
    let rest = list.after(stream.last_id().expect("it has begun"));
    let (ids, error) = told(&mut rest.stream()).await;
    assert!(error.is_none());
    assert_eq!(ids, "c");
    let all = [None, Some("b"), Some("b")].map(|after| after.map(str::to_owned));
    assert_eq!(*asked.lock().expect("no panic"), all);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_read_in_short_turns_loses_nothing_and_asks_for_each_page_once() {
    let (client, asked) = serving(|after| match after {
        None => page(&["a", "b"], true),
        Some(_) => page(&["c", "d"], false),
    });
    let mut stream = client.files().list().stream();
    let mut ids = String::new();
    for _ in 0..1_000 {
        match tokio::time::timeout(Duration::from_millis(100), stream.next()).await {
            Err(_elapsed) => {}
            Ok(Some(file)) => ids.push_str(&file.expect("a file").id),
            Ok(None) => break,
        }
    }
    assert_eq!(ids, "abcd");
    assert_eq!(asked.lock().expect("no panic").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_says_that_it_did_not_delete_is_an_error_everywhere() {
    let kept = || (200, json!({"id": "x", "object": "it", "deleted": false}));
    let (client, _) = serving(move |_| kept());
    for answer in [
        client.files().delete("x").await,
        client.responses().delete("x").await,
        client.conversations().delete("x").await,
    ] {
        let error = answer.expect_err("it is still there");
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidResponse, Some(200)));
        assert!(error.payload().is_some());
    }
}
