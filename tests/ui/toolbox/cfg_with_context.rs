use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[cfg(unix)]
    #[tool]
    fn clear(&self, #[context] pool: &u8) -> u8 {
        *pool
    }
}

fn main() {}
