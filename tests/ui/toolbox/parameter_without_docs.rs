use openai_tools::toolbox;

struct Calendar;

#[toolbox(documented)]
impl Calendar {
    /// Add an event.
    #[tool]
    fn add(&self, title: String) {
        drop(title);
    }
}

fn main() {}
