use openai_tools::{Toolbox, toolbox};

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    fn clear(&self) {}
}

fn main() {
    let tools = Toolbox::new().extend(Calendar.tools());
    drop(tools);
}
