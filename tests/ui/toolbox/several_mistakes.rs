use openai_tools::toolbox;

struct Calendar;

#[toolbox(prefix = "", documented = "yes")]
impl Calendar {
    #[tool(read_only, idempotent)]
    fn clear(
        &mut self,
        /// Kept.
        day: &str,
        rest: String,
    ) -> &str {
        drop(rest);
        String::leak(day.to_owned())
    }

    #[tool]
    const fn count(&self) -> usize {
        0
    }

    fn tools(&self) {}
}

fn main() {}
