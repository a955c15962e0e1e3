use openai_tools::toolbox;

struct Calendar<'a>(&'a str);

#[toolbox]
impl<'a> Calendar<'a> {
    #[tool]
    fn title(&self) -> String {
        self.0.to_owned()
    }
}

fn main() {}
