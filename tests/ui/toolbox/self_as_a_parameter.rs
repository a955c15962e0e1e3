use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    fn merge(&self, other: Self) {
        drop(other);
    }
}

fn main() {}
