use std::sync::Arc;

use openai_tools::{Toolbox, toolbox};

struct Pool(u8);

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    fn clear(&self, #[context] pool: &Pool) -> u8 {
        pool.0
    }
}

fn main() {
    let tools = Toolbox::new().extend(Arc::new(Calendar).tools());
    drop(tools);
}
