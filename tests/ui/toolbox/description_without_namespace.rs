use openai_tools::toolbox;

struct Crm;

#[toolbox(description = "Customers.")]
impl Crm {
    #[tool]
    fn f(&self) {}
}

fn main() {}
