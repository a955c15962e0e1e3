//! Which tools a choice can name: those of the application, of namespaces, of the server, of MCP servers.

use openai_tools::{
    DynTool, ToolChoice, ToolDefinition, ToolError, ToolName, Toolbox,
    chat::{AllowedMode, AllowedTool, Api, HostedTool},
    testing::Reply,
    tool::Namespace,
};
use serde_json::json;
use tests::{TestServer, unused_tool};

fn name(name: &str) -> ToolName {
    ToolName::parse(name).expect("legal")
}

#[tokio::test]
async fn hosted_tools_servers_and_tools_of_namespaces_can_be_chosen_and_allowed() {
    let label = || "docs".to_owned();
    let docs =
        || HostedTool::mcp("docs", "https://example.com/mcp").with("require_approval", "never");
    let crm = || Namespace::new("crm", "Customers.").expect("legal");
    let find = || unused_tool("find").in_namespace(crm());
    let dial = ToolDefinition::custom("dial").build().expect("sound");
    let dial = DynTool::custom(dial, |_, _| async { Ok::<_, ToolError>("") });
    let tools = Toolbox::new().with(find()).and_then(|tools| tools.with(dial)).expect("distinct");
    let namespaced = AllowedTool::Namespaced { namespace: name("crm"), name: name("find") };
    let allowed = ToolChoice::Allowed {
        mode: AllowedMode::Auto,
        tools: vec![
            name("dial").into(),
            namespaced.clone(),
            AllowedTool::from(&docs()),
            AllowedTool::from(&HostedTool::image_generation()),
        ],
    };
    let mcp = |tool: Option<&str>| ToolChoice::Mcp {
        server_label: label(),
        name: tool.map(str::to_owned),
    };
    for (choice, sent) in [
        (
            allowed,
            json!({"type": "allowed_tools", "mode": "auto", "tools": [
                {"type": "custom", "name": "dial"},
                {"type": "function", "namespace": "crm", "name": "find"},
                {"type": "mcp", "server_label": "docs"},
                {"type": "image_generation"},
            ]}),
        ),
        (mcp(None), json!({"type": "mcp", "server_label": "docs"})),
        (mcp(Some("ask")), json!({"type": "mcp", "server_label": "docs", "name": "ask"})),
        (ToolChoice::Named(name("dial")), json!({"type": "custom", "name": "dial"})),
        (ToolChoice::Hosted("image_generation".to_owned()), json!({"type": "image_generation"})),
    ] {
        let server = TestServer::scripted([Reply::text("done")]).await;
        let client = server.client_builder().api(Api::Responses).build().expect("good");
        let run = client.run("m").tools(tools.clone()).hosted_tool(docs());
        let run = run.hosted_tool(HostedTool::image_generation()).tool_choice(choice);
        let _ = run.user("go").await.expect("a run");
        assert_eq!(server.sent(0)["tool_choice"], sent);
    }
    let server = TestServer::scripted([]).await;
    let client = |api| server.client_builder().api(api).build().expect("good");
    let only =
        |tool: AllowedTool| ToolChoice::Allowed { mode: AllowedMode::Auto, tools: vec![tool] };
    for (choice, why) in [
        (only(AllowedTool::Mcp("other".to_owned())), "an MCP server that is not in the tools"),
        (only(AllowedTool::Hosted("web_search".to_owned())), "that is not in the tools"),
        (only(AllowedTool::Hosted("mcp".to_owned())), "use `ToolChoice::Mcp`"),
        (
            only(AllowedTool::Namespaced { namespace: name("crm"), name: name("dial") }),
            "`crm.dial`, which is not in the tools",
        ),
        (ToolChoice::Hosted("mcp".to_owned()), "use `ToolChoice::Mcp`"),
        (
            ToolChoice::Mcp { server_label: "other".to_owned(), name: None },
            "an MCP server that is not in the tools",
        ),
    ] {
        let run = client(Api::Responses).run("m").tools(tools.clone()).hosted_tool(docs());
        let error = run.tool_choice(choice).user("go").await.expect_err(why);
        assert!(error.to_string().contains(why), "{error}");
    }
    for (choice, why) in [
        (only(namespaced), "no namespaces of tools to allow"),
        (only(AllowedTool::from(&docs())), "no MCP servers to allow"),
        (only(AllowedTool::Hosted("image_generation".to_owned())), "no hosted tools to allow"),
        (mcp(None), "no MCP servers to choose"),
        (ToolChoice::Hosted("image_generation".to_owned()), "no hosted tools to choose"),
    ] {
        let run = client(Api::ChatCompletions).run("m").tools(tools.clone()).hosted_tool(docs());
        let run = run.hosted_tool(HostedTool::image_generation());
        let error = run.tool_choice(choice).user("go").await.expect_err(why);
        assert!(error.to_string().contains(why), "{error}");
    }
    assert_eq!(server.request_count(), 0);
}
