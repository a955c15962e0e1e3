use openai_tools::tool;

struct Calendar;

impl Calendar {
    #[tool]
    fn events(&self, day: String) -> String {
        day
    }
}

fn main() {
    // The method is still there.
    Calendar.events(String::new());
}
