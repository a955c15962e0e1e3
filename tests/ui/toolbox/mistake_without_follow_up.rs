use std::sync::Arc;

use openai_tools::{Toolbox, toolbox};

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool(timeout = 10)]
    fn clear(&self, #[context] pool: &u8, /** The day. */ day: String) -> String {
        format!("{pool} {day}")
    }

    fn other(&self) {}
}

fn main() -> Result<(), openai_tools::Error> {
    let calendar = Arc::new(Calendar);
    calendar.other();
    calendar.clear(&1, String::new());
    let tools = Toolbox::for_context::<u8>().extend(calendar.tools())?;
    assert_eq!(tools.len(), 1);
    Ok(())
}
