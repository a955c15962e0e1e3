use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    async fn clear(&self) -> u8 {
        let shared = std::rc::Rc::new(1);
        std::future::ready(()).await;
        *shared
    }
}

fn main() {}
