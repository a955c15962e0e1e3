use openai_tools::Tool;

#[derive(Tool)]
#[tool(prefix = "a_calendar_that_is_kept_in_the_database_of_the_whole_company_")]
enum Action {
    Stop,
    ClearEverything,
}

fn main() {}
