use openai_tools::toolbox;

#[derive(serde::Deserialize)]
struct Day;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    async fn events(&self, day: Day) {
        let _ = day;
    }
}

fn main() {}
