use openai_tools::toolbox;

struct Crm;

/// Customers.
#[toolbox(namespace = "crm.eu")]
impl Crm {
    #[tool]
    fn f(&self) {}
}

fn main() {}
