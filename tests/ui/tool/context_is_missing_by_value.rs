use openai_tools::tool;

use openai_tools::{ToolContext, Toolbox};

struct App;

#[tool]
async fn f(#[context] context: ToolContext<App>) {
    let _ = context;
}

fn main() {
    let _ = Toolbox::new().with(f);
}
