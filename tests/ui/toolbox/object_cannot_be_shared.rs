use openai_tools::toolbox;

struct Calendar(std::cell::Cell<u8>);

#[toolbox]
impl Calendar {
    #[tool]
    fn count(&self) -> u8 {
        self.0.get()
    }
}

fn main() {}
