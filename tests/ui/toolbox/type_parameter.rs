use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    fn add<E>(&self, event: E) {
        drop(event);
    }
}

fn main() {}
