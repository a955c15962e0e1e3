use openai_tools::toolbox;

struct Calendar;

trait Clear {
    fn clear(&self);
}

#[toolbox]
impl Clear for Calendar {
    #[tool]
    fn clear(&self) {}
}

fn main() {}
