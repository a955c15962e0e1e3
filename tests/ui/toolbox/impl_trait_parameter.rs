use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    fn add(&self, title: impl Into<String>) {
        drop(title.into());
    }
}

fn main() {}
