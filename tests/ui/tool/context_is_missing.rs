use openai_tools::tool;

use openai_tools::Toolbox;

struct Pool;

#[tool]
async fn f(#[context] pool: &Pool) {
    let _ = pool;
}

fn main() {
    let _ = Toolbox::new().with(f);
}
