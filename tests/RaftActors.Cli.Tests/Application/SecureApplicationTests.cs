namespace RaftActors.Cli.Tests.Application;

/// <summary>Commands to an application whose nodes have encryption and authentication.</summary>
[Trait("Needs", "TLS")]
public sealed class SecureApplicationTests : FolderTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nodes_with_certificates_let_a_reader_look_and_an_operator_change(bool isAtAddress)
    {
        string[] at = isAtAddress ? ["--port-offset", "0"] : [];
        var certificates = Folder["certs"];
        Assert.Equal(0, Run.Here("certs", "--dir", certificates, "127.0.0.1", "--client", "boss", "--client", "eye").Code);
        using var group = new OrdersGroup(
            $$"""
            security {
              tls { certificate = "{{certificates}}/127.0.0.1.pem", key = "{{certificates}}/127.0.0.1.key", ca = "{{certificates}}/ca.pem" }
              roles { operator = [boss], reader = [eye] }
            }
            """,
            isAtAddress: isAtAddress);

        await ServesByRole(group, FilesOf("boss"), FilesOf("eye"));

        var check = Ask(group, ["check", .. FilesOf("eye")]);
        Assert.Contains(check.Lines, line => line.StartsWith($"OK    {certificates}/eye.pem: the certificate CN=eye is valid until "));

        var plain = Ask(group, ["status", "--timeout", "10s", .. at]);
        Assert.Equal((1, ""), (plain.Code, plain.Output));
        Assert.Contains("needs --tls-cert", plain.Error);

        string[] FilesOf(string name) =>
        [
            "--tls-cert", $"{certificates}/{name}.pem", "--tls-key", $"{certificates}/{name}.key",
            "--tls-ca", $"{certificates}/ca.pem", .. at,
        ];
    }

    [Fact]
    public async Task Operator_breaks_locks_and_ends_sessions_and_a_writer_may_not()
    {
        var certificates = Folder["certs"];
        Assert.Equal(0, Run.Here("certs", "--dir", certificates, "127.0.0.1", "--client", "boss", "--client", "app").Code);
        using var nodes = new LockNodes(
            $$"""
            security {
              tls { certificate = "{{certificates}}/127.0.0.1.pem", key = "{{certificates}}/127.0.0.1.key", ca = "{{certificates}}/ca.pem" }
              roles { operator = [boss], writer = [app] }
            }
            """,
            session: "1m");
        var held = await nodes.Programs[0].LockAsync("report");

        Assert.Equal(0, Ask("app", ["item", "put", "mode", "night"]).Code);
        var session = Ask("app", ["lock", "show", "report", "--json"]).Objects.Single().GetProperty("session").GetInt64();
        string[][] commands = [["lock", "break", "report", "--yes"], ["session", "end", $"{session}", "--yes"]];
        foreach (var command in commands)
        {
            var refused = Ask("app", command);
            Assert.Equal(1, refused.Code);
            Assert.StartsWith("raft: not done: only an operator may append this value", refused.Error);
            Assert.True(held.IsHeld);
        }

        // Each node is asked first once, and most do not lead.
        foreach (var (number, contact) in nodes.Contacts.Index())
        {
            await using var other = await nodes.Programs[0].LockAsync($"other {number}");
            var run = Ask("boss", ["lock", "break", $"other {number}", "--yes"], contact);
            Assert.Equal((0, ""), (run.Code, run.Error));
            Assert.True(other.Lost.IsCancellationRequested);
        }

        var ended = Ask("boss", commands[1]);
        Assert.Equal((0, ""), (ended.Code, ended.Error));
        Assert.True(held.Lost.IsCancellationRequested);

        Run Ask(string name, string[] command, string? contact = null) => Run.Here(
        [
            .. command, "--contacts", contact ?? nodes.Contacts[0], "--tls-cert", $"{certificates}/{name}.pem", "--tls-key",
            $"{certificates}/{name}.key", "--tls-ca", $"{certificates}/ca.pem", "--timeout", "1m",
        ]);
    }

    private static async Task ServesByRole(OrdersGroup group, string[] boss, string[] eye)
    {
        await group.AppendAsync("order-1", "beer");

        var (status, tail) = (Ask(group, ["status", .. eye]), Ask(group, ["log", "tail", .. eye]));
        Assert.Equal((0, ""), (status.Code, status.Error));
        Assert.Equal((0, "1  TIME  \"order-1\" = 5 bytes: beer\n"), (tail.Code, Times.Without(tail.Output)));

        var top = Run.Here(["top", "--count", "1", "--contacts", group.Contacts[1], .. eye]);
        Assert.Equal((0, ""), (top.Code, top.Error));
        Assert.Matches(@"(?m)^orders +orders@\S+ +\d+ +3/3 +1 +0$", top.Output);

        var refused = Ask(group, ["transfer", .. eye]);
        Assert.Equal(1, refused.Code);
        Assert.Contains("'eye' was refused: it has the role reader, and this call needs the role operator", refused.Error);

        var snapshot = Ask(group, ["snapshot", group.Names[0].Value, .. eye]);
        Assert.Equal((1, ""), (snapshot.Code, snapshot.Output));
        Assert.Contains("'eye' was refused: it has the role reader, and this call needs the role operator", snapshot.Error);
        Assert.Contains("takes no snapshots", Ask(group, ["snapshot", group.Names[0].Value, .. boss]).Error);

        var done = Ask(group, ["transfer", .. boss]);
        Assert.Equal((0, "another process leads\n", ""), (done.Code, done.Output, done.Error));
    }

    private static Run Ask(OrdersGroup group, string[] command) =>
        Run.Here([.. command, "--contacts", string.Join(',', group.Contacts), "--group", "orders"]);
}
