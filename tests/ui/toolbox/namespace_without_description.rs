use openai_tools::toolbox;

struct Crm;

#[toolbox(namespace = "crm")]
impl Crm {
    #[tool]
    fn f(&self) {}
}

fn main() {}
