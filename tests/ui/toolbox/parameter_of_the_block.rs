use openai_tools::toolbox;

struct Calendar<E>(Vec<E>);

#[toolbox]
impl<E> Calendar<E> {
    #[tool]
    fn add(&self, event: Vec<E>) {
        drop(event);
    }
}

fn main() {}
