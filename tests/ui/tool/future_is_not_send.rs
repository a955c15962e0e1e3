use openai_tools::tool;

use std::rc::Rc;

#[tool]
async fn f() {
    let shared = Rc::new(1);
    std::future::ready(()).await;
    drop(shared);
}

fn main() {}
