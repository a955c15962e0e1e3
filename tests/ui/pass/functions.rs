//! Every form of a function, called by hand and put into a toolbox.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use openai_tools::{Toolbox, tool};

/// Add two numbers.
#[tool]
fn add(a: i32, b: i32) -> i32 {
    a + b
}

/// Add two numbers, later.
#[tool(read_only, timeout = "1.5s")]
pub async fn add_later(
    /// The first.
    a: i32,
    /// The second;
    /// zero when left out.
    #[serde(default)]
    #[schemars(range(min = 0, max = 9))]
    b: Option<i32>,
) -> i32 {
    std::future::ready(a + b.unwrap_or_default()).await
}

#[tool(name = "say-nothing", description = "Says nothing.", strict = false)]
pub(crate) fn say_nothing() {}

/// A recursive one, whose name and parameters are keywords.
#[tool]
async fn r#match(r#type: String, mut depth: u32) -> u32 {
    if depth > 0 {
        depth -= 1;
        return *Box::new(Box::pin(r#match(r#type, depth)).await);
    }
    depth
}

/// Its parameter is called like it.
#[tool]
#[inline]
#[must_use]
fn shadow(shadow: String) -> String {
    shadow
}

#[tool]
#[cfg(any())]
fn gone(x: NoSuchType) {}

#[tool]
#[deprecated = "for the test"]
fn old() {}

mod inner {
    #[openai_tools::tool]
    pub(super) fn visible(names: Vec<String>) -> usize {
        names.len()
    }
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the test's tools never wait"),
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

fn main() {
    #[tool]
    fn local(x: i32) -> i32 {
        -x
    }

    assert_eq!(add(1, 2), 3);
    assert_eq!(local(1), -1);
    assert_eq!([1, 2].map(|n| add(n, 1)), [2, 3]);
    assert_eq!([(1, 2)].map(|(a, b)| (*add)(a, b)), [3]);
    assert_eq!(["a".to_owned()].map(*shadow), ["a"]);
    assert_eq!(ready(is_send(add_later(1, Some(2)))), 3);
    assert_eq!(ready(r#match("x".to_owned(), 3)), 0);
    assert_eq!(inner::visible(Vec::new()), 0);
    say_nothing();

    let copy = add;
    assert_eq!(format!("{copy:?} {:?} {:?}", add.clone(), r#match), "add add match");

    let tools = Toolbox::new()
        .with(add)
        .and_then(|tools| tools.with(add_later))
        .and_then(|tools| tools.with(say_nothing))
        .and_then(|tools| tools.with(r#match))
        .and_then(|tools| tools.with(shadow))
        .and_then(|tools| tools.with(inner::visible))
        .and_then(|tools| tools.with(local))
        .unwrap();
    let names: Vec<_> = tools.definitions().map(|tool| tool.name().as_str()).collect();
    assert_eq!(names, ["add", "add_later", "say-nothing", "match", "shadow", "visible", "local"]);
    assert_eq!(add_later::definition().unwrap().name().as_str(), "add_later");
}
